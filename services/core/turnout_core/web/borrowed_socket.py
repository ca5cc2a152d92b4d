"""The socket of a transport, as an object of our own: uvloop's caches the addresses that it is asked for."""

import asyncio
import socket
from typing import Self


def borrow_socket(transport: asyncio.BaseTransport) -> socket.socket | None:
    """The transport's socket; None if it has none. The caller must detach it before it is closed."""
    sock = transport.get_extra_info("socket")
    return None if sock is None else socket.socket(sock.family, sock.type, sock.proto, fileno=sock.fileno())


class Addresses:
    """Stands in for a transport while uvicorn asks it for both addresses, which uvloop would keep: 300 bytes a link.

    A context manager: at its end it gives the socket back, which would close the transport's otherwise.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._socket = borrow_socket(transport)

    def get_extra_info(self, name: str) -> object:
        return self._socket if name == "socket" else self._transport.get_extra_info(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.detach()
