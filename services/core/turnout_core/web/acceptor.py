"""Accepts the connections of a listening socket, as long as there are files for them.

uvloop accepts all waiting connections at once, and when files run out it closes the rest without notice (libuv,
``uv__emfile_trick``). Then the address with the most attempts wins. Here each connection is judged before the next one
is accepted, so one above its share never takes a file from another.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from turnout_core.web.addresses import group_ipv6
from turnout_core.web.http_limits import HttpConnections, Refusal
from turnout_core.web.raw_problem import raw_problem

BATCH_MAX: Final = 64  # connections that are accepted before other work
RETRY_S: Final = 0.2  # after a failed accept, which leaves the connection in the kernel's queue
LOG_INTERVAL_S: Final = 60.0
_READ_MAX_BYTES: Final = 64 * 1024  # a close with unread data would reset the connection (RFC 9112 section 9.6)

log = logging.getLogger("turnout.server")

_REFUSALS: Final = {
    Refusal.ADDRESS: raw_problem(HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections from your address."),
    Refusal.FILES: raw_problem(HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections. Try again in a moment."),
}


class Acceptor:
    """The accepting side of one socket. uvicorn uses it like an ``asyncio.Server``.

    Args:
        make_protocol: makes the protocol of a connection from its address, which ``connections`` has counted. The
            protocol's ``release`` ends that, and may be called twice.
    """

    def __init__(
        self, listener: socket.socket, make_protocol: Callable[[str], Any], connections: HttpConnections
    ) -> None:
        self._listener = listener
        self._make_protocol = make_protocol
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._starting: set[asyncio.Task[None]] = set()
        self._retry: asyncio.TimerHandle | None = None
        self._logged_at_s: dict[str, float] = {}

    def start(self) -> None:
        """Accepts from now on. The socket listens already."""
        self._listener.setblocking(False)
        self._resume()

    def close(self) -> None:
        """Stops accepting. The caller closes the socket."""
        self._loop.remove_reader(self._listener)
        if self._retry is not None:
            self._retry.cancel()
        for each in self._starting:
            each.cancel()

    async def wait_closed(self) -> None:
        await asyncio.gather(*self._starting, return_exceptions=True)

    def _resume(self) -> None:
        self._loop.add_reader(self._listener, self._on_readable)

    def _on_readable(self) -> None:
        for _ in range(BATCH_MAX):
            try:
                accepted, peer = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:  # EMFILE, ENFILE, ENOMEM, ENOBUFS (accept(2))
                self._pause(error)
                return
            self._on_accepted(accepted, group_ipv6(peer[0] if isinstance(peer, tuple) else ""))

    def _on_accepted(self, accepted: socket.socket, address: str) -> None:
        refusal = self._connections.add(address, accepted.fileno())
        if refusal is not None:
            self._refuse(accepted, address, refusal)
            return
        accepted.setblocking(False)
        task = self._loop.create_task(self._connect(accepted, self._make_protocol(address)))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _connect(self, accepted: socket.socket, protocol: Any) -> None:
        try:
            await self._loop.connect_accepted_socket(lambda: protocol, accepted)
        except BaseException as error:
            protocol.release()
            accepted.close()
            if not isinstance(error, OSError):  # the client has left already
                raise

    def _refuse(self, accepted: socket.socket, address: str, refusal: Refusal) -> None:
        if refusal is Refusal.ADDRESS:
            self._warn(refusal, "connections of %s are refused: it has %d", address, self._connections.of(address))
        else:
            self._warn(refusal, "connections are refused: %d files are open", accepted.fileno())
        with accepted, suppress(OSError):
            accepted.setblocking(False)
            accepted.send(_REFUSALS[refusal])
            accepted.recv(_READ_MAX_BYTES)

    def _pause(self, error: OSError) -> None:
        """Leaves waiting connections to the kernel for a moment: a reader that cannot accept would spin."""
        self._connections.accept_failures += 1
        self._loop.remove_reader(self._listener)
        self._retry = self._loop.call_later(RETRY_S, self._resume)
        self._warn("failure", "no connection can be accepted: %s; trying again every %.1f s", error.strerror, RETRY_S)

    def _warn(self, kind: str, text: str, *values: Any) -> None:
        """Logs a line of this kind, at most one per ``LOG_INTERVAL_S``."""
        now_s = time.monotonic()
        if now_s - self._logged_at_s.get(kind, -LOG_INTERVAL_S) >= LOG_INTERVAL_S:
            self._logged_at_s[kind] = now_s
            log.warning(text, *values)
