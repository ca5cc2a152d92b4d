"""A process stops on the first signal, and abandons its work on the second or after the deadline."""

import asyncio
import os
import signal
import sys
from subprocess import run

import pytest

from turnout_core.runtime.shutdown import StopTimedOut, run_until_stopped


def _tell(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


async def test_the_first_signal_asks() -> None:
    asked = asyncio.Event()

    async def work() -> None:
        _tell(signal.SIGINT)
        await asked.wait()

    await run_until_stopped(work(), asked.set)
    assert asked.is_set()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_the_second_signal_leaves_at_once(second: int) -> None:
    async def work() -> None:
        _tell()
        await asyncio.Event().wait()

    with pytest.raises(StopTimedOut, match="second signal"):
        await run_until_stopped(work(), lambda: _tell(second))


async def test_work_that_does_not_stop_in_time_is_abandoned() -> None:
    async def work() -> None:
        _tell()
        await asyncio.Event().wait()

    with pytest.raises(StopTimedOut, match="did not stop within 0 s"):
        await run_until_stopped(work(), lambda: None, within_s=0.01)


async def test_a_failure_is_the_callers() -> None:
    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await run_until_stopped(work(), lambda: None)


async def test_an_exit_is_the_callers() -> None:
    async def work() -> None:
        sys.exit(3)

    with pytest.raises(SystemExit, match="3"):
        await run_until_stopped(work(), lambda: None)


def test_leaving_waits_for_no_task() -> None:
    program = """
import asyncio
from turnout_core.runtime.shutdown import exit_now

async def deaf():
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass

async def main():
    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    exit_now("gone")

asyncio.run(main())
"""
    done = run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (1, "gone\n")
