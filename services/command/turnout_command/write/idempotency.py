"""Idempotency-Key (IETF draft "The Idempotency-Key HTTP Header Field"): a repeated request has one effect.

The record of the effect contains the response, so neither exists without the other. An event in a response is stored by
its id alone: a copy would outlive a deletion, and double the memory that an event needs.
"""

from hashlib import blake2b
from typing import Final

import msgspec

from turnout_command.write.responses import ETAG, StoredResponse, event_response
from turnout_core.domain import limits
from turnout_core.domain.access import may, viewer_of
from turnout_core.domain.changes import IdempotencyEntry
from turnout_core.domain.rejections import EventNotFound, Invalid, UserNotFound, invalid_field
from turnout_core.domain.state import State
from turnout_core.domain.stored_responses import GONE

HEADER: Final = "Idempotency-Key"
SIGN_UP_MIN_CHARS: Final = 16  # a sign-up has no user to scope the key, so the key must be hard to guess
_DIGEST_BYTES: Final = 16


class Key(msgspec.Struct, frozen=True, gc=False):
    """An Idempotency-Key, scoped to its user, and the request that it belongs to.

    Attributes:
        key: digest of the actor and the key.
        request: digest of the method, path and body.
    """

    key: str
    request: str

    @classmethod
    def of(cls, actor: str | None, key: str, call: str, body: bytes) -> "Key":
        """The key of the request ``call`` (method and path) with ``body``.

        Raises:
            Invalid: the key is not 1 to 200 printable ASCII characters, or too short for a sign-up.
        """
        if not key.isascii() or not key.isprintable() or not 1 <= len(key) <= limits.IDEMPOTENCY_KEY_MAX_CHARS:
            raise invalid_field(HEADER, f"must be 1 to {limits.IDEMPOTENCY_KEY_MAX_CHARS} printable ASCII characters")
        if actor is None and len(key) < SIGN_UP_MIN_CHARS:
            raise invalid_field(HEADER, f"must have at least {SIGN_UP_MIN_CHARS} characters here")
        return cls(_digest(actor or "", key), _digest(call, body.decode("utf-8", "surrogateescape")))


def lookup(state: State, key: Key, actor: str | None) -> StoredResponse | None:
    """The response stored under ``key`` of ``actor``, or None. Each commit drops those that have expired.

    An event in it is as it is now.

    Raises:
        Invalid: the key was used for another request.
        UserNotFound: the command took effect, but the person in its response is gone.
        EventNotFound: the command took effect, but its event was deleted since, or ``actor`` may no longer see it.
    """
    replay = state.answers.get(key.key)
    if replay is None:
        return None
    if replay.answered.request != key.request:
        message = "was used for another request"
        raise Invalid(f"This {HEADER} {message}.", errors=[{"field": HEADER, "message": message}])
    answered = replay.answered
    if answered.status == GONE:
        raise UserNotFound("That person is gone.")
    if not answered.event:
        return StoredResponse(answered.status, answered.body.encode(), answered.headers)
    event = state.events.get(answered.event)
    if event is None or not may(viewer_of(state, actor), "see", event):
        raise EventNotFound("The event was deleted since.")
    return event_response(state, answered.event, answered.status, answered.headers)


def store(key: Key, response: StoredResponse) -> IdempotencyEntry:
    """The entry of ``response`` for the commit."""
    if not response.event:
        return IdempotencyEntry(key.key, key.request, response.status, response.body.decode(), response.headers)
    headers = tuple(each for each in response.headers if each[0] != ETAG)
    return IdempotencyEntry(key.key, key.request, response.status, headers=headers, event=response.event)


def _digest(first: str, second: str) -> str:
    text = f"{len(first)} {first}{second}".encode("utf-8", "surrogateescape")
    return blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()
