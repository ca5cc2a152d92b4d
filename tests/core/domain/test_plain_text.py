"""Pasted text is normalised as the test vectors say, which the front end also passes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from turnout_core.domain import limits, plain_text
from turnout_core.domain.fields import Description, Link, Name, Place, Tag, Title

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "vectors" / "plain-text.json").read_text())
NORMALISE = {"line": plain_text.to_one_line, "lines": plain_text.to_lines, "link": plain_text.to_link}


@pytest.mark.parametrize("case", CASES, ids=lambda each: str(each["name"]))
def test_text_is_normalised_as_the_vectors_say(case: dict[str, Any]) -> None:
    assert NORMALISE[case["field"]](case["text"]) == case["expected"]


@pytest.mark.parametrize("normalise", NORMALISE.values(), ids=NORMALISE.keys())
@given(text=st.text("a \t\r\n\x0b\u2028\u202a\u202c\u2066\u2068\u2069\u200d\ufeff", max_size=20))
def test_normalised_text_stays_as_it_is(normalise: Any, text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("field", [Name, Title, Place, Tag, Description])
@pytest.mark.parametrize(
    "pasted",
    [
        "\u202a+43 660\u202c",
        "\u2068Ada\u2069",
        "\u2068Ada",
        "a\r\nb",
        "a\x0bb",
        "a\x0cb",
        "a\x85b",
        "a\u2028b",
        "\ufeffa",
    ],
)
def test_every_field_takes_pasted_text(field: Any, pasted: str) -> None:
    assert TypeAdapter(field).validate_python(pasted)


def test_a_link_takes_marks_around_it() -> None:
    assert TypeAdapter(Link).validate_python("\u2068https://example.org\u2069\r\n") == "https://example.org"


def test_the_limit_counts_the_stored_text() -> None:
    pasted = "\u202a" + "x\r\n" * (limits.DESCRIPTION_MAX_CHARS // 2 - 1) + "xx\u202c\r\n"
    assert len(TypeAdapter(Description).validate_python(pasted)) == limits.DESCRIPTION_MAX_CHARS


@pytest.mark.parametrize(("text", "named"), [("A\x00B", "U+0000"), ("A\x1bB", "U+001B"), ("A\x9fB", "U+009F")])
@pytest.mark.parametrize("field", [Name, Title, Place, Tag, Description])
def test_a_refusal_names_the_character(field: Any, text: str, named: str) -> None:
    with pytest.raises(ValidationError, match=f"has the control character {named}".replace("+", r"\+")):
        TypeAdapter(field).validate_python(text)
