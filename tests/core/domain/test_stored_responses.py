"""A stored response has no copy of an event, also if an earlier version stored one."""

import msgspec
import pytest

from turnout_core.domain.changes import IdempotencyEntry
from turnout_core.domain.stored_responses import without_copy

_HEADERS = (("location", "/api/events/games"), ("etag", '"1"'))
_ITEM = '{"kind":"event","key":"event:games","rank":1,"id":"games","version":1,"title":"Board games"}'


def test_the_copy_of_an_event_becomes_its_id() -> None:
    earlier = IdempotencyEntry("k", "r", 201, _ITEM, _HEADERS)
    assert without_copy(earlier) == IdempotencyEntry("k", "r", 201, headers=_HEADERS[:1], event="games")


@pytest.mark.parametrize("body", ["", '{"user":{"id":"ada","name":"Ada"}}', '{"kind":"attendee","key":"attendee:ada"}'])
def test_other_responses_stay(body: str) -> None:
    entry = IdempotencyEntry("k", "r", 200, body)
    assert without_copy(entry) is entry


def test_an_entry_of_an_earlier_version_has_no_event() -> None:
    earlier = msgspec.json.encode({"key": "k", "request": "r", "status": 204, "body": "", "headers": []})
    assert msgspec.json.decode(earlier, type=IdempotencyEntry) == IdempotencyEntry("k", "r", 204)
