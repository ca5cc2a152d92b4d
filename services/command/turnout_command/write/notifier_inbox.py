"""Commits what the notifier finds out, such as that a mail address does not exist, while the service leads."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from redis.asyncio import Redis

from turnout_command.write.committer import Committer
from turnout_core.domain.rejections import Unavailable
from turnout_core.journal.keys import Keys
from turnout_core.journal.notifier_requests import NotifierRequests, parse_request
from turnout_core.journal.port import JournalError

_POLL_INTERVAL_S: Final = 1.0

log = logging.getLogger("turnout.notices")


class NotifierInbox:
    """Takes one request at a time, and removes it when its outcome is durable."""

    def __init__(self, valkey: Redis, keys: Keys) -> None:
        self._requests = NotifierRequests(valkey, keys.notifier)

    async def run(self, committer: Committer) -> None:
        """Runs until it is cancelled. The renewal of the lease reports a server that does not answer."""
        while True:
            with suppress(JournalError, Unavailable):
                while (request := await self._requests.first()) is not None:
                    await _carry_out(committer, request)
                    await self._requests.remove(request)
            await asyncio.sleep(_POLL_INTERVAL_S)


async def _carry_out(committer: Committer, request: bytes) -> None:
    """Raises Unavailable if the outcome is unknown."""
    try:
        command = parse_request(request)
    except ValueError:
        log.warning("a request of the notifier is dropped: its version is another one than that of this service")
        return
    await committer.submit(command, None)
    log.info("the notifier has reported %s", command.type)
