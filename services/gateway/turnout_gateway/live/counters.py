"""What a gateway has done since it started. Plain numbers, so that counting costs nothing; ``metrics`` shows them."""

from collections import Counter
from dataclasses import dataclass, field

from turnout_gateway.wire.frame_out import Frame


@dataclass
class Counts:
    """
    Attributes:
        skipped: frames that were not written because a client was full; it got a newer one later.
        closed, aborted: links that this side ended, by reason.
        refused: messages that were refused, by code.
    """

    ticks: int = 0
    frames: int = 0
    bytes: int = 0
    skipped: int = 0
    connected: int = 0
    resumed_by_patch: int = 0
    resumed_by_snapshot: int = 0
    aborted: Counter[str] = field(default_factory=Counter)
    closed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def sent(self, frame: Frame, clients: int = 1) -> None:
        self.frames += clients
        self.bytes += clients * len(frame.wire)
