"""The history as lines: for a person, or JSON for a program."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Final

import msgspec

from turnout.operations.errors import Damaged, Refused
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import Entry, entries, newest, survey
from turnout_core.domain.changes import (
    AnyChange,
    Commit,
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

_LOOK_S: Final = 1.0  # the bus may lose a message, the stream does not


async def records(
    server: JournalServer, since: Position | None, most: int, *, follow: bool
) -> AsyncGenerator[bytes, None]:
    """Records in their order: from ``since`` on, else the last ``most``; with ``follow``, those to come as well.

    Raises:
        Refused: there is no journal, or it does not have ``since``.
        Damaged: an entry is no record.
    """
    async with server.journal().subscribe() as bus:
        outline = await survey(server)
        head = outline.head.position
        if since is None:
            first = await newest(server, most)
            following = head.seq + 1
            for entry in first:
                following = entry.seq + 1
                yield _record(entry)
        else:
            oldest = Position(head.epoch, outline.first or head.seq + 1)
            if since.epoch != head.epoch or not oldest.seq <= since.seq <= head.seq + 1:
                raise Refused(f"there is no record {since}: the stream has those from {oldest} to {head}")
            following = since.seq
        while True:
            async for batch in entries(server, following):
                for entry in batch:
                    following = entry.seq + 1
                    yield _record(entry)
                await asyncio.sleep(0)
            if not follow:
                return
            await bus.next(_LOOK_S)
            now = await survey(server)
            if now.head.position.epoch != head.epoch:
                head = now.head.position
                following = now.first or head.seq + 1  # what is in a stream of another epoch came after the change


def as_json(record: bytes) -> str:
    """The commit with its hash, one line."""
    commit, digest = _peek(record)
    return msgspec.json.encode({"hash": digest, **msgspec.to_builtins(commit)}).decode()


def as_text(record: bytes) -> str:
    """When, where, who and what."""
    commit, _ = _peek(record)
    at = datetime.fromtimestamp(commit.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    what = "; ".join(_told(change) for change in commit.changes)
    return f"{at}  {Position(commit.epoch, commit.seq)}  {commit.actor or '-'}  {_printable(what)}"


def _told(change: AnyChange) -> str:  # noqa: C901, PLR0911 - one line for each kind of change
    match change:
        case SignedUp(user=user, name=name):
            return f"signed up: {user} ({name})"
        case SignedOut(user=user):
            return f"signed out: {user}"
        case EventCreated(event=event, details=details):
            return f"created {event}: {details.title}, {details.starts} {details.zone}"
        case EventEdited(event=event, details=details):
            return f"edited {event}: {details.title}, {details.starts} {details.zone}"
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


def _record(entry: Entry) -> bytes:
    if entry.record is None:
        raise Damaged(f"stream entry {entry.seq}-{entry.part} is no record; `turnout journal verify` tells the way out")
    return entry.record


def _peek(record: bytes) -> tuple[Commit, str]:
    try:
        return peek(record)
    except BrokenRecord as error:
        raise Damaged(f"{error}; `turnout journal verify` tells the way out") from error


def _printable(text: str) -> str:
    """A title may not steer the terminal of whoever reads."""
    return "".join(each if each.isprintable() else "�" for each in text)
