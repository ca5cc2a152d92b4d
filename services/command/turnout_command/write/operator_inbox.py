"""Carries out the commands of the operator, such as ``turnout person block``, while the service leads."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from redis.asyncio import Redis

from turnout_command.write.batch import Refusal
from turnout_command.write.committer import Committer
from turnout_core.domain.rejections import Unavailable
from turnout_core.journal.keys import Keys
from turnout_core.journal.operator_requests import OperatorReply, OperatorRequest, OperatorRequests
from turnout_core.journal.port import JournalError

_POLL_INTERVAL_S: Final = 0.5

log = logging.getLogger("turnout.operator")


class OperatorInbox:
    """Takes one request at a time, and replies when its outcome is durable."""

    def __init__(self, valkey: Redis, keys: Keys) -> None:
        self._requests = OperatorRequests(valkey, keys)

    async def run(self, committer: Committer) -> None:
        """Runs until it is cancelled. The renewal of the lease reports a server that does not answer."""
        while True:
            with suppress(JournalError):
                while (request := await self._requests.take()) is not None:
                    await self._requests.reply(request, await _carry_out(committer, request))
            await asyncio.sleep(_POLL_INTERVAL_S)


async def _carry_out(committer: Committer, request: OperatorRequest) -> OperatorReply:
    try:
        command = request.parse()
    except ValueError:
        return OperatorReply("the service has another version and does not know this command: use its version")
    try:
        outcome = await committer.submit(command, None)
    except Unavailable as error:
        return OperatorReply(f"{error.detail} The outcome is unknown; look before you repeat the command.")
    if isinstance(outcome, Refusal):
        return OperatorReply(outcome.rejection.detail)
    log.info("the operator has run %s %s", command.type, command.action)
    return OperatorReply()
