"""Validation errors have our own messages, never those of the library."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from turnout_command.settings import Settings as CommandSettings
from turnout_core.domain import limits
from turnout_core.domain.commands import EventDraft, EventEdit, PartyBody, SessionBody
from turnout_core.domain.validation_messages import FALLBACK, field_errors, message, sentence
from turnout_core.protocol.messages import client_messages
from turnout_core.runtime.settings import ServiceSettings
from turnout_gateway.http.queries import CalendarQuery, EventsQuery, PeopleQuery, TagsQuery
from turnout_gateway.settings import Settings as GatewaySettings

MODELS: Final[tuple[type[BaseModel], ...]] = (
    SessionBody, EventDraft, EventEdit, PartyBody, EventsQuery, CalendarQuery, TagsQuery, PeopleQuery,
    CommandSettings, GatewaySettings,
)  # fmt: skip
DRAFT: Final = {"title": "Chess", "starts": "2090-01-01T19:00", "zone": "Europe/Vienna"}
WRONG: Final[tuple[Any, ...]] = (
    None, True, False, -1, 0, 0.5, 10**9, 10**30, float("nan"), float("inf"), "", " ", "x" * 100_000, "\ud800", "\x07",
    "\u200b", "ftp://x", "2090-02-30T10:00", "2090-01-01T25:00", "0202-01-01T10:00", "2090-01-01T10:00Z", "yesterday",
    "loud", "-1", "0", "1000000000", "nonsense://", "300.300.0.0/8", [], ["x"] * 30, ["x" * 1000], [7], [None], [[]],
    {}, {"a": 1}, b"\xff",
)  # fmt: skip
LIBRARY_WORDS: Final = re.compile(
    r"Input should|Value error|String should|should have|should be|validation|Field required|Extra inputs|unable to|"
    r"valid (integer|string|boolean|number|list|dictionary|tuple|datetime)|pydantic|errors\.|Datetimes|tag '|\bgot\b|"
    r"function|assertion|JSON object|at line|EOF|expected value"
)


def errors_of(check: Any, value: Any) -> list[Any]:
    try:
        check(value)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


def violations() -> Iterator[tuple[str, list[Any]]]:
    for model in MODELS:
        base = DRAFT if model in (EventDraft, EventEdit) else {"name": "Ada"} if model is SessionBody else {}
        is_settings = issubclass(model, ServiceSettings)  # values in the environment are texts
        for name in (*model.model_fields, "organizer"):
            for value in WRONG:
                if is_settings and (not isinstance(value, str) or name.endswith("_file")):
                    continue
                yield f"{model.__name__}.{name} = {value!r:.40}", errors_of(model.model_validate, {**base, name: value})
            yield (
                f"{model.__name__} without {name}",
                errors_of(model.model_validate, {key: value for key, value in base.items() if key != name}),
            )
        for text in ("", "{", "[]", "null", "7", '"x"', '{"title":NaN}', '{"a":}', "\udcff"):
            if is_settings:
                continue
            yield f"{model.__name__} from {text!r}", errors_of(model.model_validate_json, text)
    for name in ("type", "view", "at", "extra"):
        for value in WRONG:
            given = {"type": "watch", "view": "me", name: value}
            yield f"message.{name} = {value!r:.40}", errors_of(client_messages.validate_python, given)
    for text in ("", "{", "[]", "null", "{}", '{"type":"shout"}', '{"type":"watch"}'):
        yield f"message from {text!r}", errors_of(client_messages.validate_json, text)


def test_every_constraint_of_every_model_has_a_message() -> None:
    found = 0
    for case, errors in violations():
        for error in errors:
            found += 1
            text = message(error)
            assert text != FALLBACK, (case, error["type"])
            assert not LIBRARY_WORDS.search(text), (case, text)
            assert len(text) < 200, case
    assert found > 500


def test_every_constraint_was_violated() -> None:
    kinds = {error["type"] for _, errors in violations() for error in errors}
    assert kinds >= {
        "missing", "extra_forbidden", "value_error", "string_too_long", "string_too_short", "string_type", "too_long",
        "bool_type", "json_invalid", "union_tag_invalid", "union_tag_not_found", "literal_error", "int_parsing",
        "greater_than_equal", "less_than_equal", "greater_than", "model_type",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("model", "given", "expected"),
    [
        (SessionBody, {"name": "x" * 60}, "name: must be at most 40 characters (this one has 60)"),
        (SessionBody, {}, "name: is required"),
        (SessionBody, {"name": "Ada", "organizer": "x"}, "organizer: unknown field `organizer`"),
        (SessionBody, {"name": 7}, "name: must be text"),
        (PartyBody, {"party": 11}, "party: must be a whole number from 1 to 10"),
        (EventDraft, {**DRAFT, "capacity": 0}, "capacity: must be a whole number from 1 to 100,000"),
        (EventDraft, {**DRAFT, "capacity": 1.5}, "capacity: must be a whole number from 1 to 100,000"),
        (EventDraft, {**DRAFT, "tags": ["a"] * 9}, "tags: must have at most 8 tags (this has 9)"),
        (EventDraft, {**DRAFT, "waitlist": "yes"}, "waitlist: must be true or false"),
        (EventsQuery, {"when": "soon"}, "when: must be upcoming or past"),
        (EventsQuery, {"limit": "many"}, "limit: must be a whole number"),
        (GatewaySettings, {"links": 0}, "links: must be at least 1"),
    ],
)
def test_sentences_name_the_field_and_the_limit(model: type[BaseModel], given: dict[str, Any], expected: str) -> None:
    assert sentence(field_errors(errors_of(model.model_validate, given))) == expected


def test_bad_json_names_no_field() -> None:
    errors = errors_of(SessionBody.model_validate_json, '{"name":')
    assert sentence(field_errors(errors)) == "the request is not valid JSON"


def test_an_unknown_error_gets_the_fallback_message() -> None:
    assert message({"type": "brand_new", "loc": ("x",), "msg": "Input should be brand new", "input": 1}) == FALLBACK


def test_schemas_contain_the_bounds() -> None:
    schema = TypeAdapter(EventDraft).json_schema()["properties"]["capacity"]["anyOf"][0]
    assert (schema["minimum"], schema["maximum"]) == (1, limits.CAPACITY_MAX_SEATS)
