"""Keeps presence going: tells the others, hears them, and shows what has changed.

Loses nothing that matters: a number that was missed is told again within a period.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from turnout_core.journal.port import JournalError
from turnout_core.runtime.tasks import run_all
from turnout_gateway.live.presence import PERIOD_S, Presence
from turnout_gateway.runtime.presence_bus import Bus

# A crowd that comes or goes changes the number with every client; people need it less often.
NEWS_EVERY_S: Final = 0.5
_RETRY_S: Final = 1.0

log = logging.getLogger("turnout.presence")


async def talk(presence: Presence, bus: Bus, show: Callable[[Mapping[str, int]], None]) -> None:
    """Runs until it is cancelled. Without the bus, what our own clients look at is still shown."""
    await run_all(_tell(presence, bus, show), _listen(presence, bus))


async def _tell(presence: Presence, bus: Bus, show: Callable[[Mapping[str, int]], None]) -> None:
    whole_at_s = 0.0
    while True:
        now_s = time.monotonic()
        presence.bury(now_s)
        whole = now_s >= whole_at_s
        message = presence.whole() if whole else presence.news()
        if message is not None:
            try:
                await bus.tell(message)
            except JournalError as error:
                log.debug("nobody hears how many look: %s", error)
        if whole:
            whole_at_s = now_s + PERIOD_S
        show(presence.changed())
        await asyncio.sleep(NEWS_EVERY_S)


async def _listen(presence: Presence, bus: Bus) -> None:
    while True:
        try:
            async with bus.listen() as ear:
                while True:
                    message = await ear.next(PERIOD_S)
                    if message is not None and presence.hear(message, time.monotonic()):
                        await bus.tell(presence.whole())
        except JournalError as error:
            log.debug("not hearing how many look elsewhere: %s", error)
        await asyncio.sleep(_RETRY_S)
