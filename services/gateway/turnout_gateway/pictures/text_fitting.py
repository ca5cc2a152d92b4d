"""Breaks texts into lines and cuts what does not fit. Pure: the caller measures.

Lines break at spaces, and between ideographs and kana, which are written without spaces (Unicode Standard Annex 14,
class ID). A word that is longer than a line breaks anywhere.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from turnout_gateway.pictures.clusters import clusters

Measure = Callable[[str], float]
"""The width of a text in units of its font size."""

ELLIPSIS: Final = "…"
_UNSPACED: Final = (range(0x2E80, 0xA4D0), range(0xF900, 0xFB00), range(0xFF00, 0xFFEF), range(0x20000, 0x32000))


class Fitted(NamedTuple):
    """Lines of one size."""

    size: int
    lines: list[str]


def fit(text: str, measure: Measure, width: float, sizes: Sequence[tuple[int, int]]) -> Fitted:
    """The text in the first of ``sizes``, pairs of a size and its largest number of lines, that holds it.

    If none does, the text is cut in the last one, and ends with an ellipsis.
    """
    pieces = _pieces(text)
    for size, lines_max in sizes:
        lines = _lines(pieces, measure, width / size)
        if len(lines) <= lines_max and all(measure(each) <= width / size for each in lines):
            return Fitted(size, lines)
    size, lines_max = sizes[-1]
    lines = _lines([part for each in pieces for part in _split(each, measure, width / size)], measure, width / size)
    if len(lines) <= lines_max:
        return Fitted(size, lines)
    return Fitted(size, [*lines[: lines_max - 1], cut(" ".join(lines[lines_max - 1 :]), measure, width / size)])


def cut(text: str, measure: Measure, width: float) -> str:
    """The text, or as much of its start as ``width`` holds with an ellipsis."""
    if measure(text) <= width:
        return text
    parts = clusters(text)
    low, high = 0, len(parts)
    while low < high:  # the longest start that fits
        middle = (low + high + 1) // 2
        if measure("".join(parts[:middle]).rstrip() + ELLIPSIS) <= width:
            low = middle
        else:
            high = middle - 1
    return "".join(parts[:low]).rstrip() + ELLIPSIS


def _pieces(text: str) -> list[str]:
    """The parts between which a line may break. A space at the end of a part belongs to it."""
    pieces: list[str] = []
    for each in clusters(text):
        before = pieces[-1] if pieces else ""
        if not before or before.endswith(" ") or (_is_unspaced(each) and each.isalnum()) or _is_unspaced(before[-1]):
            if each == " " and pieces:
                pieces[-1] += each
            else:
                pieces.append(each)
        else:
            pieces[-1] += each
    return pieces


def _lines(pieces: Sequence[str], measure: Measure, width: float) -> list[str]:
    lines: list[str] = []
    for piece in pieces:
        if lines and measure((lines[-1] + piece).rstrip()) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [each.strip() for each in lines]


def _split(piece: str, measure: Measure, width: float) -> list[str]:
    """The piece, or, if it is longer than a line, its characters."""
    return [piece] if measure(piece.rstrip()) <= width else clusters(piece)


def _is_unspaced(character: str) -> bool:
    return any(ord(character[0]) in each for each in _UNSPACED)
