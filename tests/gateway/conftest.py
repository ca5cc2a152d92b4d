"""Fixtures of the gateway's tests."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import uvloop
from history import EPOCH
from index_page import IndexServer, index_server
from running_gateway import RunningGateway

from fakes.memory_journal import MemoryJournal
from turnout_gateway.settings import Settings


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], uvloop.Loop]]:
    """The loop of production: the tests need the behaviour of uvloop's transports."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def index() -> Iterator[IndexServer]:
    """The ``index.html`` of an edge, for gateways that serve pages."""
    with index_server() as server:
        yield server


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[RunningGateway]]]:
    """Starts gateways, and stops them after the test."""
    async with AsyncExitStack() as stack:

        async def make(*, ready: bool = True, **settings: Any) -> RunningGateway:
            """Starts one gateway; with ``ready`` false its journal is unreachable."""
            journal = MemoryJournal()
            await journal.create(EPOCH)
            journal.is_unreachable = not ready
            return await stack.enter_async_context(RunningGateway.running(Settings(**settings), journal))

        yield make
