"""Delays between attempts, doubling up to a limit."""

from collections.abc import Iterator
from itertools import count

from redis.backoff import ExponentialBackoff


def delays(first_s: float, max_s: float) -> Iterator[float]:
    """Seconds to wait before the second attempt, the third, and so on, without end."""
    backoff = ExponentialBackoff(cap=max_s, base=first_s)
    for failures in count():
        yield backoff.compute(failures)
