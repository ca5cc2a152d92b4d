"""Snapshots: encodes a State into chunks of bytes, and decodes it.

A chunk is a digest and compressed msgpack. It holds at most a few thousand entries, so that other tasks can run between
two chunks.
"""

import asyncio
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from typing import Final

import msgspec

from turnout_core.domain.moderation import AuditEntry, Report
from turnout_core.domain.position import Position
from turnout_core.domain.since import FIRST, format_of, newest_format
from turnout_core.domain.state import Event, State, StoredEntry, User
from turnout_core.domain.stored_responses import without_copy
from turnout_core.journal.format import check_format
from turnout_core.journal.stored_inboxes import INBOXES_SINCE, InboxLoader, Notices, inbox_chunks

_DIGEST_BYTES: Final = 16
_ENTRIES_PER_CHUNK: Final = 4_000  # about 10 ms of work
_CHARS_PER_ENTRY: Final = 100  # a long description counts as many entries, so that no chunk needs much memory at once
_MODERATION: Final = 4
_COMPRESSION: Final = 1  # the fastest level; a snapshot is read more often under time pressure than stored


class BrokenSnapshot(Exception):
    """Chunks that are damaged, missing, or out of order."""


class Header(msgspec.Struct, frozen=True, tag="header", forbid_unknown_fields=True, omit_defaults=True):
    """The first chunk.

    Attributes:
        format: the format that a reader of the snapshot needs. All formats have it here.
        users, events, answers: their numbers.
        moderation: number of moderators, reports and audit entries.
        inboxes: their number.
    """

    format: int
    epoch: str
    seq: int
    hash: str
    now: int  # State.elapsed_ms
    users: int
    events: int
    answers: int
    at: int = 0  # State.committed_at
    moderation: int = 0
    inboxes: int = 0


class Users(msgspec.Struct, frozen=True, tag="users", forbid_unknown_fields=True):
    items: list[User]


class Events(msgspec.Struct, frozen=True, tag="events", forbid_unknown_fields=True):
    items: list[Event]


class Answers(msgspec.Struct, frozen=True, tag="answers", forbid_unknown_fields=True):
    items: list[StoredEntry]


class Moderation(msgspec.Struct, frozen=True, tag="moderation", forbid_unknown_fields=True):
    """One chunk, if there is anything in it; it exists since format ``_MODERATION``."""

    moderators: dict[str, str]
    reports: list[Report]
    audit: list[AuditEntry]


class _Number(msgspec.Struct, frozen=True, tag="header"):
    """The part of a header that every format has."""

    format: int


_encoder = msgspec.msgpack.Encoder()
_Part = Header | Users | Events | Answers | Moderation | Notices
_decoder = msgspec.msgpack.Decoder(_Part)
_number_decoder = msgspec.msgpack.Decoder(_Number)


def snapshot_format(state: State) -> int:
    """The format that a reader of a snapshot of ``state`` needs."""
    parts: tuple[tuple[type[msgspec.Struct], Iterable[msgspec.Struct]], ...] = (
        (User, state.users.values()),
        (Event, state.events.values()),
        (StoredEntry, state.answers.values()),
        (Report, state.reports.values()),
    )
    number = INBOXES_SINCE if state.inboxes else _MODERATION if _moderation_count(state) else FIRST
    for kind, entries in parts:
        newest = newest_format(kind)
        for each in entries:
            if newest <= number:
                break  # no other entry can need more
            number = max(number, format_of(each))
    return number


def dump(state: State) -> Iterator[bytes]:
    """The chunks of ``state``, which must not change during the iteration."""
    yield _pack(
        Header(
            snapshot_format(state), state.position.epoch, state.position.seq, state.hash, state.elapsed_ms,
            len(state.users), len(state.events), len(state.answers), state.committed_at, _moderation_count(state),
            len(state.inboxes),
        )
    )  # fmt: skip
    users = iter(state.users.values())
    while some_users := list(islice(users, _ENTRIES_PER_CHUNK)):
        yield _pack(Users(some_users))
    for some_events in _in_batches(state.events.values()):
        yield _pack(Events(some_events))
    answers = iter(state.answers.values())
    while some_answers := list(islice(answers, _ENTRIES_PER_CHUNK)):
        yield _pack(Answers(some_answers))
    if _moderation_count(state):
        yield _pack(Moderation(state.moderators, list(state.reports.values()), state.audit))
    yield from map(_pack, inbox_chunks(state.inboxes))


