"""Returns memory that is free to the operating system.

After many connections at once, most of what they needed lies free between blocks in use, and glibc returns only the end
of its heap by itself (malloc_trim(3)). A call visits all free blocks, and no other thread gets memory meanwhile. So a
call that takes long is followed by a long pause.
"""

import asyncio
import ctypes
import time
from collections.abc import Callable
from typing import Final

INTERVAL_S: Final = 5.0
_PAUSES_PER_CALL: Final = 2_000  # so calls take at most 0.05 % of the time


def trim_function() -> Callable[[int], int] | None:
    """``malloc_trim``; None where the C library has none, such as musl."""
    function: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return function


async def return_free_memory(interval_s: float = INTERVAL_S) -> None:
    """Returns free memory every ``interval_s`` seconds or less often; where that is impossible, it only waits."""
    trim, took_s = trim_function(), 0.0
    while True:
        await asyncio.sleep(max(interval_s, took_s * _PAUSES_PER_CALL))
        if trim is not None:
            took_s = await asyncio.to_thread(_timed, trim)


def _timed(trim: Callable[[int], int]) -> float:
    began_s = time.perf_counter()
    trim(0)
    return time.perf_counter() - began_s
