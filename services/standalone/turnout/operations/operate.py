"""The operator's hand: commands that are committed to the journal, whether or not the services run."""

import asyncio
from typing import Final

from turnout.operations.errors import OperationError, OperationRefused, ServiceIsRunning
from turnout.operations.journal_server import JournalServer
from turnout.operations.raw_journal import has_journal
from turnout.operations.writer_lock import WriterLock, writer_lock
from turnout_command.metrics import Metrics
from turnout_command.write.batch import Refusal
from turnout_command.write.committer import Committer
from turnout_core.domain.moderation_commands import OperatorCommand
from turnout_core.domain.state import State
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.operator_requests import REQUEST_LIFETIME_S, OperatorRequest, OperatorRequests
from turnout_core.runtime.clock import wall_ms
from turnout_core.runtime.ids import new_id
from turnout_core.runtime.tasks import cancel_and_wait

_APPEND_TIMEOUT_S: Final = 10.0


async def operate(server: JournalServer, command: OperatorCommand) -> None:
    """Carries out ``command``, durably: the leading service does, or this process in its place if none has the lease.

    Raises:
        OperationRefused: there is no journal, or the command is refused.
        OperationError: no service answers in time.
    """
    if not await has_journal(server):
        raise OperationRefused("there is no journal yet, so there is nobody and nothing to change")
    try:
        async with writer_lock(server) as lock:
            refusal = await _commit(server, lock, command)
    except ServiceIsRunning:
        refusal = await _ask_service(server, command)
    if refusal:
        raise OperationRefused(refusal)


async def read_state(server: JournalServer) -> State:
    """The present state. Raises OperationRefused without a journal."""
    if not await has_journal(server):
        raise OperationRefused("there is no journal yet")
    return await Follower(server.journal(), NullListener()).catch_up()


async def _ask_service(server: JournalServer, command: OperatorCommand) -> str:
    """The refusal of the service; empty if there is none."""
    requests = OperatorRequests(server.valkey, server.keys)
    request = OperatorRequest.of(new_id(), command)
    await requests.put(request)
    reply = await requests.wait_for_reply(request, REQUEST_LIFETIME_S)
    if reply is not None:
        return reply.refusal
    if await requests.withdraw(request):
        raise OperationError("no command service took the command, so nothing was changed: see that one leads")
    raise OperationError("the command service did not answer in time: look whether the command took effect")


async def _commit(server: JournalServer, lock: WriterLock, command: OperatorCommand) -> str:
    """Commits as the writer does; the fence of the lock keeps all others from it."""
    state = await read_state(server)
    committer = Committer(
        server.journal(), lock.fence, state, Metrics(),
        is_lease_valid=lambda: True, now_ms=wall_ms, append_timeout_s=_APPEND_TIMEOUT_S,
    )  # fmt: skip
    running = asyncio.create_task(committer.run())
    try:
        outcome = await committer.submit(command, None)
    finally:
        await cancel_and_wait(running)
    return outcome.rejection.detail if isinstance(outcome, Refusal) else ""
