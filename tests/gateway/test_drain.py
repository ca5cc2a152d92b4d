"""A gateway that is told to stop has stopped in time."""

import asyncio

from world import Scene, World

from turnout_core.journal_memory import MemoryJournal
from turnout_gateway.bus import MemoryBus
from turnout_gateway.settings import Settings


class HeldUpBus(MemoryBus):
    """Whatever is told never leaves, as on a network that loses every packet."""

    async def tell(self, message: bytes) -> None:  # noqa: ARG002 - what the port says
        await asyncio.Event().wait()


async def test_a_farewell_that_nobody_takes_does_not_hold_up_a_stop() -> None:
    scene = Scene(Settings(), MemoryJournal(), HeldUpBus(), World())
    async with asyncio.timeout(2):
        await scene.gateway.drain()
