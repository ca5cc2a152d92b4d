"""Log lines: one event is one line, and clients can neither forge lines nor fill the log with them."""

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TextIO

LINES_MAX: Final = 10  # of one kind within ``WINDOW_S``
WINDOW_S: Final = 60.0
_OUR_LOGGERS: Final = "turnout"
_INDENT: Final = "    "


class Kind(NamedTuple):
    """The common part of lines that one cause repeats.

    Attributes:
        text: without its arguments; empty for libraries, since some compose their texts.
    """

    logger: str
    level: int
    text: str

    @classmethod
    def of(cls, record: logging.LogRecord) -> "Kind":
        is_ours = record.name.partition(".")[0] == _OUR_LOGGERS
        return cls(record.name, record.levelno, str(record.msg) if is_ours else "")


@dataclass(slots=True)
class _Window:
    ends_s: float
    lines: int = 0


class LineLimit:
    """Counts the lines of each kind, and says which are too many. Pure: the time is an argument."""

    def __init__(self) -> None:
        self._windows: dict[Kind, _Window] = {}

    def admit(self, kind: Kind, now_s: float) -> bool:
        """Counts a line; False if it must be left out."""
        window = self._windows.setdefault(kind, _Window(now_s + WINDOW_S))
        window.lines += 1
        return window.lines <= LINES_MAX

    def expire(self, now_s: float) -> list[tuple[Kind, int]]:
        """Ends the windows that are over. Returns the kinds of which lines were left out, with their number."""
        over = {kind: window.lines for kind, window in self._windows.items() if window.ends_s <= now_s}
        for kind in over:
            del self._windows[kind]
        return [(kind, lines - LINES_MAX) for kind, lines in over.items() if lines > LINES_MAX]


class LimitedHandler(logging.StreamHandler[TextIO]):
    """Writes at most ``LINES_MAX`` lines of one kind within ``WINDOW_S``, then the number of those it left out.

    A thread writes the number when the window ends, since there may be no further line. Without omissions there is no
    thread.
    """

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(stream or sys.stderr)
        self._clock = clock
        self._limit = LineLimit()
        self._timer: threading.Timer | None = None
        self.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.report_omissions(self._clock())
        if self._limit.admit(Kind.of(record), self._clock()):
            super().emit(record)
        elif self._timer is None:
            self._timer = threading.Timer(WINDOW_S, self._end_window)
            self._timer.daemon = True
            self._timer.start()

    def report_omissions(self, now_s: float) -> None:
        """Writes a line for each kind of which lines were left out in a window that is over."""
        for kind, lines in self._limit.expire(now_s):
            text, arguments = "%d more lines like those were left out: %s", (lines, kind.text or "see above")
            super().emit(logging.LogRecord(kind.logger, kind.level, "", 0, text, arguments, None))

    def close(self) -> None:
        with self._locked():
            if self._timer is not None:
                self._timer.cancel()
            self.report_omissions(self._clock() + WINDOW_S)
        super().close()

    def _end_window(self) -> None:
        with self._locked():
            self._timer = None
            self.report_omissions(self._clock())

    def _locked(self) -> "threading.RLock":
        assert self.lock is not None  # noqa: S101 - logging makes it
        return self.lock


class SafeFormatter(logging.Formatter):
    """Escapes all characters that are not printable: control characters, line separators, changes of direction.

    A text of a client could otherwise end the line, or act on the terminal that shows it (CWE-117, CWE-150). The lines
    of a traceback are indented, so that none of them looks like an event.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        return escape(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        return "\n".join(_INDENT + escape(line) for line in super().formatException(ei).split("\n"))


def escape(text: str) -> str:
    """``text`` with Python's escapes for all characters that are not printable."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
