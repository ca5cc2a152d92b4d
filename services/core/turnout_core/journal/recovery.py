"""Start of a follower: the newest sound snapshot, after a check that the journal holds all acknowledged commits."""

import logging
from typing import Final

from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.port import Head, HistoryCut, HistoryRewritten, Journal, Unreachable
from turnout_core.journal.record import GENESIS, BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot, load_state

_REMEDY: Final = (
    "the server was rolled back or replaced. Restore its data or import a backup; or accept the loss, for everyone, "
    "with: turnout journal accept"
)

log = logging.getLogger("turnout.follower")


async def initial_state(journal: Journal, acknowledged: Position | None) -> State:
    """The State of the newest sound snapshot of ``journal``, or of its beginning.

    ``acknowledged`` is the furthest position that is known to be acknowledged.

    Raises:
        HistoryRewritten: the journal does not contain ``acknowledged``, and no operator has replaced it.
        HistoryCut: it ends before ``acknowledged``.
        NewerFormat: a newer version has written the journal. No older snapshot is tried.
        Unreachable: the journal does not exist or cannot be read.
    """
    head = await journal.head()
    if head is None and acknowledged is not None and acknowledged.seq > 0:
        raise HistoryRewritten(f"the server is empty, but {acknowledged} was followed: {_REMEDY}")
    if head is None:
        raise Unreachable("there is no journal yet: no command service has started on this server")
    await _check_history(journal, head, acknowledged)
    for position in await journal.snapshots():
        if position.epoch == head.position.epoch:
            try:
                return await load_state(journal.load_snapshot(position))
            except BrokenSnapshot as error:
                log.warning("snapshot %s is damaged, trying the one before: %s", position, error)
    return State(Position(head.position.epoch, 0), GENESIS)


async def is_at_end(journal: Journal, state: State) -> bool:
    """True if readers see no record after ``state``; otherwise there are more, or another epoch.

    After a failover they may see less than before, until the writer goes on: the confirmation of what they had seen may
    be lost, but not the records. Raises BrokenRecord if the record at the position of ``state`` has another hash.
    """
    head = await journal.readable()
    if head is None or head.position.epoch != state.position.epoch or head.position.seq > state.position.seq:
        return False
    if head.position == state.position and head.hash != state.hash:
        raise BrokenRecord(f"the journal's head {head.position} is not the record that leads there")
    return True


def other_history_error(followed: Position | None) -> HistoryRewritten:
    """The error for a journal that is sound, but does not continue ``followed``."""
    return HistoryRewritten(f"the journal has another history than the one that was followed to {followed}: {_REMEDY}")


async def _check_history(journal: Journal, head: Head, acknowledged: Position | None) -> None:
    there = head.position
    if acknowledged is None or acknowledged.seq == 0:
        return
    if acknowledged.epoch == there.epoch and there.seq < acknowledged.seq:
        raise HistoryCut(f"the journal went back from {acknowledged} to {there}: {_REMEDY}")
    if acknowledged.epoch != there.epoch and not await journal.was_replaced_by_operator():
        raise HistoryRewritten(f"the journal was emptied and begun anew at {there}, after {acknowledged}: {_REMEDY}")
