"""Connects an operation to the command line: exit codes, questions and input files."""

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

from turnout.operations.errors import OperationError, OperationRefused
from turnout.valkey.embedded import EmbeddedError
from turnout_core.journal.format import NewerFormat
from turnout_core.journal.port import JournalError

_INTERRUPTED: Final = 130  # what a shell reports after Ctrl-C


def run_operation(operation: Coroutine[Any, Any, None]) -> None:
    """Runs ``operation`` to its end. A failure becomes one line on stderr and an exit code."""
    try:
        asyncio.run(operation)
    except OperationError as error:
        _fail(str(error), error.exit_status)
    except NewerFormat as error:  # nothing has changed
        _fail(str(error), OperationRefused.exit_status)
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (EmbeddedError, JournalError, RedisError, OSError) as error:
        _fail(str(error), OperationError.exit_status)
    except KeyboardInterrupt:
        raise typer.Exit(_INTERRUPTED) from None


def _fail(message: str, status: int) -> NoReturn:
    typer.echo(" ".join(message.split()), err=True)
    raise typer.Exit(status)


def confirm(question: str, *, is_stdin_used: bool) -> None:
    """Asks ``question`` on the terminal. Raises OperationRefused unless the answer is yes."""
    if is_stdin_used or not sys.stdin.isatty():
        raise OperationRefused("there is no terminal to ask on: confirm with --yes")
    if not typer.confirm(question, err=True):
        raise OperationRefused("not confirmed, so nothing was replaced")


def mask_unprintable(text: str) -> str:
    """Replaces control characters, so that a title or a name cannot control the reader's terminal."""
    return "".join(each if each.isprintable() else "�" for each in text)


def is_stream(file: Path) -> bool:
    """True for ``-``, which names the standard input or output."""
    return str(file) == "-"


@contextmanager
def open_backup(file: Path) -> Iterator[IO[bytes]]:
    """Opens a backup for reading. Raises OperationRefused if it cannot be read."""
    if is_stream(file):
        yield sys.stdin.buffer
        return
    with contextlib.ExitStack() as stack:
        try:
            opened = stack.enter_context(file.open("rb"))
        except OSError as error:
            raise OperationRefused(f"{file} cannot be read: {error.strerror}") from error
        yield opened
