"""Exponential backoff: each pause between attempts is twice as long as the one before."""

from typing import Final

from redis.backoff import ExponentialBackoff

_DOUBLINGS_MAX: Final = 32  # redis-py computes 2 ** failures, which overflows a float after a thousand


class Backoff:
    """The pauses between attempts.

    Args:
        first_s: the first pause.
        longest_s: the limit of all pauses.
    """

    def __init__(self, first_s: float, longest_s: float) -> None:
        self._pauses = ExponentialBackoff(cap=longest_s, base=first_s)
        self._failures = 0

    def next_s(self) -> float:
        """The next pause."""
        pause_s: float = self._pauses.compute(min(self._failures, _DOUBLINGS_MAX))
        self._failures += 1
        return pause_s

    def reset(self) -> None:
        """Starts again with the first pause; call it after a success."""
        self._failures = 0
