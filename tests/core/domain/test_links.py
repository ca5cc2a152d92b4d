"""Links are stored as the test vectors say, which the front end also passes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from turnout_core.domain import limits, links
from turnout_core.domain.fields import Link

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "vectors" / "links.json").read_text())
PROBLEMS = {"address": links.NOT_AN_ADDRESS, "user": links.HAS_USER}
FIELD: TypeAdapter[str] = TypeAdapter(Link)


def _result(text: str) -> str:
    """The stored link, or the message of the refusal."""
    try:
        return FIELD.validate_python(text)
    except ValidationError as error:
        return str(error.errors()[0]["ctx"]["error"])


@pytest.mark.parametrize("case", CASES, ids=lambda each: str(each["name"]))
def test_a_link_is_stored_or_refused_as_the_vectors_say(case: dict[str, Any]) -> None:
    assert _result(case["text"]) == (PROBLEMS[case["problem"]] if "problem" in case else case["expected"])


@given(text=st.text("aZ1./:@?#\\[]%xn-é ", max_size=20).map(lambda text: f"https://{text}") | st.text(max_size=20))
def test_a_stored_link_stays_as_it_is_and_names_no_user(text: str) -> None:
    try:
        stored = links.to_web_address(text)
    except ValueError:
        return
    assert links.to_web_address(stored) == stored
    assert not stored or "@" not in re.split(r"[/?#\\]", stored.split("://", 1)[1])[0]


def test_the_limit_counts_the_completed_link() -> None:
    longest = "example.org/".ljust(limits.LINK_MAX_CHARS - len("https://"), "x")
    assert len(FIELD.validate_python(longest)) == limits.LINK_MAX_CHARS
    with pytest.raises(ValidationError):
        FIELD.validate_python(longest + "x")
