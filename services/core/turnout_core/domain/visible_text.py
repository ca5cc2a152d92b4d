"""Finds characters that nobody sees in names and titles, and piles of marks on one letter.

Two texts that differ by such characters look the same, so one person could pass for another. Characters that change
what a reader sees stay: joiners inside words, joiners and selectors of emoji, and selectors of written forms.
"""

import unicodedata
from typing import Final

import regex

MARKS_MAX: Final = 4  # in sequence, on one letter (UTS 39 section 5.4)

# Ignorable by default (UAX 44), the Braille pattern without dots, interlinear annotation, and a note without a head.
_INVISIBLE: Final = r"[\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb\U0001d159]"
# Letters that join, and the tatweel.
_CURSIVE: Final = r"[\p{Joining_Type=D}\p{Joining_Type=L}\p{Joining_Type=R}\u0640]"
# The regions of the flags of England, Scotland and Wales, in tag letters (UTS 51 annex C).
_FLAG_REGIONS: Final = "|".join(
    "".join(chr(0xE0000 + ord(each)) for each in region) for region in ("gbeng", "gbsct", "gbwls")
)
_SEEN: Final = "|".join(
    (
        # Order the letters of a text with both directions (UAX 9). Skeletons of look-alikes have none of them.
        r"[\u061c\u200e\u200f\u2066-\u2069]",
        # A non-joiner separates cursive letters; a joiner at their end shows that another letter would follow.
        rf"(?<={_CURSIVE}\p{{M}}*)\u200c(?={_CURSIVE})",
        rf"(?<={_CURSIVE}\p{{M}}*)\u200d(?!{_CURSIVE})|(?<!{_CURSIVE}\p{{M}}*)\u200d(?={_CURSIVE})",
        # Beside the virama of an Indic script, joiners choose the form of a conjunct (Unicode Standard, chapter 12).
        r"(?<=\p{L}\p{M}*\p{ccc=9})[\u200c\u200d]|(?<=\p{L}\p{M}*)\u200d(?=\p{ccc=9})",
        # Emoji (UTS 51): sequences, presentation, keycaps, and the three flags of tag sequences.
        r"(?<=\p{Extended_Pictographic}[\p{Emoji_Modifier}\ufe0f]*)\u200d(?=\p{Extended_Pictographic})",
        r"(?<=(?![0-9#*])\p{Emoji})[\ufe0e\ufe0f]|(?<=[0-9#*])\ufe0f(?=\u20e3)",
        rf"(?<=\U0001f3f4)(?:{_FLAG_REGIONS})\U000e007f",
        # Written forms of an ideograph, as in Japanese family names (UTS 37), and of a Mongolian letter.
        r"(?<=\p{Unified_Ideograph})[\ufe00-\ufe02\U000e0100-\U000e01ef]",
        r"(?<=(?=\p{L})\p{Script=Mongolian})[\u180b-\u180d\u180f]",
        r"(?<=\p{Script=Mongolian})\u180e(?=\p{Script=Mongolian})",
    )
)
_SEEN_OR_INVISIBLE: Final = regex.compile(rf"(?:{_SEEN})|({_INVISIBLE})")
_MARKS: Final = regex.compile(rf"[\p{{Mn}}\p{{Me}}]{{{MARKS_MAX + 1},}}|([\p{{Mn}}\p{{Me}}])\1")


def find_invisible(text: str) -> str | None:
    """The first character that nobody sees, as U+XXXX; None if there is none."""
    if text.isascii():
        return None
    for found in _SEEN_OR_INVISIBLE.finditer(text):
        if found[1] is not None:
            return f"U+{ord(found[1]):04X}"
    return None


def has_piled_marks(text: str) -> bool:
    """True if one letter has more marks than any writing needs, or the same mark twice (UTS 39 section 5.4)."""
    return not text.isascii() and _MARKS.search(unicodedata.normalize("NFD", text)) is not None