class SnapshotLoader:
    """Decodes chunks into a State: ``add`` each in order, then ``finish``."""

    def __init__(self) -> None:
        self._header: Header | None = None
        self._state: State | None = None
        self._inboxes = InboxLoader()

    def add(self, chunk: bytes) -> None:
        """Decodes one chunk. Raises BrokenSnapshot, and NewerFormat for the header of a newer version."""
        body = _unpack(chunk)
        if self._header is None:
            _check_number(body)
        part = _decode(body)
        if isinstance(part, Header):
            if self._header is not None:
                raise BrokenSnapshot("there are two headers")
            self._header = part
            self._state = State(Position(part.epoch, part.seq), part.hash)
            self._state.elapsed_ms, self._state.committed_at = part.now, part.at
        elif self._state is None:
            raise BrokenSnapshot("the first chunk is no header")
        elif isinstance(part, Notices):
            try:
                self._inboxes.add(self._state, part)
            except LookupError as error:
                raise BrokenSnapshot(str(error)) from error
        else:
            _merge(self._state, part)

    def finish(self) -> State:
        """Returns the State. Raises BrokenSnapshot if chunks are missing."""
        header, state = self._header, self._state
        if header is None or state is None:
            raise BrokenSnapshot("no chunks")
        expected = (header.users, header.events, header.answers, header.moderation, header.inboxes)
        actual = (
            len(state.users), len(state.events), len(state.answers), _moderation_count(state), len(state.inboxes),
        )  # fmt: skip
        if actual != expected:
            what = "users, events, answers, parts of moderation and inboxes"
            raise BrokenSnapshot(f"expected {expected} {what}, got {actual}")
        return state


async def load_state(chunks: AsyncIterable[bytes]) -> State:
    """Decodes the chunks of ``dump``. Lets other tasks run after each chunk.

    Raises BrokenSnapshot, NewerFormat, and the errors of ``chunks``.
    """
    loader = SnapshotLoader()
    async for chunk in chunks:
        loader.add(chunk)
        await asyncio.sleep(0)
    return loader.finish()


async def iterate_async(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    """``chunks`` as an asynchronous iterator."""
    for chunk in chunks:
        yield chunk


def _merge(state: State, part: Users | Events | Answers | Moderation) -> None:
    match part:
        case Users(items=users):
            for user in users:
                state.add_user(user)
        case Events(items=events):
            for event in events:
                state.add_event(event)
        case Answers(items=answers):
            state.answers.update(
                (each.answered.key, StoredEntry(each.at, without_copy(each.answered))) for each in answers
            )
        case Moderation(moderators=moderators, reports=reports, audit=audit):
            state.moderators = moderators
            state.reports = {each.id: each for each in reports}
            state.audit = audit


def _moderation_count(state: State) -> int:
    return len(state.moderators) + len(state.reports) + len(state.audit)


def _in_batches(events: Iterable[Event]) -> Iterator[list[Event]]:
    batch: list[Event] = []
    entries = 0
    for event in events:
        batch.append(event)
        entries += 1 + len(event.attendances) + len(event.details.description) // _CHARS_PER_ENTRY
        if entries >= _ENTRIES_PER_CHUNK:
            yield batch
            batch, entries = [], 0
    if batch:
        yield batch


def _pack(part: _Part) -> bytes:
    body = zlib.compress(_encoder.encode(part), _COMPRESSION)
    return blake2b(body, digest_size=_DIGEST_BYTES).digest() + body


def _unpack(chunk: bytes) -> bytes:
    digest, body = chunk[:_DIGEST_BYTES], chunk[_DIGEST_BYTES:]
    if blake2b(body, digest_size=_DIGEST_BYTES).digest() != digest:
        raise BrokenSnapshot("a chunk is damaged")
    try:
        return zlib.decompress(body)
    except zlib.error as error:
        raise BrokenSnapshot(f"a chunk is damaged: {error}") from error


def _check_number(header: bytes) -> None:
    try:
        number = _number_decoder.decode(header)
    except msgspec.DecodeError as error:
        raise BrokenSnapshot(f"the first chunk is no header: {error}") from error
    check_format(number.format, "a snapshot")


def _decode(body: bytes) -> _Part:
    try:
        part: _Part = _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise BrokenSnapshot(f"a chunk is not as its format says: {error}") from error
    return part
