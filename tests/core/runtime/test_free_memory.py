"""Free memory between blocks in use goes back to the operating system."""

import asyncio

import psutil
from waiting import until

from turnout_core.runtime.free_memory import return_free_memory
from turnout_core.runtime.tasks import cancel_and_wait

BLOCKS = 40_000
BLOCK_BYTES = 4_000  # more than pymalloc serves, less than glibc maps by itself


def resident_bytes() -> int:
    size: int = psutil.Process().memory_info().rss
    return size


async def test_free_memory_between_blocks_in_use_is_returned() -> None:
    blocks = [bytes([number % 256]) * BLOCK_BYTES for number in range(BLOCKS)]
    kept = blocks[::8]
    del blocks
    full = resident_bytes()
    task = asyncio.create_task(return_free_memory(0.01))
    try:
        await until(lambda: resident_bytes() < full - BLOCKS * BLOCK_BYTES // 3)
    finally:
        await cancel_and_wait(task)
    assert len(kept) == BLOCKS // 8
