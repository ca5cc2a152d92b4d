"""Returns memory that is free to the operating system.

After many connections at once, most of what they needed lies free between blocks in use, and glibc returns only the end
of its heap by itself (malloc_trim(3)). A call takes about a millisecond, in a thread of its own.
"""

import asyncio
import ctypes
from collections.abc import Callable
from typing import Final

INTERVAL_S: Final = 5.0


def trim_function() -> Callable[[int], int] | None:
    """``malloc_trim``; None where the C library has none, such as musl."""
    function: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return function


async def return_free_memory(interval_s: float = INTERVAL_S) -> None:
    """Returns free memory every ``interval_s`` seconds until cancelled; where that is impossible, it waits."""
    trim = trim_function()
    while True:
        await asyncio.sleep(interval_s)
        if trim is not None:
            await asyncio.to_thread(trim, 0)
