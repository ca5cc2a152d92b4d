"""The ports between the hub and one connection."""

from typing import Final, Protocol

from turnout_core.protocol.messages import Close
from turnout_gateway.wire.frame_out import Frame


class RawSocket(Protocol):
    """A non-blocking socket, to which broadcasts write directly."""

    def send(self, data: bytes, /) -> int:
        """Sends as many bytes as the kernel accepts now; returns their number. Raises OSError."""
        ...


class Sink(Protocol):
    """One client's connection, as the hub sees it.

    A sink has no queue: the hub writes no views to a congested sink. On ``Hub.on_drained`` the hub sends the changes
    since the last view that the client got. An implementation calls the hub's ``on_congested`` when it becomes
    congested, ``on_drained`` when it no longer is, and ``disconnect`` when the connection has ended.

    Attributes:
        is_congested: True while earlier data is unsent.
    """

    is_congested: bool

    @property
    def socket(self) -> RawSocket:
        """For broadcasts, which use it only while the sink is not congested."""
        ...

    def write(self, frame: Frame, sent: int = 0) -> None:
        """Sends a frame, of which ``sent`` bytes are sent already. Never blocks and never raises.

        Does nothing if the connection has ended.
        """
        ...

    def unsent(self) -> int:
        """Unsent data, in bytes or frames. A client whose value does not shrink counts as stalled."""
        ...

    def close(self, code: Close) -> None:
        """Sends the reason, and ends the connection once the client has received it."""
        ...

    def abort(self) -> None:
        """Ends the connection at once and discards unsent data."""
        ...


class _NoSocket:
    def send(self, _data: bytes, /) -> int:
        return 0


NO_SOCKET: Final = _NoSocket()
"""The socket of a sink that only ``write`` can write to. It accepts no bytes."""
