"""A bounded store whose values expire. Pure: time is an argument."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ExpiringStore(Generic[K, V]):
    """Values that expire after ``lifetime_s``. If there are more than ``most``, the oldest is dropped.

    The times that callers pass never decrease; each is in seconds of one clock.
    """

    def __init__(self, lifetime_s: float, most: int) -> None:
        self._lifetime_s = lifetime_s
        self._most = most
        self._values: dict[K, tuple[float, V]] = {}  # oldest first, since all live equally long

    def __len__(self) -> int:
        return len(self._values)

    def put(self, key: K, value: V, now_s: float) -> None:
        """Stores ``value``, instead of the one that ``key`` had."""
        self._values.pop(key, None)
        self._drop_expired(now_s)
        while len(self._values) >= self._most:
            del self._values[next(iter(self._values))]
        self._values[key] = (now_s + self._lifetime_s, value)

    def get(self, key: K, now_s: float) -> V | None:
        """The value of ``key``; None if it has none, or if that has expired."""
        ends_s, value = self._values.get(key, (now_s, None))
        return value if now_s < ends_s else None

    def take(self, key: K, now_s: float) -> V | None:
        """Removes the value of ``key`` and returns it, as ``get`` does."""
        value = self.get(key, now_s)
        self._values.pop(key, None)
        return value

    def _drop_expired(self, now_s: float) -> None:
        while self._values:
            oldest = next(iter(self._values))
            if now_s < self._values[oldest][0]:
                return
            del self._values[oldest]
