"""Tasks end for certain, whoever swallows what."""

import asyncio

from turnout_core.tasks import end, together


async def _deaf(times: int, log: list[str]) -> None:
    """Swallows so many cancellations."""
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            if not times:
                log.append("ended")
                raise
            times -= 1


async def test_a_task_that_swallows_a_cancellation_is_ended() -> None:
    log: list[str] = []
    task = asyncio.create_task(_deaf(2, log))
    await asyncio.sleep(0)
    await end(task)
    assert (task.cancelled(), log) == (True, ["ended"])


async def test_whoever_ends_others_and_is_cancelled_again_ends_them_first() -> None:
    log: list[str] = []
    inner = asyncio.create_task(together(_deaf(2, log), _deaf(2, log)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await end(inner)
    assert (inner.cancelled(), log) == (True, ["ended", "ended"])
