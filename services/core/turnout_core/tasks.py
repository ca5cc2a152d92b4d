"""Ending tasks for certain."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

_AGAIN_AFTER_S: Final = 0.5


async def end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancels tasks until they are done, whatever they end with.

    Once is not always enough: before Python 3.12 ``asyncio.wait_for`` swallows a cancellation that comes in the moment
    in which what it waits for is done (CPython issue 81839), and redis-py sends every command through it.

    Whoever is cancelled meanwhile stays until they are done, and is cancelled then: nobody else would end them.
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
            task.exception()  # seen: a task that fails while it is ended has nobody left to tell
    if cancelled is not None:
        raise cancelled


async def together(*parts: Coroutine[Any, Any, None]) -> None:
    """Runs ``parts`` until the first one ends, and ends the others. Raises what that one raised."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task in done:
                task.result()
    finally:
        await end(*tasks)
