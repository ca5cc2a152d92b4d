"""Between an operation and the command line: how it ends, where it asks, what it reads."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, NoReturn

import typer
from redis.exceptions import RedisError

from turnout.operations.errors import OperationError, Refused
from turnout.valkey.embedded import EmbeddedError
from turnout_core.journal.port import JournalError

_INTERRUPTED: Final = 130  # what a shell reports after Ctrl-C


def run(operation: Coroutine[Any, Any, None]) -> None:
    """Runs it to its end; what goes wrong becomes one line on stderr and an exit code."""
    try:
        asyncio.run(operation)
    except OperationError as error:
        _fail(str(error), error.exit_status)
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (EmbeddedError, JournalError, RedisError, OSError) as error:
        _fail(str(error), OperationError.exit_status)
    except KeyboardInterrupt:
        raise typer.Exit(_INTERRUPTED) from None


def _fail(message: str, status: int) -> NoReturn:
    typer.echo(" ".join(message.split()), err=True)
    raise typer.Exit(status)


def ask(question: str, *, stdin_is_taken: bool) -> None:
    """Raises Refused unless somebody says yes."""
    if stdin_is_taken or not sys.stdin.isatty():
        raise Refused("there is nobody to ask: say --yes")
    if not typer.confirm(question, err=True):
        raise Refused("nothing was replaced")


def is_stream(file: Path) -> bool:
    """``-``: the standard input or output."""
    return str(file) == "-"


@contextmanager
def backup_file(file: Path) -> Iterator[IO[bytes]]:
    """Raises Refused."""
    if is_stream(file):
        yield sys.stdin.buffer
        return
    with contextlib.ExitStack() as stack:
        try:
            opened = stack.enter_context(file.open("rb"))
        except OSError as error:
            raise Refused(f"{file} can not be read: {error.strerror}") from error
        yield opened
