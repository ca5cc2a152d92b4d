"""Names and titles have no characters that nobody sees, and keep those that change what readers see."""
# ruff: noqa: RUF001 - names have their own spelling

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from turnout_core.domain import visible_text
from turnout_core.domain.fields import Name, Title

SEEN = {
    "emoji with a skin tone and a joiner": "👩🏽‍🚀",
    "an emoji by its selector": "❤️‍🔥",
    "a family": "👨‍👩‍👧",
    "red hair": "🧑🏿‍🦰",
    "a flag of two emoji": "🏳️‍🌈",
    "the flag of Scotland": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "a keycap": "1\ufe0f\u20e3",
    "text in place of an emoji": "☎\ufe0e",
    "a Persian non-joiner": "می\u200cخواهم",
    "a Persian non-joiner behind a letter that never joins": "بازار\u200cها",
    "the Arabic year": "1445 ه\u200d",
    "a Sinhala joiner": "ක්\u200dෂ",
    "a Bengali joiner before the virama": "র\u200d্যালি",
    "a Hindi non-joiner": "क्\u200cष",
    "a Japanese family name": "葛\U000e0100飾",
    "a Mongolian form": "ᠮᠣᠩᠭᠣᠯ\u180b",
    "a Mongolian separator": "ᠠᠷ\u180eᠠ",
    "isolates": "\u2068Ada\u2069",
    "a direction mark": "\u200fسلام\u200e",
    "Vietnamese": "Nguyễn",
    "Tibetan": "བསྒྲུབས",
    "Hebrew with points": "מִשְׁפָּחָה",
    "Thai": "ช้ำ",
}
UNSEEN = {
    "U+200B": "An\u200bna",
    "U+00AD": "An\u00adna",
    "U+200C": "An\u200cna",
    "U+200D": "An\u200dna",
    "U+2060": "Anna\u2060",
    "U+2063": "Anna\u2063",
    "U+E0041": "Anna\U000e0041",
    "U+E0067": "🏴\U000e0067\U000e007f",
    "U+3164": "Anna\u3164",
    "U+115F": "Anna\u115f",
    "U+FFA0": "Anna\uffa0",
    "U+2800": "Anna\u2800",
    "U+FE0F": "Anna\ufe0f",
    "U+E0100": "Anna\U000e0100",
    "U+034F": "A\u034fnna",
    "U+180E": "Anna\u180e",
    "U+180B": "Anna\u180b",
    "U+17B4": "An\u17b4na",
    "U+FFF9": "Anna\ufff9",
}


@pytest.mark.parametrize("field", [Name, Title], ids=["name", "title"])
@pytest.mark.parametrize("text", SEEN.values(), ids=SEEN.keys())
def test_characters_that_readers_see_stay(field: Any, text: str) -> None:
    assert TypeAdapter(field).validate_python(text) == text


@pytest.mark.parametrize("field", [Name, Title], ids=["name", "title"])
@pytest.mark.parametrize(("named", "text"), UNSEEN.items(), ids=UNSEEN.keys())
def test_characters_that_nobody_sees_are_refused_by_name(field: Any, named: str, text: str) -> None:
    with pytest.raises(ValidationError, match=rf"has the character {named}, which nobody can see".replace("+", r"\+")):
        TypeAdapter(field).validate_python(text)


@pytest.mark.parametrize(
    "text",
    ["سلام\u200c", "س\u200dل", "1\ufe0f", "❤️\ufe0f", "❤\u200d", "葛\U000e0100\U000e0101"],
    ids=ascii,
)
def test_joiners_and_selectors_that_change_nothing_are_refused(text: str) -> None:
    assert visible_text.find_invisible(text) is not None


@given(
    text=st.text("Aé🎲م葛क", min_size=1, max_size=10),
    at=st.integers(0, 10),
    unseen=st.sampled_from("\u200b\u00ad\u2060\u3164"),
)
def test_such_a_character_is_found_wherever_it_stands(text: str, at: int, unseen: str) -> None:
    assert visible_text.find_invisible(text) is None
    assert visible_text.find_invisible(text[:at] + unseen + text[at:]) == f"U+{ord(unseen):04X}"


@given(text=st.text("Aé🎲م葛क\u200c\u200d\ufe0f", max_size=8))
def test_a_text_stays_good_beside_another_word(text: str) -> None:
    assume(visible_text.find_invisible(text) is None)
    assert visible_text.find_invisible(f"Anna {text} 7") is None


@pytest.mark.parametrize("marks", ["\u0301" * 30, "\u0300\u0301\u0302\u0303\u0304", "\u0301\u0301"], ids=ascii)
@pytest.mark.parametrize("field", [Name, Title], ids=["name", "title"])
def test_piled_marks_are_refused(field: Any, marks: str) -> None:
    with pytest.raises(ValidationError, match="has too many marks on one letter"):
        TypeAdapter(field).validate_python(f"Ann{marks}a")
