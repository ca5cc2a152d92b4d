"""The first SIGINT or SIGTERM starts a graceful stop with a deadline; the second exits at once."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn

STOP_TIMEOUT_S: Final = 20.0  # enough for responses in flight and a slow last append
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class StopTimedOut(Exception):
    """The work did not end after a stop was requested. The message gives the reason for giving up."""


async def run_until_stopped(
    work: Coroutine[Any, Any, None], stop: Callable[[], None], within_s: float = STOP_TIMEOUT_S
) -> None:
    """Runs ``work`` to its end. The first SIGINT or SIGTERM calls ``stop``, which must end it.

    Raises:
        StopTimedOut: on a second signal, or ``within_s`` seconds after the first. Clean up, then call ``exit_now``.
    """
    loop = asyncio.get_running_loop()
    timed_out: asyncio.Future[str] = loop.create_future()

    def give_up(reason: str) -> None:
        if not timed_out.done():
            timed_out.set_result(reason)

    def stop_requested() -> None:
        for each in _SIGNALS:
            loop.add_signal_handler(each, give_up, "stopped at once on a second signal")
        deadlines.append(loop.call_later(within_s, give_up, f"did not stop within {within_s:.0f} s, so it was ended"))
        stop()

    deadlines: list[asyncio.TimerHandle] = []
    for each in _SIGNALS:
        loop.add_signal_handler(each, stop_requested)
    working = asyncio.create_task(_run_to_exit(work))
    try:
        await asyncio.wait((working, timed_out), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise StopTimedOut(timed_out.result())
        if (exiting := working.result()) is not None:
            raise exiting
    finally:
        for deadline in deadlines:
            deadline.cancel()
        for each in _SIGNALS:
            loop.remove_signal_handler(each)


async def _run_to_exit(work: Coroutine[Any, Any, None]) -> SystemExit | None:
    """Returns a SystemExit of ``work``. Raised from a task, it would end the loop before any clean-up."""
    try:
        await work
    except SystemExit as exiting:
        return exiting
    return None


def exit_now(message: str) -> NoReturn:
    """Ends the process while tasks still run, because closing the loop would wait for them."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
    logging.shutdown()
    os._exit(1)
