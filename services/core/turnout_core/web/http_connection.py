"""An HTTP connection with bounds: uvicorn's protocol parses, this one limits sizes, times and numbers.

uvicorn sets no bound on a head, a pipeline or a silent client, and leaves them to a proxy. People run Turnout without
one, so the bounds hold at its own port.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, Final, cast

import httptools
import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from turnout_core.web.addresses import grouped

_SLICE_BYTES: Final = 1024  # what the parser gets at a time: at most some 50 requests
_NOTHING: Final = b""


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """
    Attributes:
        head_max_bytes: request line and headers; more is 431. Checked after each ``_SLICE_BYTES``.
        pipelined_max: requests that wait in a connection for the response to the one before (RFC 9112 section 9.3.2).
        head_s: from the first byte of a head to its last; then 408. ``body_s`` is the same for a body.
        idle_s: until the first byte of a new connection.
        stall_s: without progress in a response that the client does not read.
        connections_per_address: at a time; of IPv6, a /64 counts as one address.
        trusted_proxies: not limited by number, since many clients come through each.
    """

    head_max_bytes: int = 16 * 1024
    pipelined_max: int = 4
    head_s: float = 5.0
    body_s: float = 10.0
    idle_s: float = 60.0
    stall_s: float = 30.0
    connections_per_address: int = 1_000
    trusted_proxies: Sequence[IPv4Network | IPv6Network] = ()


class HttpConnections:
    """The open connections of a server, counted by address."""

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self.refused = 0
        self._counts: Counter[str] = Counter()

    def add(self, address: str) -> bool:
        """Counts a connection; False if its address has too many."""
        if self._counts[address] >= self.limits.connections_per_address and not self._is_proxy(address):
            self.refused += 1
            return False
        self._counts[address] += 1
        return True

    def remove(self, address: str) -> None:
        """Takes a counted connection off."""
        self._counts[address] -= 1
        if not self._counts[address]:
            del self._counts[address]

    def _is_proxy(self, address: str) -> bool:
        try:
            found = ip_address(address.partition("/")[0])
        except ValueError:
            return address == ""  # a Unix socket: its peers are on this machine
        return any(found in network for network in self.limits.trusted_proxies)


class BoundedFlow(FlowControl):
    """Reading stays paused while ``is_held``, also when the app asks for more of a body."""

    is_held = False

    def resume_reading(self) -> None:
        if not self.is_held:
            super().resume_reading()


class HttpConnection(HttpToolsProtocol):
    """One connection.

    Bytes that the parser does not take yet stay in ``_unparsed``, and reading is paused meanwhile, so a connection
    holds at most one read of the transport and ``pipelined_max`` requests more than one slice has.
    """

    def __init__(
        self,
        connections: HttpConnections,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._all = connections
        self._limits = connections.limits
        self._address: str | None = None  # None: not counted
        self._unparsed: bytes | memoryview = _NOTHING
        self._head_bytes = 0  # of an incomplete head
        self._in_head = False
        self._in_body = False
        self._is_upgraded = False
        self._deadline: asyncio.TimerHandle | None = None
        self._deadline_of = ""
        self._stall: asyncio.TimerHandle | None = None
        self._unsent_bytes = 0

    # --- The transport's events.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))  # uvicorn listens on streams only
        self.flow = BoundedFlow(self.transport)
        address = grouped(self.client[0] if self.client else "")
        if not self._all.add(address):
            self._close_with(HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections from your address.")
            return
        self._address = address
        self._start_deadline("idle", self._limits.idle_s)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        if self._unparsed:
            self._unparsed = bytes(self._unparsed) + data
        elif len(data) <= _SLICE_BYTES and not self.pipeline:
            self._feed(data)
            self._set_deadline()
            return
        else:
            self._unparsed = memoryview(data)
        self._parse()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.pipeline.clear()
        self._leave()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_stall()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._end_stall()

    # --- The parser's events.

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise ValueError("RFC 9112 section 3.2: exactly one Host")  # httptools makes it an HttpParserError
        self._in_body = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hands the transport over; the limits of live connections hold from here on."""
        if not self._is_idle():
            self._close_with(HTTPStatus.BAD_REQUEST, "An upgrade waits for the response before it.")
            return
        self._is_upgraded = True
        self._leave()
        super().handle_websocket_upgrade()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_stall()  # a close waits until all is sent
        elif self._unparsed:
            self._parse()

    # --- Our own.

    def _parse(self) -> None:
        """Feeds the parser until nothing is left or enough requests wait."""
        rest = memoryview(self._unparsed)
        while rest and len(self.pipeline) < self._limits.pipelined_max:
            piece, rest = rest[:_SLICE_BYTES], rest[_SLICE_BYTES:]
            self._feed(piece)
            if self._is_upgraded or self.transport.is_closing():
                self._unparsed = _NOTHING
                return
        self._unparsed = rest or _NOTHING
        flow = cast(BoundedFlow, self.flow)
        flow.is_held = bool(rest)
        if rest:
            flow.pause_reading()
            self._end_deadline()  # the client waits for us
        else:
            flow.resume_reading()
            self._set_deadline()

    def _feed(self, piece: bytes | memoryview) -> None:
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        except httptools.HttpParserError:
            self._close_with(HTTPStatus.BAD_REQUEST, "This is no valid HTTP request.")
        else:
            if self._in_head:
                self._head_bytes += len(piece)
                if self._head_bytes > self._limits.head_max_bytes:
                    self._close_with(
                        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                        f"A request has at most {self._limits.head_max_bytes:,} bytes before its body.",
                    )

    def _set_deadline(self) -> None:
        """Sets the deadline for the part of a message that is incomplete, if it has none yet."""
        if self._is_upgraded or self.transport.is_closing():
            return
        if self._in_body:
            self._start_deadline("body", self._limits.body_s)
        elif self._in_head or self._is_idle():
            self._start_deadline("head", self._limits.head_s)
        else:
            self._end_deadline()

    def _start_deadline(self, part: str, delay_s: float) -> None:
        if self._deadline is not None:
            if self._deadline_of == part:
                return
            self._deadline.cancel()
        self._deadline_of = part
        self._deadline = self.loop.call_later(delay_s, self._on_deadline)

    def _end_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _on_deadline(self) -> None:
        self._deadline = None
        if self._deadline_of == "idle":
            self.transport.close()
        else:
            self._close_with(HTTPStatus.REQUEST_TIMEOUT, f"The {self._deadline_of} of the request took too long.")

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _close_with(self, status: HTTPStatus, detail: str) -> None:
        """Ends the connection, with a problem document if it is this response's turn (RFC 9112 section 9.6)."""
        if self._is_idle() or not (self.pipeline or self.cycle.response_started or not self._in_body):
            self.transport.write(_problem(status, detail))
        self.transport.close()
        self._watch_stall()

    def _watch_stall(self) -> None:
        if self._stall is None:
            self._unsent_bytes = self.transport.get_write_buffer_size()
            self._stall = self.loop.call_later(self._limits.stall_s, self._on_stall)

    def _on_stall(self) -> None:
        self._stall = None
        unsent = self._unsent_bytes
        if self.transport.get_write_buffer_size() < unsent:
            self._watch_stall()
        else:
            self.transport.abort()

    def _end_stall(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _leave(self) -> None:
        """Frees what this connection holds."""
        self._unparsed = _NOTHING
        self._end_deadline()
        self._end_stall()
        if self._address is not None:
            self._all.remove(self._address)
            self._address = None


def _problem(status: HTTPStatus, detail: str) -> bytes:
    """A whole response with a problem document (RFC 9457), after which the connection closes."""
    code = "unavailable" if status is HTTPStatus.SERVICE_UNAVAILABLE else "invalid"
    body = msgspec.json.encode(
        {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, "code": code}
    )
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
