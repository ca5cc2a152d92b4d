"""The state as of an earlier position, out of what the journal still has."""

import asyncio
from collections.abc import Iterator

from turnout.operations.errors import Damaged, Refused
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import Survey, advance, entries, load
from turnout.progress import stage
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import Trimmed
from turnout_core.journal.record import GENESIS, BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot


def check_reachable(outline: Survey, to: Position) -> None:
    """Raises Refused, naming what can be reached."""
    head = outline.head.position
    bases = [base.seq for base in _bases(outline)]
    oldest = Position(head.epoch, min(bases, default=head.seq))
    if to.epoch != head.epoch:
        raise Refused(f"{to} is of another history: this one reaches from {oldest} to {head}")
    if not any(base <= to.seq <= head.seq for base in bases):
        raise Refused(f"{to} can not be reached: this journal reaches from {oldest} to {head}")


def _bases(outline: Survey) -> Iterator[Position]:
    """Where a replay can start, oldest first."""
    if outline.first == 1 or outline.head.position.seq == 0:
        yield Position(outline.head.position.epoch, 0)
    yield from outline.snapshots


async def as_of(server: JournalServer, outline: Survey, to: Position) -> State:
    """From the oldest base, as ``verify`` does, and from a later one only where that fails. Raises Damaged."""
    failure = ""
    for base in _bases(outline):
        if base.seq <= to.seq:
            try:
                return await _replayed(server, base, to)
            except (BrokenSnapshot, BrokenRecord, Trimmed) as error:
                failure = str(error)
    raise Damaged(f"what leads to {to} is damaged: {failure}; `turnout journal verify` tells the way out")


async def _replayed(server: JournalServer, base: Position, to: Position) -> State:
    state = await load(server, base) if base.seq else State(base, GENESIS)
    with stage("Replaying", total=to.seq - base.seq) as told:
        async for batch in entries(server, base.seq + 1, to.seq):
            for entry in batch:
                if entry.part == 0:
                    advance(state, entry.record)
            told(len(batch))
            await asyncio.sleep(0)
    if state.position != to:
        raise BrokenRecord(f"the stream lacks the record {state.position.seq + 1}")
    return state
