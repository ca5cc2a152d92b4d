"""A name cannot claim a role: the page marks organizers and hosts outside of their names."""
# ruff: noqa: RUF001 - letters that look alike are the cases

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from turnout_core.domain.fields import Name, Title
from turnout_core.domain.role_claims import claims_role

CLAIMS = [
    "Anna (organizer)",
    "Anna (ORGANISER)",
    "Anna (Host)",
    "Anna(host)",
    "Anna ( co-host )",
    "Anna (Co Host)",
    "Anna (co‑host)",
    "Anna (moderator) ✅",
    "Anna (moderator).",
    "Anna （оrganizer）",
    "Anna [host]",
    "Anna 【host】",
    "Anna <host>",
    "Anna ❨host❩",
    "Anna (órganizer)",
    "Anna (0rganizer)",
    "Anna (organlzer)",
    "Anna (rnoderator)",
    "Anna (hοѕt)",
    "Anna (ⓗⓞⓢⓣ)",
]


@pytest.mark.parametrize("name", CLAIMS)
def test_a_role_in_brackets_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="must not end with a role in brackets"):
        TypeAdapter(Name).validate_python(name)


@pytest.mark.parametrize(
    "name", ["Anna (Ghost)", "Anna (host family)", "Anna (Vienna)", "(Anna)", "Host Schmidt", "(host) Anna", "Anna ()"]
)
def test_other_names_are_taken(name: str) -> None:
    assert TypeAdapter(Name).validate_python(name) == name


def test_a_title_may_name_a_role() -> None:
    assert TypeAdapter(Title).validate_python("Town fair (host)") == "Town fair (host)"


@given(
    letters=st.tuples(*(st.sampled_from(each) for each in ("hHһℎ𝐡", "oO0оοｏ", "sSѕｓ", "tT𝐭ｔ"))),
    brackets=st.sampled_from(["()", "[]", "（）", "{}"]),
)
def test_no_letters_that_look_alike_hide_a_role(letters: tuple[str, ...], brackets: str) -> None:
    assert claims_role(f"Anna {brackets[0]}{''.join(letters)}{brackets[1]}")
