"""Drops repeated log lines: without Valkey the services would log the same lines several times a second for hours."""

import logging
import time
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 60.0
_LINES_MAX: Final = 1000  # different lines within a minute


class LogThrottle(logging.Filter):
    """Drops a line that its logger has logged within the last ``EVERY_S``, word for word.

    Args:
        always: name of a logger whose lines are never dropped.
    """

    def __init__(self, always: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._always = always
        self._clock = clock
        self._logged_at_s: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == self._always:
            return True
        line, now_s = (record.name, record.getMessage()), self._clock()
        if now_s - self._logged_at_s.get(line, -EVERY_S) < EVERY_S:
            return False
        if len(self._logged_at_s) >= _LINES_MAX:
            self._logged_at_s.clear()
        self._logged_at_s[line] = now_s
        return True
