"""Socket options of live connections: the kernel detects dead peers, and buffers little for slow ones."""

import asyncio
import socket
from contextlib import suppress
from typing import Final

# The kernel drops a connection whose peer acknowledges no data for this time (tcp(7), TCP_USER_TIMEOUT; RFC 5482).
# Heartbeats make sure that there is data to acknowledge.
_UNACKNOWLEDGED_MAX_MS: Final = 20_000

# Unsent data of one client in the kernel (tcp(7), TCP_NOTSENT_LOWAT). More would only age: the hub cannot replace data
# in the kernel by newer data.
_UNSENT_MAX_BYTES: Final = 128 * 1024
_TCP_NOTSENT_LOWAT: Final = 25


def set_options(transport: asyncio.BaseTransport) -> None:
    """Sets the options of a TCP connection; does nothing for others."""
    sock = transport.get_extra_info("socket")
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with suppress(OSError):  # a system without these options detects dead peers later
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MAX_MS)
        sock.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, _UNSENT_MAX_BYTES)
