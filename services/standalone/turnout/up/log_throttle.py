"""Drops repeated log lines: while Valkey is away, the services log the same lines several times a second."""

import logging
import time
from collections.abc import Callable
from typing import Final

INTERVAL_S: Final = 60.0
_LINES_MAX: Final = 1000  # distinct lines to remember


class LogThrottle(logging.Filter):
    """Drops a line if its logger has logged the same text within the last ``INTERVAL_S``.

    Args:
        always: name of a logger whose lines are never dropped.
    """

    def __init__(self, exempt_logger: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._exempt_logger = exempt_logger
        self._clock = clock
        self._logged_at_s: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == self._exempt_logger:
            return True
        line, now_s = (record.name, record.getMessage()), self._clock()
        if now_s - self._logged_at_s.get(line, -INTERVAL_S) < INTERVAL_S:
            return False
        if len(self._logged_at_s) >= _LINES_MAX:
            self._logged_at_s.clear()
        self._logged_at_s[line] = now_s
        return True
