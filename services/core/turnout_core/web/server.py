"""The HTTP server of all services: uvicorn without its own signal handling and lifespan protocol."""

import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any, cast

import uvicorn

from turnout_core.runtime.startup import CannotStart
from turnout_core.web.acceptor import Acceptor
from turnout_core.web.http_connection import HttpConnection
from turnout_core.web.http_limits import HttpConnections, HttpLimits
from turnout_core.web.security_headers import API, DefaultHeaders, encode

log = logging.getLogger("turnout.server")


class ServerConfig(uvicorn.Config):
    """The configuration of uvicorn that all services share.

    Args:
        app: the caller starts and ends it, so the lifespan protocol of ASGI is off.
        limits: of the connections; the headers ``X-Forwarded-*`` of their ``trusted_proxies`` are trusted.
        grace_s: seconds for which a stop waits for requests in flight and slow readers.
        protocol: makes the protocol of each connection; its arguments are those of ``HttpConnection``.
        further: options of ``uvicorn.Config``.

    Attributes:
        connections: the open connections of the server.
    """

    def __init__(
        self,
        app: Any,
        limits: HttpLimits,
        grace_s: int,
        protocol: Callable[..., HttpConnection] = HttpConnection,
        **further: Any,
    ) -> None:
        self.connections = HttpConnections(limits)
        trusts_all = any(network.prefixlen == 0 for network in limits.trusted_proxies)
        super().__init__(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            headers=list(API.items()),
            timeout_graceful_shutdown=grace_s,
            forwarded_allow_ips="*" if trusts_all else [str(network) for network in limits.trusted_proxies],
            http=cast(Any, partial(protocol, self.connections)),
            **further,
        )


class Server(uvicorn.Server):
    """A uvicorn server that its caller starts and stops.

    Args:
        on_started: called when the server listens, unless a stop was requested before.
        before_close: awaited when the server stops, before its port is closed.
    """

    def __init__(
        self,
        config: ServerConfig,
        *,
        on_started: Callable[[], None] | None = None,
        before_close: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(config)
        self._connections = config.connections
        self.server_state.default_headers = DefaultHeaders(encode(API))
        self._on_started = on_started
        self._before_close = before_close

    async def serve_within(self, service: AbstractAsyncContextManager[object], listener: socket.socket) -> None:
        """Enters ``service``, serves on ``listener`` until ``stop``, and leaves ``service``. Raises CannotStart."""
        async with service:
            await self.serve([listener])

    def stop(self) -> None:
        """Requests the end of ``serve``."""
        self.should_exit = True

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override] # callers only enter it
        """Leaves signals to ``runtime.shutdown``: uvicorn would raise them again before the stop is complete."""
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accepts connections on ``sockets``, in place of uvicorn's ``create_server``. Raises CannotStart."""
        self.servers = []
        for each in sockets or ():
            host, port = each.getsockname()[:2]
            try:
                each.listen(self.config.backlog)
            except OSError as error:  # another process listens on the same port since ``bound_socket``
                raise CannotStart(f"cannot listen on {host} port {port}: {error.strerror}") from error
            acceptor = Acceptor(each, self._make_connection, self._connections)
            acceptor.start()
            self.servers.append(cast(Any, acceptor))
            log.info("listening on %s port %d", host, port)
        self.started = True
        if self._on_started is not None and not self.should_exit:
            self._on_started()

    async def on_tick(self, counter: int) -> bool:
        is_ending = await super().on_tick(counter)
        defaults = self.server_state.default_headers
        if not isinstance(defaults, DefaultHeaders):  # uvicorn makes a new list for each date
            self.server_state.default_headers = DefaultHeaders(defaults)
        return is_ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._before_close is not None:
            await self._before_close()
        await super().shutdown(sockets)

    def _make_connection(self, address: str) -> HttpConnection:
        protocol = cast(Any, self.config.http_protocol_class)
        connection: HttpConnection = protocol(
            address=address, config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return connection


@contextmanager
def bound_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A bound socket that does not listen yet, so that clients are refused until the service has started.

    Services bind it first, because a port in use is the likeliest failure. Raises CannotStart.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family)
    except OSError as error:
        raise CannotStart(f"{host} is no address to listen on: {error}") from error
    with bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(address)
        except OSError as error:
            raise CannotStart(
                f"port {port} cannot be used: {error.strerror}; choose another with --port or TURNOUT_PORT"
            ) from error
        yield bound
