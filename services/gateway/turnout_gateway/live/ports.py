"""The port between the hub and a connection: the way of one client's frames."""

from typing import Final, Protocol

from turnout_core.protocol.messages import Close
from turnout_gateway.wire.frame_out import Frame


class RawSocket(Protocol):
    """A non-blocking socket, to which broadcasts write directly."""

    def send(self, data: bytes, /) -> int:
        """Passes on as many bytes as are taken at once; returns their number. Raises OSError."""
        ...


class Sink(Protocol):
    """One client's connection, as the hub sees it.

    Nothing queues here: while it is congested the hub writes no views. On ``Hub.on_drained`` it brings the client from
    what it has to the newest state. An implementation calls the hub's ``on_congested`` when it becomes congested,
    ``on_drained`` when it no longer is, and ``disconnect`` when the connection is gone.

    Attributes:
        is_congested: data that was written before has not been sent yet.
    """

    is_congested: bool

    @property
    def socket(self) -> RawSocket:
        """For broadcasts, and only while it is not congested; ``write`` does the rest."""
        ...

    def write(self, frame: Frame, sent: int = 0) -> None:
        """Sends a frame, of which ``sent`` bytes are sent already. Never blocks and never raises.

        On a connection that is gone it does nothing.
        """
        ...

    def unsent(self) -> int:
        """Unsent data, in bytes or frames. A client whose value does not shrink counts as stalled."""
        ...

    def close(self, code: Close) -> None:
        """Sends the reason, and ends the connection once the client has received it."""
        ...

    def abort(self) -> None:
        """Ends the connection at once, and discards unsent data."""
        ...


class _NoSocket:
    def send(self, _data: bytes, /) -> int:
        return 0


NO_SOCKET: Final = _NoSocket()
"""For a sink that has to be written to by ``write``."""
