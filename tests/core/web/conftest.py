"""A server of a small app."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from served_app import App, Serve, Served
from waiting import until

from turnout_core.web.http_limits import HttpLimits
from turnout_core.web.server import Server, ServerConfig, bound_socket


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    stack: list[tuple[Served, asyncio.Task[None], Any]] = []

    async def make(**limits: Any) -> Served:
        @asynccontextmanager
        async def service() -> AsyncIterator[None]:
            yield

        app = App()
        server = Server(ServerConfig(app, HttpLimits(**limits), 1))
        listener = bound_socket("127.0.0.1", 0)
        bound = listener.__enter__()
        task = asyncio.create_task(server.serve_within(service(), bound))
        served = Served(app, server, bound.getsockname()[1])
        stack.append((served, task, listener))
        await until(lambda: server.started)
        return served

    yield make
    for served, task, listener in stack:
        await served.close()
        served.server.stop()
        await task
        listener.__exit__(None, None, None)
