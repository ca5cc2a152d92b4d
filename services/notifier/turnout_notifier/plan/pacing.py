"""The pace of mails to a person: the first goes at once, then one a minute, with all that came meanwhile."""

from typing import Final

INTERVAL_MS: Final = 60_000


class Pacing:
    """The times of recent mails by recipient, in ms since 1970."""

    def __init__(self, sent_ms: dict[str, int]) -> None:
        self._sent_ms = sent_ms

    def wait_until_ms(self, user: str, now_ms: int) -> int | None:
        """When ``user`` may get the next mail; None if that is now. A clock that was set back makes nobody wait."""
        sent_ms = self._sent_ms.get(user)
        if sent_ms is None or not 0 <= now_ms - sent_ms < INTERVAL_MS:
            return None
        return sent_ms + INTERVAL_MS

    def note(self, user: str, now_ms: int) -> None:
        """Notes that ``user`` gets a mail now, and forgets those of long ago."""
        self._sent_ms.pop(user, None)
        self._sent_ms[user] = now_ms  # at the end: the order is that of the mails
        while self._sent_ms:
            oldest = next(iter(self._sent_ms))
            if oldest == user or 0 <= now_ms - self._sent_ms[oldest] < INTERVAL_MS:
                return
            del self._sent_ms[oldest]
