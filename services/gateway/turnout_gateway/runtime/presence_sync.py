"""Publishes our viewers, receives those of other gateways, and shows the totals.

A lost message is corrected within ``PERIOD_S``, by the next complete message.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from typing import Final

from turnout_core.journal.port import JournalError
from turnout_core.runtime.tasks import run_all
from turnout_gateway.live.presence import PERIOD_S, Presence
from turnout_gateway.runtime.presence_bus import PresenceBus

# Limits the messages while many clients come and go: each of them changes a number.
PUBLISH_EVERY_S: Final = 0.5
_RETRY_S: Final = 1.0

log = logging.getLogger("turnout.presence")

ShowTotals = Callable[[Mapping[str, int]], None]


async def sync(presence: Presence, bus: PresenceBus, show: ShowTotals) -> None:
    """Runs until it is cancelled. Without the bus, the totals contain only our own viewers."""
    await run_all(_publish(presence, bus, show), _receive(presence, bus))


async def _publish(presence: Presence, bus: PresenceBus, show: ShowTotals) -> None:
    next_complete_at_s = 0.0
    while True:
        now_s = time.monotonic()
        presence.remove_dead(now_s)
        is_complete = now_s >= next_complete_at_s
        message = presence.encode_all() if is_complete else presence.encode_changes()
        if message is not None:
            try:
                await bus.publish(message)
            except JournalError as error:
                log.debug("viewers not published, sending all within %.0f s: %s", PERIOD_S, error)
        if is_complete:
            next_complete_at_s = now_s + PERIOD_S
        show(presence.pop_changed_totals())
        await asyncio.sleep(PUBLISH_EVERY_S)


async def _receive(presence: Presence, bus: PresenceBus) -> None:
    while True:
        try:
            async with bus.subscribe() as subscription:
                while True:
                    message = await subscription.receive(PERIOD_S)
                    if message is not None and presence.receive(message, time.monotonic()):
                        await bus.publish(presence.encode_all())
        except JournalError as error:
            log.debug("viewers of other gateways not received, retrying in %.1f s: %s", _RETRY_S, error)
        await asyncio.sleep(_RETRY_S)
