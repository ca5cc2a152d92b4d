"""Makes the server's present content authoritative after a loss of data."""

from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import has_journal, read_outline
from turnout.operations.replay import replay_to
from turnout.operations.swap_journal import read_head_fields, swap_journal
from turnout.operations.writer_lock import writer_lock
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.record import GENESIS


async def accept_loss(server: JournalServer) -> Position:
    """Continues with the present content in a new epoch, even if services have seen later commits.

    An empty server becomes an empty journal. Returns the new position.

    Raises:
        OperationRefused: a command service runs.
        NewerFormat: a newer version has written the present content.
        DataDamaged: the present content is damaged.
        OperationInterrupted
    """
    async with writer_lock(server) as lock:
        old_head = await read_head_fields(server)
        if await has_journal(server):
            outline = await read_outline(server)
            state = await replay_to(server, outline, outline.head.position)
        else:
            state = State(Position("", 0), GENESIS)
        return await swap_journal(server, lock, old_head, state)
