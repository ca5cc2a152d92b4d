"""Cancelled tasks end even if they swallow a cancellation."""

import asyncio

import pytest
from waiting import until

from turnout_core.runtime.tasks import cancel_and_wait, run_all, supervised


async def _swallow_cancellations(times: int, log: list[str]) -> None:
    """Swallows ``times`` cancellations."""
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
    task = asyncio.create_task(_swallow_cancellations(2, log))
    await asyncio.sleep(0)
    await cancel_and_wait(task)
    assert (task.cancelled(), log) == (True, ["ended"])


async def test_a_second_cancellation_waits_until_the_tasks_have_ended() -> None:
    log: list[str] = []
    inner = asyncio.create_task(run_all(_swallow_cancellations(2, log), _swallow_cancellations(2, log)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await cancel_and_wait(inner)
    assert (inner.cancelled(), log) == (True, ["ended", "ended"])


class PlantedError(Exception):
    pass


async def _fails() -> None:
    raise PlantedError("on purpose")


async def _ends() -> None: ...


async def _goes_on() -> None:
    await asyncio.Event().wait()


async def test_a_failed_part_is_logged_stops_the_process_and_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    stops: list[None] = []
    with pytest.raises(PlantedError):
        async with supervised(_fails(), "the part", lambda: stops.append(None)):
            await until(lambda: bool(stops))
    assert "the part ended because of a bug" in caplog.text
    assert "on purpose" in caplog.text


async def test_a_part_that_ends_early_stops_the_process() -> None:
    stops: list[None] = []
    async with supervised(_ends(), "the part", lambda: stops.append(None)):
        await until(lambda: bool(stops))


async def test_a_part_cancelled_at_the_end_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    stops: list[None] = []
    async with supervised(_goes_on(), "the part", lambda: stops.append(None)):
        await asyncio.sleep(0)
    assert (stops, caplog.text) == ([], "")
