"""A log that says a thing once a minute: what waits for Valkey says so several times a second, for hours perhaps."""

import logging
import time
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 60.0
_REMEMBERED: Final = 1000  # different lines; more of them in a minute are no repetition


class Sparing(logging.Filter):
    """Drops a line that its logger has said within the last ``EVERY_S``, word for word.

    Args:
        always: a logger that tells events, of which each one counts.
    """

    def __init__(self, always: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._always = always
        self._clock = clock
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == self._always:
            return True
        line, now_s = (record.name, record.getMessage()), self._clock()
        if now_s - self._said.get(line, -EVERY_S) < EVERY_S:
            return False
        if len(self._said) >= _REMEMBERED:
            self._said.clear()
        self._said[line] = now_s
        return True
