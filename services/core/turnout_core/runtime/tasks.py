"""Runs tasks together, cancels them reliably, and reports tasks that end too early."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

log = logging.getLogger("turnout.tasks")

_AGAIN_AFTER_S: Final = 0.5


async def cancel_and_wait(*tasks: "asyncio.Task[Any]") -> None:
    """Cancels tasks until they are done, and ignores their results.

    One cancellation is not always enough: before Python 3.12 ``asyncio.wait_for`` swallows it if its awaitable is done
    at the same moment (CPython issue 81839), and redis-py sends every command through it.

    If the caller is cancelled meanwhile, it still waits for the tasks, then raises CancelledError.
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
    """Runs ``parts`` until the first one ends, then cancels the others. Raises the exception of the first one."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task in done:
                task.result()
    finally:
        await cancel_and_wait(*tasks)


def _request_stop() -> None:
    signal.raise_signal(signal.SIGTERM)


@asynccontextmanager
async def supervised(
    part: Coroutine[Any, Any, None], name: str, stop: Callable[[], None] = _request_stop
) -> AsyncIterator[None]:
    """Runs ``part`` during the block, and cancels it afterwards. ``part`` must not end by itself.

    If the task ends early, logs it as critical and calls ``stop``, so that the process does not go on without it. Its
    exception is raised on exit.
    """
    task = asyncio.create_task(part, name=name)

    def on_done(_: "asyncio.Task[None]") -> None:
        if not is_over:
            error = None if task.cancelled() else task.exception()
            log.critical("%s ended because of a bug in this program; the process stops", name, exc_info=error)
            stop()

    is_over = False
    task.add_done_callback(on_done)
    try:
        yield
    finally:
        is_over = True
        failed = task.done() and not task.cancelled()
        await cancel_and_wait(task)
    if failed:
        task.result()
