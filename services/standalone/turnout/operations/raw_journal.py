"""What lies in Valkey, read as it is: entries that were never written by us included."""

from collections.abc import AsyncIterator
from typing import Any, Final, cast

import msgspec

from turnout.operations.errors import Damaged, Refused
from turnout.operations.journal_server import JournalServer
from turnout_core.domain.apply import apply
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import Head
from turnout_core.journal.record import BrokenRecord, unseal
from turnout_core.journal.snapshot import BrokenSnapshot, load_state

_ENTRIES_PER_READ: Final = 1_000


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An entry of the stream. One of ours has the id ``<seq>-0`` and nothing but the field ``r``."""

    seq: int
    part: int
    fields: dict[bytes, bytes]

    @property
    def record(self) -> bytes | None:
        """The record; None when this is no entry of ours."""
        return self.fields.get(b"r") if self.part == 0 and len(self.fields) == 1 else None


class Survey(msgspec.Struct, frozen=True):
    """The outline of a journal, of one moment.

    Attributes:
        snapshots: of the head's epoch, oldest first; ``strays`` are listed names that are none.
        first, last: numbers of the oldest entry in the stream, and of the newest that ever was in it; 0 for none.
    """

    head: Head
    snapshots: tuple[Position, ...]
    strays: tuple[str, ...]
    first: int
    last: int


async def survey(server: JournalServer) -> Survey:
    """Raises Refused where there is no journal, Damaged where its head is gone."""
    async with server.valkey.pipeline(transaction=True) as at_once:
        at_once.hmget(server.keys.head, ["epoch", "seq", "hash"])
        at_once.zrange(server.keys.snapshots, 0, -1)
        at_once.xrange(server.keys.stream, min="1", count=1)
        at_once.xinfo_stream(server.keys.stream)
        fields, names, oldest, info = await at_once.execute(raise_on_error=False)
    for reply in (fields, names, oldest):
        if isinstance(reply, Exception):
            raise reply
    if None in fields:
        if names or oldest:
            raise Damaged(
                f"{server.keys.head} is missing, but the rest of a journal is there: import a backup with --force"
            )
        raise Refused("there is no journal on this server")
    epoch, seq, digest = (field.decode() for field in fields)
    found = {name.decode(): Position.try_parse(name.decode()) for name in names}
    ours = [each for each in found.values() if each is not None and each.epoch == epoch]
    return Survey(
        head=Head(Position(epoch, int(seq)), digest),
        snapshots=tuple(sorted(ours, key=lambda each: each.seq)),
        strays=tuple(name for name, each in found.items() if each is None or each.epoch != epoch),
        first=_id(oldest[0][0])[0] if oldest else 0,
        last=0 if isinstance(info, Exception) else _id(info["last-generated-id"])[0],
    )


async def entries(server: JournalServer, first: int, last: int | None = None) -> AsyncIterator[list[Entry]]:
    """The entries numbered ``first`` to ``last`` (None: whatever is there), some at a time."""
    start, end = f"{first}-0", "+" if last is None else str(last)
    while found := cast(
        "list[Any]", await server.valkey.xrange(server.keys.stream, start, end, count=_ENTRIES_PER_READ)
    ):
        yield [Entry(*_id(each[0]), dict(each[1])) for each in found]
        start = f"({found[-1][0].decode()}"


async def newest(server: JournalServer, most: int) -> list[Entry]:
    """The last ``most`` entries, oldest first."""
    found = cast("list[Any]", await server.valkey.xrevrange(server.keys.stream, count=most))
    return [Entry(*_id(each[0]), dict(each[1])) for each in reversed(found)]


async def load(server: JournalServer, position: Position) -> State:
    """The snapshot of ``position``. Raises BrokenSnapshot, or Trimmed when it is gone."""
    state = await load_state(server.journal().load_snapshot(position))
    if state.position != position:
        raise BrokenSnapshot(f"it says that it is of {state.position}")
    return state


def advance(state: State, record: bytes | None) -> None:
    """Applies the next record.

    Raises:
        BrokenRecord: it is not the next one, or damaged; ``state`` is as before, unless the record was undamaged but
            cannot be applied.
    """
    if record is None:
        raise BrokenRecord("an entry that is no record")
    commit, digest = unseal(record, state.hash)
    try:
        apply(state, commit, digest)
    except (ValueError, KeyError) as error:
        raise BrokenRecord(f"a record that does not fit the state before it: {error!r}") from error


def _id(name: bytes) -> tuple[int, int]:
    seq, _, part = name.partition(b"-")
    return int(seq), int(part)
