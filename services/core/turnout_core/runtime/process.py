"""Runs a service as a process: limits, log, event loop, and errors as one line with an exit status."""

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

import uvloop
from pydantic import ValidationError

from turnout_core.runtime.free_memory import return_free_memory
from turnout_core.runtime.log_lines import LimitedHandler
from turnout_core.runtime.open_files import raise_open_files_limit
from turnout_core.runtime.shutdown import StopTimedOut, exit_now
from turnout_core.runtime.startup import CannotStart, settings_error
from turnout_core.runtime.tasks import supervised

_FAILED: Final = 1
_INTERRUPTED: Final = 130  # 128 + SIGINT, as shells report it
_LIBRARIES: Final = ("uvicorn", "websockets", "httpx2")  # they log each connection or request, at the level info


def run_service(
    name: str, main: Callable[[], Coroutine[Any, Any, None]], expected: tuple[type[Exception], ...] = ()
) -> int:
    """Runs ``main()`` to its end. Returns the exit status of the process.

    A ``ValidationError`` of settings, ``CannotStart`` and the ``expected`` errors are printed as one line, ``name``
    first. Any other error is a bug and is raised. Does not return after ``StopTimedOut``.
    """
    one_line: tuple[type[Exception], ...] = (CannotStart, *expected)
    try:
        raise_open_files_limit()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run_or_exit(name, main))
    except ValidationError as error:
        return _report_failure(name, settings_error(error))
    except one_line as error:
        return _report_failure(name, str(error))
    except KeyboardInterrupt:
        return _INTERRUPTED
    return 0


def set_up_logging(level: str, *filters: logging.Filter) -> None:
    """Logs to standard error, in the format of all services, with bounds on what clients can cause.

    Args:
        level: the lowest that is logged, such as ``info``.
        filters: applied to all lines.
    """
    handler = LimitedHandler()
    for each in filters:
        handler.addFilter(each)
    logging.basicConfig(level=level.upper(), handlers=[handler])
    if logging.getLogger().level > logging.DEBUG:
        for library in _LIBRARIES:
            logging.getLogger(library).setLevel(logging.WARNING)


async def _run_or_exit(name: str, main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        async with supervised(return_free_memory(), "return of free memory"):
            await main()
    except StopTimedOut as error:
        exit_now(f"{name}: {error}")


def _report_failure(name: str, message: str) -> int:
    sys.stderr.write(f"{name}: {message}\n")
    return _FAILED
