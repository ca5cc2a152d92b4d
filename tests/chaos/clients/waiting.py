"""Waits for conditions on other processes, which offer no event to wait for."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

_POLL_INTERVAL_S: Final = 0.02


async def wait_until(condition: Callable[[], Awaitable[bool]], timeout_s: float) -> bool:
    """Waits until ``condition`` holds. Returns False if it does not within ``timeout_s``."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            while True:
                if await condition():
                    return True
                await asyncio.sleep(_POLL_INTERVAL_S)
    return False
