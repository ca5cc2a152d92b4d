"""A gateway stops in time."""

import asyncio
from contextlib import suppress

from fake_writer import FakeWriter
from running_gateway import RunningGateway
from waiting import until

from fakes.memory_bus import MemoryBus
from fakes.memory_journal import MemoryJournal
from turnout_gateway.app import running
from turnout_gateway.settings import Settings


class HeldUpBus(MemoryBus):
    """No message ever leaves, as on a network that loses every packet."""

    async def publish(self, message: bytes) -> None:  # noqa: ARG002 - what the port says
        await asyncio.Event().wait()


async def test_a_stop_does_not_wait_for_an_unresponsive_presence_bus() -> None:
    instance = RunningGateway(Settings(), MemoryJournal(), HeldUpBus(), FakeWriter())
    async with asyncio.timeout(2):
        await instance.gateway.drain()


class SwallowingBus(MemoryBus):
    """Loses the first cancellation of each task that tells something, as redis-py does on Python 3.11."""

    def __init__(self) -> None:
        super().__init__()
        self.released = asyncio.Event()
        self.swallowed: set[asyncio.Task[None] | None] = set()
        self.publishing = 0

    async def publish(self, message: bytes) -> None:  # noqa: ARG002 - what the port says
        self.publishing += 1
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            if asyncio.current_task() in self.swallowed:
                raise
            self.swallowed.add(asyncio.current_task())
            return
        raise RuntimeError("released, so that a test that fails comes to an end")


async def test_a_swallowed_cancellation_does_not_delay_a_stop() -> None:
    bus = SwallowingBus()
    instance = RunningGateway(Settings(), MemoryJournal(), bus, FakeWriter())

    async def live() -> None:
        async with running(instance.gateway):
            await until(lambda: bus.publishing > 0)

    living = asyncio.create_task(live())
    try:
        done, _ = await asyncio.wait({living}, timeout=10)
        assert done == {living}
        assert bus.swallowed
    finally:
        bus.released.set()
        with suppress(ExceptionGroup):
            await living
