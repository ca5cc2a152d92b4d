"""Fixtures of the gateway's tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
import uvloop
from world import Scene

from turnout_gateway.settings import Settings


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], uvloop.Loop]]:
    """The loop of production: what a transport promises is what uvloop's transports do."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def scenes() -> AsyncIterator[Callable[..., Awaitable[Scene]]]:
    """Makes scenes, and ends them after the test."""
    async with AsyncExitStack() as stack:

        async def make(**settings: Any) -> Scene:
            return await stack.enter_async_context(Scene.running(Settings(**settings)))

        yield make
