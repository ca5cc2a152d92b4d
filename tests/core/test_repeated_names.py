"""Names that are there twice, in JSON and in query strings."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.protocol.repeated_names import repeated_member, repeated_parameter

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('{"a":1,"a":1}', "a"),
        ('{"a":1, "b":2, "\\u0061":3}', "a"),
        ('{"b":{"a":1,"a":2}}', "a"),
        ('[{"":1,"":2}]', ""),
        ('{"a":"\\"a\\":1","b":{"a":1}}', None),
        ('{"a":1}', None),
        ("{}", None),
    ],
)
def test_a_repeated_member_is_found(document: str, expected: str | None) -> None:
    assert repeated_member(document) == expected
    assert repeated_member(document.encode()) == expected


@given(st.dictionaries(st.text(), JSON, min_size=1))
def test_an_object_with_a_member_twice_is_never_accepted(members: dict[str, object]) -> None:
    encoded = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in members.items()]
    assert repeated_member("{" + ",".join(encoded) + "}") is None
    assert repeated_member("{" + ",".join([*encoded, encoded[0]]) + "}") == next(iter(members))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", None),
        ("limit=1&after=2", None),
        ("limit=1&limit=1", "limit"),
        ("at_least=a&at%5fleast=b", "at_least"),
        ("a&a", "a"),
        ("view=events&view=me", None),
    ],
)
def test_a_repeated_parameter_is_found(query: str, expected: str | None) -> None:
    assert repeated_parameter(query, repeatable=("view",)) == expected
