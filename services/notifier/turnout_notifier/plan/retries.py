"""When a failed delivery is tried again."""

from typing import Final

_FIRST_S: Final = 5.0
_LONGEST_S: Final = 3600.0
_ATTEMPTS_MAX: Final = 33  # the pauses between them add up to a day
_DOUBLINGS_MAX: Final = 16
_ASKED_MAX_S: Final = 24 * 3600.0  # a server may ask for a longer pause than ours, but not for more than a day


def next_attempt_s(attempts: int, retry_after_s: float | None = None) -> float | None:
    """The pause after ``attempts`` failed ones, in seconds; None after a day of attempts."""
    if attempts >= _ATTEMPTS_MAX:
        return None
    own_s: float = min(_FIRST_S * 2 ** min(attempts - 1, _DOUBLINGS_MAX), _LONGEST_S)
    return max(own_s, min(retry_after_s or 0.0, _ASKED_MAX_S))
