"""Splits a text into what people see as single characters. Pure."""

import unicodedata
from typing import Final

JOINER: Final = "\u200d"
SELECTORS: Final = "\ufe0e\ufe0f"
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)
_TAGS: Final = range(0xE0020, 0xE0080)


def clusters(text: str) -> list[str]:
    """The characters of ``text``, each with its marks: a close reading of Unicode Standard Annex 29.

    Emoji of several code points stay whole: joined ones, flags, and those with a tone of skin.
    """
    found: list[str] = []
    for character in text:
        if found and _continues(found[-1], character):
            found[-1] += character
        else:
            found.append(character)
    return found


def is_ignorable(character: str) -> bool:
    """True if the character is drawn as nothing of its own: it only changes its neighbours."""
    return character == JOINER or character in SELECTORS or ord(character) in _TAGS


def _continues(cluster: str, character: str) -> bool:
    code = ord(character)
    if is_ignorable(character) or code in _SKIN_TONES or cluster[-1] == JOINER:
        return True
    if code in _FLAG_LETTERS:
        return len(cluster) == 1 and ord(cluster) in _FLAG_LETTERS
    return unicodedata.category(character) in ("Mn", "Me", "Mc")
