"""A gateway stops in time, even if its presence bus does not answer."""

import asyncio
from contextlib import suppress

from fake_writer import FakeWriter
from running_gateway import RunningGateway
from waiting import until

from fakes.memory_bus import MemoryBus
from fakes.memory_journal import MemoryJournal
from turnout_gateway.app import running
from turnout_gateway.settings import Settings


class UnresponsiveBus(MemoryBus):
    """Never completes a publication, as on a network that loses every packet."""

    async def publish(self, message: bytes) -> None:  # noqa: ARG002 - the signature is the port's
        await asyncio.Event().wait()


async def test_a_stop_does_not_wait_for_an_unresponsive_presence_bus() -> None:
    instance = RunningGateway(Settings(), MemoryJournal(), UnresponsiveBus(), FakeWriter())
    async with asyncio.timeout(2):
        await instance.gateway.drain()


class CancellationSwallowingBus(MemoryBus):
    """Swallows the first cancellation of each task that publishes, as redis-py does on Python 3.11."""

    def __init__(self) -> None:
        super().__init__()
        self.release = asyncio.Event()
        self.cancelled_tasks: set[asyncio.Task[None] | None] = set()
        self.publishing = 0

    async def publish(self, message: bytes) -> None:  # noqa: ARG002 - the signature is the port's
        self.publishing += 1
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            if asyncio.current_task() in self.cancelled_tasks:
                raise
            self.cancelled_tasks.add(asyncio.current_task())
            return
        raise RuntimeError("released, so that a failed test ends")


async def test_a_swallowed_cancellation_does_not_delay_a_stop() -> None:
    bus = CancellationSwallowingBus()
    instance = RunningGateway(Settings(), MemoryJournal(), bus, FakeWriter())

    async def run() -> None:
        async with running(instance.gateway):
            await until(lambda: bus.publishing > 0)

    running_task = asyncio.create_task(run())
    try:
        done, _ = await asyncio.wait({running_task}, timeout=10)
        assert done == {running_task}
        assert bus.cancelled_tasks
    finally:
        bus.release.set()
        with suppress(ExceptionGroup):
            await running_task
