"""Bounds the mails to one address. Pure: time is an argument."""

from typing import Final

from turnout_command.sign_in.expiring import ExpiringStore

BURST_MAILS: Final = 5
INTERVAL_S: Final = 600.0  # as long as a code works, so one that arrived is always there
ADDRESSES_MAX: Final = 10_000  # about 2 MB


class MailAllowance:
    """Five mails to an address at once, then one in ten minutes, for all who ask together.

    So nobody's mailbox is filled, and a guess of six digits has 30 tries an hour. It is a bucket that leaks
    (ITU-T I.371, generic cell rate algorithm).
    """

    def __init__(self) -> None:
        self._full_at_s: ExpiringStore[str, float] = ExpiringStore(BURST_MAILS * INTERVAL_S, ADDRESSES_MAX)

    def take(self, address: str, now_s: float) -> bool:
        """True if a mail may go to ``address`` now, which uses one up."""
        full_at_s = max(self._full_at_s.get(address, now_s) or now_s, now_s)  # when all five are there again
        if full_at_s - now_s > (BURST_MAILS - 1) * INTERVAL_S:
            return False
        self._full_at_s.put(address, full_at_s + INTERVAL_S, now_s)
        return True
