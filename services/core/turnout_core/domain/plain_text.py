"""Normalises text that people paste: unseen marks of word processors and address books, and the ends of lines.

``frontend/src/text/plainText.ts`` does the same, so that the form counts what the server stores;
``tests/vectors/plain-text.json`` has the cases of both.
"""

import re
from typing import Final

# CR LF, CR, the vertical tab and form feed of word processors, NEL, and the separators of Unicode (UAX 14, class BK).
_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Embeddings, overrides and byte order marks. UAX 9 (section 2.6) advises isolates instead of embeddings, and a byte
# order mark inside a text has no meaning (Unicode Standard, section 23.8).
_OBSOLETE_MARKS: Final = re.compile("[\u202a-\u202e\ufeff]")
_ISOLATES: Final = re.compile("[\u2066-\u2069]")
_POP_ISOLATE: Final = "\u2069"
# Marks that no web address has. Joiners stay: host names in Persian and Sinhala have them (RFC 5892, appendix A).
_MARKS_AROUND_LINKS: Final = re.compile("[\u200b\u200e\u200f\u2060\u2066-\u2069]")
_SPACES: Final = re.compile(r"\s+")
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def to_lines(text: str) -> str:
    """The text with LF as the only end of lines, without unseen marks, and without spaces around it.

    Direction marks, joiners and paired isolates stay: text that is written from right to left needs them.
    """
    return "\n".join(map(_drop_marks, _LINE_ENDS.sub("\n", text).split("\n"))).strip()


def to_one_line(text: str) -> str:
    """Likewise, with one space for each run of spaces and ends of lines."""
    return _SPACES.sub(" ", _drop_marks(_LINE_ENDS.sub(" ", text))).strip()


def to_link(text: str) -> str:
    """Likewise, without the marks that address books and messengers put around a web address."""
    return to_one_line(_MARKS_AROUND_LINKS.sub("", text))


def find_control(text: str) -> str | None:
    """The first control character that cannot be dropped, as U+XXXX; None if there is none."""
    found = _CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def _drop_marks(line: str) -> str:
    """The line without obsolete marks and unpaired isolates. The end of a line ends all isolates (UAX 9, rule X8)."""
    line = _OBSOLETE_MARKS.sub("", line)
    unpaired: set[int] = set()
    starts: list[int] = []
    for found in _ISOLATES.finditer(line):
        if found[0] != _POP_ISOLATE:
            starts.append(found.start())
        elif starts:
            starts.pop()
        else:
            unpaired.add(found.start())
    unpaired.update(starts)
    return "".join(each for at, each in enumerate(line) if at not in unpaired) if unpaired else line
