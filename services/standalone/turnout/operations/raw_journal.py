"""Reads the journal's keys in Valkey as they are, including entries that Turnout did not write."""

from collections.abc import AsyncIterator
from typing import Any, Final, cast

import msgspec

from turnout.operations.errors import DataDamaged, OperationRefused
from turnout.operations.journal_server import JournalServer
from turnout_core.domain.apply import apply
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.format import check_journal_format
from turnout_core.journal.port import Head
from turnout_core.journal.record import BrokenRecord, unseal
from turnout_core.journal.snapshot import BrokenSnapshot, load_state
from turnout_core.journal.valkey import HEAD_FIELDS

_ENTRIES_PER_READ: Final = 1_000


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An entry of the stream. A record of Turnout has the id ``<seq>-0`` and only the field ``r``."""

    seq: int
    part: int
    fields: dict[bytes, bytes]

    @property
    def record(self) -> bytes | None:
        """The record; None if Turnout did not write this entry."""
        return self.fields.get(b"r") if self.part == 0 and len(self.fields) == 1 else None


class JournalOutline(msgspec.Struct, frozen=True):
    """The extent of a journal at one moment.

    Attributes:
        format: the highest format of the records and snapshots.
        snapshots: positions of the snapshots in the head's epoch, oldest first.
        foreign_names: listed names that are no snapshots of this epoch.
        first: number of the oldest entry in the stream; 0 if it is empty.
        last: number of the newest entry that ever was in the stream; 0 if there was none.
    """

    head: Head
    format: int
    snapshots: tuple[Position, ...]
    foreign_names: tuple[str, ...]
    first: int
    last: int


async def has_journal(server: JournalServer) -> bool:
    """True if the server holds a journal, or a part of one. Raises NewerFormat."""
    number: Any = await server.valkey.hget(server.keys.head, "format")
    check_journal_format(number)
    return bool(await server.valkey.exists(server.keys.head, server.keys.stream, server.keys.snapshots))


async def read_outline(server: JournalServer) -> JournalOutline:
    """Reads the outline in one transaction.

    Raises:
        OperationRefused: there is no journal.
        NewerFormat: a newer version has written it.
        DataDamaged: the journal's head is missing.
    """
    async with server.valkey.pipeline(transaction=True) as transaction:
        transaction.hmget(server.keys.head, HEAD_FIELDS)
        transaction.zrange(server.keys.snapshots, 0, -1)
        transaction.xrange(server.keys.stream, min="1", count=1)
        transaction.xinfo_stream(server.keys.stream)
        fields, names, oldest, info = await transaction.execute(raise_on_error=False)
    for reply in (fields, names, oldest):
        if isinstance(reply, Exception):
            raise reply
    *fields, number = fields
    if None in fields:
        if names or oldest:
            raise DataDamaged(
                f"{server.keys.head} is missing, but the rest of a journal is there: import a backup with --force"
            )
        raise OperationRefused("there is no journal on this server")
    format_number = check_journal_format(number)
    epoch, seq, digest = (field.decode() for field in fields)
    found = {name.decode(): Position.try_parse(name.decode()) for name in names}
    ours = [each for each in found.values() if each is not None and each.epoch == epoch]
    return JournalOutline(
        head=Head(Position(epoch, int(seq)), digest),
        format=format_number,
        snapshots=tuple(sorted(ours, key=lambda each: each.seq)),
        foreign_names=tuple(name for name, each in found.items() if each is None or each.epoch != epoch),
        first=_parse_id(oldest[0][0])[0] if oldest else 0,
        last=0 if isinstance(info, Exception) else _parse_id(info["last-generated-id"])[0],
    )


async def read_entries(server: JournalServer, first: int, last: int | None = None) -> AsyncIterator[list[Entry]]:
    """Yields the entries numbered ``first`` to ``last`` (None: to the end), in batches."""
    start, end = f"{first}-0", "+" if last is None else str(last)
    while found := cast(
        "list[Any]", await server.valkey.xrange(server.keys.stream, start, end, count=_ENTRIES_PER_READ)
    ):
        yield [Entry(*_parse_id(each[0]), dict(each[1])) for each in found]
        start = f"({found[-1][0].decode()}"


async def read_newest_entries(server: JournalServer, limit: int) -> list[Entry]:
    """Reads the last ``limit`` entries, oldest first."""
    found = cast("list[Any]", await server.valkey.xrevrange(server.keys.stream, count=limit))
    return [Entry(*_parse_id(each[0]), dict(each[1])) for each in reversed(found)]


async def load_snapshot(server: JournalServer, position: Position) -> State:
    """Loads the snapshot of ``position``. Raises BrokenSnapshot, NewerFormat, or RecordsTrimmed if it is gone."""
    state = await load_state(server.journal().load_snapshot(position))
    if state.position != position:
        raise BrokenSnapshot(f"it holds the state at {state.position}")
    return state


def apply_record(state: State, record: bytes | None) -> None:
    """Applies the next record to ``state``.

    Raises:
        BrokenRecord: the record is damaged or not the next one. ``state`` is unchanged, unless an undamaged record
            cannot be applied.
        NewerFormat: a newer version has written the record. ``state`` is unchanged.
    """
    if record is None:
        raise BrokenRecord("the entry is no record")
    commit, digest = unseal(record, state.hash)
    try:
        apply(state, commit, digest)
    except (ValueError, KeyError) as error:
        raise BrokenRecord(f"the record does not fit the state before it: {error!r}") from error


def _parse_id(name: bytes) -> tuple[int, int]:
    seq, _, part = name.partition(b"-")
    return int(seq), int(part)
