"""Parsing of query strings, and quoting in error messages, for all kinds of addresses."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from turnout_core.domain.rejections import Invalid

_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_QUOTED_MAX_CHARS: Final = 40


def parse_parameters(query: str, names: Sequence[str]) -> dict[str, str]:
    """Parses a query string with at most as many parameters as ``names``, each at most once. Raises Invalid."""
    if _BAD_ESCAPE.search(query):
        raise Invalid("The view's address has a % that escapes nothing.")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=len(names))
        for pair in pairs:
            "".join(pair).encode()  # a lone surrogate has no bytes
    except UnicodeError:
        raise Invalid("The view's address is not UTF-8.") from None
    except ValueError:
        raise Invalid("The view's address has too many parameters.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("The view's address names a parameter twice.")
    return found


def refuse_parameters(path: str, query: str | None) -> None:
    """Raises Invalid if there is a query."""
    if query is not None:
        raise Invalid(f"The view {quote(path)} takes no parameters.")


def quote(text: str) -> str:
    """The beginning of ``text``, as error messages show it."""
    return repr(text[:_QUOTED_MAX_CHARS])
