"""Finds names that are there twice, in JSON and in query strings.

Parsers differ in which of the values they take (RFC 8259 section 4), and so do proxies and their services. Ours would
take the last one silently. Two parts of a system that disagree can be played off against each other.
"""

import json
from collections.abc import Container, Iterable
from typing import Any, Final
from urllib.parse import parse_qsl

from turnout_core.domain.rejections import Invalid, invalid_field

_COLON: Final = b":"


def repetition(name: str) -> Invalid:
    """The rejection of a request that has ``name`` twice."""
    return invalid_field(name, "must not be there twice")


def repeated_member(document: bytes | str) -> str | None:
    """A name that an object has twice, or None. The JSON ``document`` is valid and not deeply nested."""
    separators = document.count(_COLON) if isinstance(document, bytes) else document.count(":")
    if separators < 2:  # noqa: PLR2004 - two members have two colons
        return None
    try:
        json.loads(document, object_pairs_hook=_check_members)
    except _Repeated as repeated:
        return repeated.name
    return None


def repeated_parameter(query: str, *, repeatable: Container[str] = ()) -> str | None:
    """A parameter that a query string has twice, or None. Those that are ``repeatable`` do not count."""
    if "&" not in query:
        return None
    return _first_repeated(name for name, _ in parse_qsl(query, keep_blank_values=True) if name not in repeatable)


class _Repeated(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _check_members(members: list[tuple[str, Any]]) -> None:
    name = _first_repeated(name for name, _ in members)
    if name is not None:
        raise _Repeated(name)


def _first_repeated(names: Iterable[str]) -> str | None:
    seen = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
