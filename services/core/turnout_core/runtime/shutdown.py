"""How a process stops: told once, in its own time but not for ever; told twice, at once."""

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
    """What was told to stop still runs, and may do so for ever. ``str`` says why that is not waited for."""


async def run_until_stopped(
    work: Coroutine[Any, Any, None], stop: Callable[[], None], within_s: float = STOP_TIMEOUT_S
) -> None:
    """Runs ``work`` to its end, which the first SIGINT or SIGTERM asks for by ``stop``.

    Raises:
        StopTimedOut: on a second signal, or ``within_s`` seconds after the first. Clean up, then call ``exit_now``.
    """
    loop = asyncio.get_running_loop()
    stuck: asyncio.Future[str] = loop.create_future()

    def give_up(why: str) -> None:
        if not stuck.done():
            stuck.set_result(why)

    def told() -> None:
        for each in _SIGNALS:
            loop.add_signal_handler(each, give_up, "told twice to stop, and did not wait for the rest")
        deadlines.append(loop.call_later(within_s, give_up, f"did not stop within {within_s:.0f} s, and was given up"))
        stop()

    deadlines: list[asyncio.TimerHandle] = []
    for each in _SIGNALS:
        loop.add_signal_handler(each, told)
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
    """By ``sys.exit`` uvicorn leaves where it can not listen: from a task, that would tear the loop down first."""
    try:
        await work
    except SystemExit as exiting:
        return exiting
    return None


def exit_now(message: str) -> NoReturn:
    """Ends the process, whatever still runs in it: a loop that is closed would wait for its tasks."""
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
    logging.shutdown()
    os._exit(1)
