"""Rebuilds the state at an earlier position from the snapshots and records that the journal still has."""

import asyncio
from collections.abc import Iterator

from turnout.operations.errors import DataDamaged, OperationRefused
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import JournalOutline, apply_record, load_snapshot, read_entries
from turnout.progress import show_progress
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import RecordsTrimmed
from turnout_core.journal.record import GENESIS, BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot


def check_reachable(outline: JournalOutline, to: Position) -> None:
    """Raises OperationRefused if the journal cannot lead to ``to``. The message names the reachable range."""
    head = outline.head.position
    bases = [base.seq for base in _replay_bases(outline)]
    oldest = Position(head.epoch, min(bases, default=head.seq))
    if to.epoch != head.epoch:
        raise OperationRefused(f"{to} is of another history: this one reaches from {oldest} to {head}")
    if not any(base <= to.seq <= head.seq for base in bases):
        raise OperationRefused(f"{to} cannot be reached: this journal reaches from {oldest} to {head}")


def _replay_bases(outline: JournalOutline) -> Iterator[Position]:
    """Yields the positions at which a replay can start, oldest first."""
    if outline.first == 1 or outline.head.position.seq == 0:
        yield Position(outline.head.position.epoch, 0)
    yield from outline.snapshots


async def replay_to(server: JournalServer, outline: JournalOutline, to: Position) -> State:
    """Replays from the oldest base, as ``verify`` does. A later base is used only if that fails. Raises DataDamaged."""
    failure = ""
    for base in _replay_bases(outline):
        if base.seq <= to.seq:
            try:
                return await _replay_from(server, base, to)
            except (BrokenSnapshot, BrokenRecord, RecordsTrimmed) as error:
                failure = str(error)
    raise DataDamaged(
        f"the records that lead to {to} are damaged: {failure}; run `turnout journal verify` to see what to do"
    )


async def _replay_from(server: JournalServer, base: Position, to: Position) -> State:
    state = await load_snapshot(server, base) if base.seq else State(base, GENESIS)
    with show_progress("Replaying", total=to.seq - base.seq) as advance:
        async for batch in read_entries(server, base.seq + 1, to.seq):
            for entry in batch:
                if entry.part == 0:
                    apply_record(state, entry.record)
            advance(len(batch))
            await asyncio.sleep(0)
    if state.position != to:
        raise BrokenRecord(f"the stream lacks the record {state.position.seq + 1}")
    return state
