"""Counters of a gateway since its start: plain numbers, which cost little to update. ``metrics`` exports them."""

from collections import Counter
from dataclasses import dataclass, field

from turnout_gateway.wire.frame_out import Frame


@dataclass
class Counters:
    """The counters of one gateway.

    Attributes:
        skips: frames not written because the client was congested; it gets a newer one later.
        closes, aborts: connections that the gateway ended, by reason.
        refusals: messages that the gateway refused, by code.
    """

    flushes: int = 0
    frames: int = 0
    bytes: int = 0
    skips: int = 0
    connects: int = 0
    resumed_by_patch: int = 0
    resumed_by_snapshot: int = 0
    aborts: Counter[str] = field(default_factory=Counter)
    closes: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)

    def count_sent(self, frame: Frame, clients: int = 1) -> None:
        """Counts a frame that was sent to this number of clients."""
        self.frames += clients
        self.bytes += clients * len(frame.wire)

    def count_resume(self, *, by_patch: bool) -> None:
        """Counts a view that a client resumed from a position."""
        if by_patch:
            self.resumed_by_patch += 1
        else:
            self.resumed_by_snapshot += 1
