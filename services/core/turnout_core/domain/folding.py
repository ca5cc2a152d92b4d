"""Folds text for searches, so that ``cafe`` finds ``Café`` and ``istanbul`` finds ``İstanbul``.

``tests/vectors/search.json`` has the cases. The reasons are in docs/decisions/0020-folding.md.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

# Marks that writers leave out: accents of Latin, Greek and Cyrillic letters, and the points of Hebrew and Arabic. Vowel
# signs of Indic and Thai scripts and the voicing marks of kana stay, since without them it is another word.
_OPTIONAL_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
)
# Soft hyphens, joiners, direction marks, variation selectors, and the Arabic letter that only stretches a word.
_UNSEEN: Final = "\u00ad\u034f\u061c\u0640\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_DROPPED: Final = re.compile(f"[{_OPTIONAL_MARKS}{_UNSEEN}]")
# Letters and punctuation that Unicode does not decompose.
_ALIKE: Final[Mapping[str, str]] = {
    **dict.fromkeys("đð", "d"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02b9\u02bb\u02bc\u02bd\u2032`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "ħ": "h",
    "\u0131": "i",
    "ł": "l",
    "ø": "o",
    "ŧ": "t",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
_ALIKE_CHARACTERS: Final = re.compile(f"[{''.join(_ALIKE)}]")  # faster than str.translate: most text has few of them


def fold(text: str) -> str:
    """The text without the differences that a search ignores. Folding twice changes nothing more.

    Compatibility forms (full width, ligatures), case, optional marks, unseen characters, quotation marks and dashes.
    Text of ASCII, as most is, costs one pass.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    decomposed = unicodedata.normalize("NFKD", _replace_alike(text))  # first, since U+00B4 decomposes to a space
    # Composed again: a kana with its voicing mark must not contain the kana without it.
    without_marks = unicodedata.normalize("NFC", _DROPPED.sub("", decomposed))
    return _replace_alike(without_marks.casefold())


def _replace_alike(text: str) -> str:
    return _ALIKE_CHARACTERS.sub(lambda found: _ALIKE[found[0]], text)
