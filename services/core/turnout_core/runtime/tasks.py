"""Cancels tasks reliably, and reports tasks that end when they should not."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

log = logging.getLogger("turnout.tasks")

_AGAIN_AFTER_S: Final = 0.5


async def cancel_and_wait(*tasks: "asyncio.Task[Any]") -> None:
    """Cancels tasks until they are done, whatever their result.

    One cancellation is not always enough: before Python 3.12 ``asyncio.wait_for`` swallows it if its awaitable is done
    at the same moment (CPython issue 81839), and redis-py sends every command through it.

    If the caller is cancelled meanwhile, it still waits for the tasks, and raises CancelledError afterwards.
    """
    cancelled: asyncio.CancelledError | None = None
    while pending := {task for task in tasks if not task.done()}:
        for task in pending:
            task.cancel()
        try:
            await asyncio.wait(pending, timeout=_AGAIN_AFTER_S)
        except asyncio.CancelledError as error:
            cancelled = error
    for task in tasks:
        if not task.cancelled():
            task.exception()  # marks the error as retrieved: no caller is left to raise it to
    if cancelled is not None:
        raise cancelled


async def run_all(*parts: Coroutine[Any, Any, None]) -> None:
    """Runs ``parts`` until the first one ends, and ends the others. Raises what that one raised."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task in done:
                task.result()
    finally:
        await cancel_and_wait(*tasks)


def _ask_to_stop() -> None:
    signal.raise_signal(signal.SIGTERM)


@asynccontextmanager
async def supervised(
    part: Coroutine[Any, Any, None], name: str, stop: Callable[[], None] = _ask_to_stop
) -> AsyncIterator[None]:
    """Runs ``part``, which should not end by itself, beside the block, and cancels it after the block.

    If the task ends early, logs it as critical and calls ``stop``, so that the process does not go on without it. Its
    exception is raised on exit.
    """
    task = asyncio.create_task(part, name=name)

    def ended(_: "asyncio.Task[None]") -> None:
        if not over:
            error = None if task.cancelled() else task.exception()
            log.critical("%s ended by a mistake in this program; the process stops", name, exc_info=error)
            stop()

    over = False
    task.add_done_callback(ended)
    try:
        yield
    finally:
        over = True
        failed = task.done() and not task.cancelled()
        await cancel_and_wait(task)
    if failed:
        task.result()
