"""The seam between the hub and a connection: where the frames of one client go."""

from typing import Final, Protocol

from turnout_core.protocol.messages import Close
from turnout_gateway.wire.frame_out import Frame


class Way(Protocol):
    """The shortest way to a client: a socket that does not block."""

    def send(self, data: bytes, /) -> int:
        """Hands bytes on at once, as many as are taken; gives how many. Raises OSError where that is not possible."""
        ...


class Sink(Protocol):
    """One client's connection, as the hub sees it.

    Nothing queues here: while ``full`` the hub writes no views, it waits for ``Hub.drained`` and then brings the client
    from what it has to what is newest. Whoever implements this tells the hub ``stuck`` when it becomes full,
    ``drained`` when it no longer is, and ``leave`` when the connection is gone.

    Attributes:
        full: what was written before has not left yet.
    """

    full: bool

    @property
    def way(self) -> Way:
        """For the wires of frames, and only while it is not full; ``write`` does the rest."""
        ...

    def write(self, frame: Frame, taken: int = 0) -> None:
        """Sends a frame, of which ``taken`` bytes have been taken. Never blocks and never raises.

        On a connection that is gone it does nothing.
        """
        ...

    def waiting(self) -> int:
        """How much has not left yet, in whatever unit: a client for which it does not shrink is stalled."""
        ...

    def close(self, code: Close) -> None:
        """Says why, and ends the connection once the client has heard it."""
        ...

    def abort(self) -> None:
        """Ends the connection at once, whatever has not left yet."""
        ...


class _NoWay:
    def send(self, _data: bytes, /) -> int:
        return 0


NO_WAY: Final = _NoWay()
"""For a sink that has no shorter way than ``write``."""
