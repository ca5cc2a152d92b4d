"""Shows readers what is durable on replicas, while further appends are under way."""

import asyncio
import logging
from typing import Final

from turnout_command.write.committer import Committer
from turnout_core.journal.port import Journal, Unreachable
from turnout_core.runtime.backoff import Backoff

_RETRY_FIRST_S: Final = 0.02
_RETRY_MAX_S: Final = 0.5

log = logging.getLogger("turnout.committer")


async def show_appends(journal: Journal, fence: int, committer: Committer) -> None:
    """Shows each append once it is durable, several at once if they are faster, until it is cancelled.

    Raises WriterFenced. A server that does not answer is asked again.
    """
    backoff = Backoff(_RETRY_FIRST_S, _RETRY_MAX_S)
    moved = committer.durable_head_has_moved
    while True:
        await moved.wait()
        moved.clear()
        try:
            await journal.show(fence, committer.durable_head)
        except Unreachable as error:
            log.warning("readers do not see the newest commits yet, retrying: %s", error)
            moved.set()
            await asyncio.sleep(backoff.next_s())
        else:
            backoff.reset()
