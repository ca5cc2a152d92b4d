"""Durations of the writer's lease, and of writing under it."""

from dataclasses import dataclass

from turnout_core.journal.leadership import LeaseTimes


@dataclass(frozen=True, slots=True)
class LeaseConfig(LeaseTimes):
    """Durations of the lease and of writing under it.

    Attributes:
        heartbeat_s: interval of heartbeats on the bus; ``follower.HEARTBEAT_TIMEOUT_S`` is three of them.
        clock_check_s: time within which a change of the wall clock is noticed.
        clock_settle_s: time for which the wall clock must not step until it is trusted against the journal's.
        append_timeout_s: time for which an append of unknown outcome is retried.
    """

    heartbeat_s: float = 1.0
    append_timeout_s: float = 5.0
    clock_check_s: float = 0.5
    clock_settle_s: float = 1.0
