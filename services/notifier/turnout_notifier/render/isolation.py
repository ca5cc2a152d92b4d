"""Keeps the direction of a text that people typed from changing the direction of a sentence around it."""

import unicodedata
from typing import Final

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_FIRST_STRONG_ISOLATE: Final = "\u2068"
_POP_ISOLATE: Final = "\u2069"


def isolate(text: str) -> str:
    """``text`` on one line; inside of an isolate if a part of it runs from right to left (UAX #9, section 2.4)."""
    line = " ".join(text.split())
    if not any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in line):
        return line
    return f"{_FIRST_STRONG_ISOLATE}{line}{_POP_ISOLATE}"
