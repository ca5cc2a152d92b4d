"""The kernel's options for live connections: finding dead peers, and little unsent data for slow ones."""

import asyncio
import socket
from contextlib import suppress
from typing import Final

# A vanished peer is noticed once something that was sent to it, a heartbeat at the latest, is not acknowledged for so
# long (tcp(7), TCP_USER_TIMEOUT; RFC 5482).
_UNACKNOWLEDGED_MAX_MS: Final = 20_000

# Unsent data that the kernel holds for one client. More would not make it faster, only older: data in the kernel cannot
# be replaced by something newer (tcp(7), TCP_NOTSENT_LOWAT).
_UNSENT_MAX_BYTES: Final = 128 * 1024
_TCP_NOTSENT_LOWAT: Final = 25


def set_options(transport: asyncio.BaseTransport) -> None:
    """Sets the options of a TCP connection; does nothing for others."""
    sock = transport.get_extra_info("socket")
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    with suppress(OSError):  # not every system has them; without, the connection works but is supervised less well
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED_MAX_MS)
        sock.setsockopt(socket.IPPROTO_TCP, _TCP_NOTSENT_LOWAT, _UNSENT_MAX_BYTES)


def borrow_socket(transport: asyncio.BaseTransport) -> socket.socket | None:
    """The transport's socket, to be detached before it is closed; None if the transport encrypts."""
    sock = transport.get_extra_info("socket")
    if sock is None or transport.get_extra_info("sslcontext") is not None:
        return None
    return socket.socket(sock.family, sock.type, sock.proto, fileno=sock.fileno())
