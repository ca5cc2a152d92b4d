"""Stored responses, as the state keeps them: without a copy of an event."""

from typing import Final

import msgspec

from turnout_core.domain.changes import IdempotencyEntry

_EVENT_ITEM: Final = '{"kind":"event",'  # how the item of an event begins
_ETAG: Final = "etag"


class _Event(msgspec.Struct):
    id: str


_decoder = msgspec.json.Decoder(_Event)


GONE: Final = 410
"""The status of a stored response about a person who is gone: their name must not outlive them, but the key counts."""


def without_person(answered: IdempotencyEntry) -> IdempotencyEntry:
    """The entry without the response, which names a person who is gone."""
    return msgspec.structs.replace(answered, status=GONE, body="", headers=())


def without_copy(answered: IdempotencyEntry) -> IdempotencyEntry:
    """The entry with the id of an event in place of a copy of it, which earlier versions stored.

    A copy would outlive the deletion of the event, and would double the memory that a new event needs.
    """
    if not answered.body.startswith(_EVENT_ITEM):
        return answered
    headers = tuple(each for each in answered.headers if each[0] != _ETAG)
    return msgspec.structs.replace(answered, body="", headers=headers, event=_decoder.decode(answered.body).id)
