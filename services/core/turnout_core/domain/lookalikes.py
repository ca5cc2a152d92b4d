"""Keys of names that look alike, by the confusable characters of UTS 39 section 4.

``frontend/src/people/lookalikes.ts`` does the same with the same table; ``tests/vectors/lookalikes.json`` has the cases
of both.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

import regex
from confusable_homoglyphs.utils import load

_DROPPED: Final = regex.compile(r"[\p{Default_Ignorable_Code_Point}\s]")
# The library's data contain these marks from the comments of Unicode's file.
_MARK_OF_SOURCE: Final = "\u200e"


def lookalike_keys(name: str) -> frozenset[str]:
    """Two names look alike if they share a key: one of them as written, the other in lower case.

    As written, ``AIice`` with a capital I equals ``Alice``. In lower case, ``ALICE`` equals ``alice``.
    """
    return frozenset({skeleton(name).casefold(), skeleton(name.casefold()).casefold()})


def skeleton(text: str) -> str:
    """The text with one prototype for all characters that look like it (UTS 39 section 4, "skeleton").

    It differs from the standard in two ways: compatibility forms (full width, mathematical letters) become the usual
    ones, and spaces do not count.
    """
    prototypes = prototype_of()
    return _decompose("".join([prototypes.get(each, each) for each in _decompose(text)]))


@cache
def prototype_of() -> Mapping[str, str]:
    """Maps each character to the prototype of those that look like it. Characters that NFKD replaces are left out.

    The library has each class of look-alikes as a star around its prototype, without saying which of them it is. Any
    member can stand for its class, provided that a sequence, such as ``rn`` for ``m``, goes first.
    """
    members = _members()
    prototypes: dict[str, str] = {}
    for source in members:
        if source in prototypes:
            continue
        alike = sorted(_reachable(source, members))
        prototype = max(alike, key=lambda each: (len(each), len(members[each]), each.isascii()))
        prototypes.update(dict.fromkeys(alike, prototype))
    return {
        source: prototype
        for source, prototype in prototypes.items()
        if len(source) == 1 and source != prototype and unicodedata.is_normalized("NFKD", source)
    }


def _decompose(text: str) -> str:
    seen: str = _DROPPED.sub("", unicodedata.normalize("NFKD", text))
    return seen


def _members() -> Mapping[str, set[str]]:
    """The look-alikes of each character and sequence, in both directions."""
    members: dict[str, set[str]] = {}
    for source, others in load("confusables.json").items():
        one = source.replace(_MARK_OF_SOURCE, "")
        for other in (each["c"].replace(_MARK_OF_SOURCE, "") for each in others):
            if one and other and one != other:
                members.setdefault(one, set()).add(other)
                members.setdefault(other, set()).add(one)
    return members


def _reachable(start: str, members: Mapping[str, set[str]]) -> Iterator[str]:
    seen, waiting = {start}, [start]
    while waiting:
        yield (current := waiting.pop())
        waiting.extend(members[current] - seen)
        seen |= members[current]
