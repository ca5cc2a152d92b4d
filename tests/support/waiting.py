"""Waits for conditions; tests never wait for time."""

import asyncio
import time
from collections.abc import Callable


async def until(condition: Callable[[], bool], timeout_s: float = 10) -> None:
    """Returns once ``condition`` holds. Raises TimeoutError after ``timeout_s`` seconds."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - any condition is allowed, so there is no event to wait for
            await asyncio.sleep(0.005)


def until_sync(condition: Callable[[], bool], timeout_s: float = 30) -> None:
    """``until`` for tests without an event loop."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)  # a short poll interval that does not load the machine
