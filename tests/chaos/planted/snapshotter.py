"""Bugs of the snapshotter."""

from collections.abc import Iterable

from chaos.planted.replacement import Replacement
from turnout_command.snapshots import snapshotter
from turnout_core.domain.position import Position
from turnout_core.journal.port import Journal


def trim_before_snapshot() -> Iterable[Replacement]:
    """The stream is trimmed up to its head, although the listed snapshots are older."""

    async def trim_everything(journal: Journal, newest: Position) -> None:
        await journal.drop_snapshot(newest, epoch=newest.epoch)
        await journal.trim(newest)

    yield snapshotter, "_delete_older", trim_everything
