"""Names that look alike share a key, as the test vectors say, which the front end also passes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from turnout_core.domain.commands import SessionBody
from turnout_core.domain.lookalikes import lookalike_keys, prototype_of

VECTORS = Path(__file__).parents[2] / "vectors"
CASES: list[dict[str, Any]] = json.loads((VECTORS / "lookalikes.json").read_text())
IMITATIONS: list[dict[str, str]] = json.loads((VECTORS / "imitations.json").read_text())
IMITATED = "Anna"


def look_alike(one: str, other: str) -> bool:
    return not lookalike_keys(one).isdisjoint(lookalike_keys(other))


@pytest.mark.parametrize("case", CASES, ids=lambda each: str(each["name"]))
def test_names_look_alike_as_the_vectors_say(case: dict[str, Any]) -> None:
    assert look_alike(case["one"], case["other"]) is case["alike"]


@pytest.mark.parametrize("case", IMITATIONS, ids=lambda each: str(each["name"]))
def test_an_imitation_is_refused_or_told_apart(case: dict[str, str]) -> None:
    if case["outcome"] == "refused":
        with pytest.raises(ValidationError):
            SessionBody(name=case["text"])
    else:
        assert look_alike(IMITATED, SessionBody(name=case["text"]).name)


@given(name=st.text("abcdefgh IJKLMO01", min_size=1, max_size=12), space=st.integers(0, 12))
def test_case_and_spaces_make_no_difference(name: str, space: int) -> None:
    assert look_alike(name, name.lower())
    assert look_alike(name, f"{name[:space]} {name[space:]}")


@given(name=st.text("ABCEHKMOPTXabceopsxyz", min_size=1, max_size=12), at=st.integers(0, 11), data=st.data())
def test_a_character_of_the_same_class_makes_no_difference(name: str, at: int, data: st.DataObject) -> None:
    at %= len(name)
    prototypes = prototype_of()
    letter = prototypes.get(name[at], name[at])
    alike = [source for source, prototype in prototypes.items() if prototype == letter] or [letter]
    assert look_alike(name, name[:at] + data.draw(st.sampled_from(alike)) + name[at + 1 :])
