"""Connects to public addresses only. The address that was checked is the one that is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

import httpcore2

from turnout_notifier.outgoing.public_addresses import is_public

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, for a port. Raises OSError if there are none."""

ADDRESSES_TRIED_MAX: Final = 4


class AddressRefused(Exception):
    """The host has private addresses only."""


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Satisfies ``Resolve`` as other programs of the machine do (RFC 6724 orders the addresses)."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class PublicNetwork(httpcore2.AsyncNetworkBackend):
    """Resolves the host once, drops the addresses that are not public, and connects to one of the others by number.

    So a name that resolves to something else a moment later (DNS rebinding) changes nothing. The name still is the
    host of the request and of the TLS handshake: only the connection is made here.

    Args:
        allows_private: True if the operator allows all addresses.
        resolve: finds the addresses of a host.
        sockets: connects to addresses.
    """

    def __init__(
        self,
        *,
        allows_private: bool,
        resolve: Resolve = resolve_by_system,
        sockets: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allows_private = allows_private
        self._resolve = resolve
        self._sockets = sockets or httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is that of httpcore2
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Raises AddressRefused, and the errors of httpcore2."""
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("the name of the host cannot be resolved") from error
        usable = [each for each in found if self._allows_private or is_public(each)][:ADDRESSES_TRIED_MAX]
        if not usable:
            raise AddressRefused
        for address in usable[:-1]:
            try:
                return await self._sockets.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore2.ConnectError:
                continue
        return await self._sockets.connect_tcp(usable[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
