"""Finds names that claim a role, such as ``Anna (organizer)``. The page marks roles itself, outside of the name."""

import unicodedata
from functools import cache
from typing import Final

import regex

from turnout_core.domain.lookalikes import lookalike_keys

_ROLES: Final = ("organizer", "organiser", "host", "co-host", "cohost", "moderator")
_BRACKETED: Final = regex.compile(r"[\p{Ps}<](?P<role>[^\p{Ps}\p{Pe}<>]+)[\p{Pe}>][^\p{L}\p{N}]*$")


def claims_role(name: str) -> bool:
    """True if the name ends with a role in brackets, in any case, with or without accents, or in look-alike letters."""
    found = _BRACKETED.search(unicodedata.normalize("NFKC", name))
    return found is not None and not _role_keys().isdisjoint(_keys(found["role"]))


@cache
def _role_keys() -> frozenset[str]:
    return frozenset[str]().union(*map(_keys, _ROLES))


def _keys(word: str) -> frozenset[str]:
    """The keys of the word without accents. An ``l`` is read as an ``i`` here."""
    return frozenset({regex.sub(r"\p{M}", "", key).replace("i", "l") for key in lookalike_keys(word)})
