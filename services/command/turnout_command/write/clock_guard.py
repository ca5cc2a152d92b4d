"""Watches the wall clock: it may step, and it may have been ahead when the journal was written.

Rules decide by the clock of this machine, because the time of a commit can be as wrong as the clock was then
(docs/decisions/0013-wrong-clocks.md).
"""

import logging
from collections.abc import Callable
from typing import Final

from turnout_command.metrics import Metrics

_STEP_MIN_MS: Final = 1_000  # NTP slews a clock by at most 0.5 ms per second (ntpd) or 83 ms (chrony)
_LOG_INTERVAL_S: Final = 60.0  # a clock that runs fast steps at each check

CLOCKS_APART_MAX_MS: Final = 60_000
"""The clocks of the machines of a deployment may differ by so much."""

log = logging.getLogger("turnout.clock")


class ClockGuard:
    """Compares the wall clock with the clock since boot, and with the time of the last commit.

    Call ``check`` regularly while leading.

    Args:
        now_ms: wall clock in ms since 1970.
        clock: seconds since boot; nobody can set this clock.
        settle_s: time for which the wall clock must not step until it is trusted against the journal.
    """

    def __init__(
        self, now_ms: Callable[[], int], clock: Callable[[], float], metrics: Metrics, *, settle_s: float
    ) -> None:
        self._now_ms = now_ms
        self._clock = clock
        self._metrics = metrics
        self._settle_s = settle_s
        self._wall_ms, self._at_s, self._uncertain_s = self._read()
        self._ahead_ms = 0
        self._trusted_at = 0  # commits up to this time are known to be of a wrong clock
        self._doubted_since_s: float | None = None
        self._unlogged_ms = 0
        self._logged_at_s = -_LOG_INTERVAL_S

    @property
    def trouble(self) -> str | None:
        """Why the wall clock is not trusted yet; None if it is."""
        if self._doubted_since_s is None:
            return None
        return (
            f"the last commit is {duration(self._ahead_ms)} ahead of the clock of this machine, "
            f"which was wrong then or is wrong now; rules follow the clock if it does not step for {self._settle_s:g} s"
        )

    def check(self, committed_at: int) -> None:
        """Reads the clocks; ``committed_at`` is the time of the last commit in ms since 1970."""
        wall_ms, at_s, uncertain_s = self._read()
        step_ms = wall_ms - self._wall_ms - round((at_s - self._at_s) * 1000)
        stepped = abs(step_ms) >= _STEP_MIN_MS + (self._uncertain_s + uncertain_s) * 1000
        self._wall_ms, self._at_s, self._uncertain_s = wall_ms, at_s, uncertain_s
        if stepped:
            self._metrics.clock_steps.labels("ahead" if step_ms > 0 else "back").inc()
            self._unlogged_ms += step_ms
        self._log_steps()
        self._ahead_ms = max(committed_at - wall_ms, 0)
        self._metrics.commit_ahead_seconds.set(self._ahead_ms / 1000)
        self._doubt(committed_at, stepped=stepped)

    def _doubt(self, committed_at: int, *, stepped: bool) -> None:
        """Starts, goes on or ends to distrust the wall clock."""
        is_ahead = self._ahead_ms > CLOCKS_APART_MAX_MS and committed_at > self._trusted_at
        if self._doubted_since_s is None:
            if is_ahead:
                self._doubted_since_s = self._at_s
                log.error("%s", self.trouble)
        elif stepped:
            self._doubted_since_s = self._at_s
        elif self._at_s - self._doubted_since_s >= self._settle_s:
            self._doubted_since_s = None
            self._trusted_at = committed_at
            log.warning("the clock of this machine did not step for %g s: rules follow it again", self._settle_s)

    def _log_steps(self) -> None:
        if self._unlogged_ms and self._at_s - self._logged_at_s >= _LOG_INTERVAL_S:
            direction = "ahead" if self._unlogged_ms > 0 else "back"
            log.warning("the clock of this machine was set %s by %s", direction, duration(abs(self._unlogged_ms)))
            self._unlogged_ms, self._logged_at_s = 0, self._at_s

    def _read(self) -> tuple[int, float, float]:
        """The wall clock, the clock since boot, and the seconds between both readings."""
        before_s = self._clock()
        wall_ms = self._now_ms()
        return wall_ms, before_s, self._clock() - before_s


def duration(ms: int) -> str:
    """``ms`` in its largest unit, rounded, such as ``3 hours``."""
    seconds = round(ms / 1000)
    for unit, length_s in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * length_s:
            return f"{round(seconds / length_s)} {unit}s"
    return f"{seconds} s"
