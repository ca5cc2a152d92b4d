"""The first SIGINT or SIGTERM starts a graceful stop with a deadline; the second exits at once."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn

STOP_TIMEOUT_S: Final = 20.0  # enough for responses in flight and a last, slow append
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class StopTimedOut(Exception):
    """A stop was requested, but work still runs. ``str`` says why it is no longer waited for."""


async def run_until_stopped(
    work: Coroutine[Any, Any, None], stop: Callable[[], None], within_s: float = STOP_TIMEOUT_S
) -> None:
    """Runs ``work`` to its end. The first SIGINT or SIGTERM calls ``stop``, which has to bring that about.

    Raises:
        StopTimedOut: on a second signal, or ``within_s`` seconds after the first. Clean up, then call ``exit_now``.
    """
    loop = asyncio.get_running_loop()
    stuck: asyncio.Future[str] = loop.create_future()

    def give_up(why: str) -> None:
        if not stuck.done():
            stuck.set_result(why)

    def stop_requested() -> None:
        for each in _SIGNALS:
            loop.add_signal_handler(each, give_up, "stopped at once on a second signal")
        deadlines.append(loop.call_later(within_s, give_up, f"did not stop within {within_s:.0f} s, so it was ended"))
        stop()

    deadlines: list[asyncio.TimerHandle] = []
    for each in _SIGNALS:
        loop.add_signal_handler(each, stop_requested)
    working = asyncio.create_task(_contained(work))
    try:
        await asyncio.wait((working, stuck), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise StopTimedOut(stuck.result())
        if (exiting := working.result()) is not None:
            raise exiting
    finally:
        for deadline in deadlines:
            deadline.cancel()
        for each in _SIGNALS:
            loop.remove_signal_handler(each)


async def _contained(work: Coroutine[Any, Any, None]) -> SystemExit | None:
    """Returns a SystemExit of ``work``: raised from a task it would end the loop before anything is cleaned up."""
    try:
        await work
    except SystemExit as exiting:
        return exiting
    return None


def exit_now(message: str) -> NoReturn:
    """Ends the process with tasks still running: closing the loop would wait for them."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
    logging.shutdown()
    os._exit(1)
