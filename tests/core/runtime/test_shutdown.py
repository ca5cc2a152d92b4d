"""A process stops on the first signal; it exits on the second one, or at the deadline."""

import asyncio
import os
import signal
import sys
from subprocess import run

import pytest

from turnout_core.runtime.shutdown import StopTimedOut, run_until_stopped


def _send_signal(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


async def test_the_first_signal_requests_a_stop() -> None:
    stop_requested = asyncio.Event()

    async def work() -> None:
        _send_signal(signal.SIGINT)
        await stop_requested.wait()

    await run_until_stopped(work(), stop_requested.set)
    assert stop_requested.is_set()


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_the_second_signal_exits_at_once(second: int) -> None:
    async def work() -> None:
        _send_signal()
        await asyncio.Event().wait()

    with pytest.raises(StopTimedOut, match="second signal"):
        await run_until_stopped(work(), lambda: _send_signal(second))


async def test_work_that_does_not_stop_in_time_is_abandoned() -> None:
    async def work() -> None:
        _send_signal()
        await asyncio.Event().wait()

    with pytest.raises(StopTimedOut, match="did not stop within 0 s"):
        await run_until_stopped(work(), lambda: None, within_s=0.01)


async def test_an_exception_of_the_work_is_raised() -> None:
    async def work() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await run_until_stopped(work(), lambda: None)


async def test_a_system_exit_of_the_work_is_raised() -> None:
    async def work() -> None:
        sys.exit(3)

    with pytest.raises(SystemExit, match="3"):
        await run_until_stopped(work(), lambda: None)


def test_exit_now_does_not_wait_for_tasks() -> None:
    program = """
import asyncio
from turnout_core.runtime.shutdown import exit_now

async def ignores_cancellation():
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass

async def main():
    task = asyncio.create_task(ignores_cancellation())
    await asyncio.sleep(0)
    exit_now("gone")

asyncio.run(main())
"""
    done = run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (1, "gone\n")
