"""Prints commits as lines of text or of JSON."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Final

import msgspec

from turnout.operations.console import mask_unprintable
from turnout.operations.errors import DataDamaged, OperationRefused
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import Entry, read_entries, read_newest_entries, read_outline
from turnout_core.domain.all_day import first_and_last_day
from turnout_core.domain.changes import (
    AnyChange,
    Commit,
    Details,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    EventReopened,
    Joined,
    Left,
    PartyChanged,
    Promoted,
    SignedOut,
    SignedUp,
)
from turnout_core.domain.position import Position
from turnout_core.journal.record import BrokenRecord, peek

_POLL_INTERVAL_S: Final = 1.0  # pub/sub may lose a message; the stream does not


async def read_records(
    server: JournalServer, since: Position | None, limit: int, *, follow: bool
) -> AsyncGenerator[bytes, None]:
    """Yields records in order: from ``since`` on, else the last ``limit``. With ``follow``, new records as well.

    Raises:
        OperationRefused: there is no journal, or it does not have ``since``.
        NewerFormat: a newer version has written it.
        DataDamaged: an entry is no record.
    """
    async with server.journal().subscribe() as bus:
        outline = await read_outline(server)
        head = outline.head.position
        if since is None:
            first = await read_newest_entries(server, limit)
            following = head.seq + 1
            for entry in first:
                following = entry.seq + 1
                yield _record_of(entry)
        else:
            oldest = Position(head.epoch, outline.first or head.seq + 1)
            if since.epoch != head.epoch or not oldest.seq <= since.seq <= head.seq + 1:
                raise OperationRefused(f"there is no record {since}: the stream has those from {oldest} to {head}")
            following = since.seq
        while True:
            async for batch in read_entries(server, following):
                for entry in batch:
                    following = entry.seq + 1
                    yield _record_of(entry)
                await asyncio.sleep(0)
            if not follow:
                return
            await bus.next(_POLL_INTERVAL_S)
            now = await read_outline(server)
            if now.head.position.epoch != head.epoch:
                head = now.head.position
                following = now.first or head.seq + 1  # all records in the new epoch's stream are new


def to_json_line(record: bytes) -> str:
    """Formats the commit and its hash as one line of JSON."""
    commit, digest = _peek(record)
    return msgspec.json.encode({"hash": digest, **msgspec.to_builtins(commit)}).decode()


def to_text_line(record: bytes) -> str:
    """Formats the time, position, actor and changes of the commit."""
    commit, _ = _peek(record)
    at = datetime.fromtimestamp(commit.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    changes = "; ".join(_describe(change) for change in commit.changes) or "checkpoint"
    return f"{at}  {Position(commit.epoch, commit.seq)}  {commit.actor or '-'}  {mask_unprintable(changes)}"


def _describe(change: AnyChange) -> str:  # noqa: C901, PLR0911, PLR0912 - one line for each kind of change
    match change:
        case SignedUp(user=user, name=name):
            return f"signed up: {user} ({name})"
        case SignedOut(user=user):
            return f"signed out: {user}"
        case EventCreated(event=event, details=details):
            return f"created {event}: {details.title}, {_start_of(details)}"
        case EventEdited(event=event, details=details):
            return f"edited {event}: {details.title}, {_start_of(details)}"
        case EventCancelled(event=event):
            return f"cancelled {event}"
        case EventDeleted(event=event):
            return f"deleted {event}"
        case EventEnded(event=event):
            return f"ended: {event}"
        case EventReopened(event=event):
            return f"reopened: {event}"
        case Joined(event=event, user=user, party=party, status=status):
            return f"joined {event}: {user}, party of {party}, {status}"
        case PartyChanged(event=event, user=user, party=party):
            return f"changed the party in {event}: {user}, now {party}"
        case Promoted(event=event, user=user):
            return f"promoted in {event}: {user}"
        case Left(event=event, user=user):
            return f"left {event}: {user}"
        case _:
            return _describe_fields(change)


def _describe_fields(change: AnyChange) -> str:
    """The kind of the change and its fields, such as ``renamed: user ada, name Ada``."""
    fields = msgspec.to_builtins(change)
    kind = fields.pop("type").replace("-", " ")
    return f"{kind}: {', '.join(f'{name} {value}' for name, value in fields.items())}"


def _start_of(details: Details) -> str:
    if details.all_day:
        days = dict.fromkeys(each.isoformat() for each in first_and_last_day(details))
        return f"{' to '.join(days)} all day {details.zone}"
    return f"{details.starts}{' (second)' if details.starts_fold else ''} {details.zone}"


def _record_of(entry: Entry) -> bytes:
    if entry.record is None:
        raise DataDamaged(
            f"stream entry {entry.seq}-{entry.part} is no record; run `turnout journal verify` to see what to do"
        )
    return entry.record


def _peek(record: bytes) -> tuple[Commit, str]:
    try:
        return peek(record)
    except BrokenRecord as error:
        raise DataDamaged(f"{error}; run `turnout journal verify` to see what to do") from error
