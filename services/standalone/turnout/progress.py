"""Shows progress on stderr: a bar on a terminal, plain lines elsewhere. Stdout holds only the result.

A task of less than a second shows only the bar, which then vanishes.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol, TextIO

SILENT_FOR_S: Final = 1.0  # shorter tasks print no line
_REPORT_INTERVAL_S: Final = 5.0  # between two plain lines, so that a log stays short


class Advance(Protocol):
    def __call__(self, steps: int = 1) -> None:
        """Reports that ``steps`` more steps are done."""


@contextmanager
def show_progress(
    title: str, total: int | None = None, *, out: TextIO | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Advance]:
    """Shows ``title`` on ``out`` (None: stderr), and the steps done of ``total`` (None: unknown)."""
    out = out or sys.stderr
    if out.isatty():
        with _bar(title, total, out) as advance:
            yield advance
        return
    lines = _Lines(title, total, out, clock)
    yield lines.advance
    lines.finish()


@contextmanager
def _bar(title: str, total: int | None, out: TextIO) -> Iterator[Advance]:
    # Its library takes 3 MB, which a service without a terminal does not need.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(file=out), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda steps=1: bar.advance(task, steps)


class _Lines:
    def __init__(self, title: str, total: int | None, out: TextIO, clock: Callable[[], float]) -> None:
        self._title = title
        self._total = total
        self._out = out
        self._clock = clock
        self._done = 0
        self._began_at_s = clock()
        self._reported_at_s = self._began_at_s + SILENT_FOR_S - _REPORT_INTERVAL_S

    def advance(self, steps: int = 1) -> None:
        self._done += steps
        now = self._clock()
        if now - self._reported_at_s >= _REPORT_INTERVAL_S:
            self._reported_at_s = now
            self._print(f"{self._title}: {self._count()}")

    def finish(self) -> None:
        took_s = self._clock() - self._began_at_s
        if took_s >= SILENT_FOR_S:
            self._print(f"{self._title}: {self._done:,} in {took_s:.1f} s")

    def _count(self) -> str:
        return f"{self._done:,}" if self._total is None else f"{self._done:,} of {self._total:,}"

    def _print(self, line: str) -> None:
        print(line, file=self._out, flush=True)
