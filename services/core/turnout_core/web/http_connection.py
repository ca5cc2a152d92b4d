"""An HTTP connection with bounds: uvicorn's protocol parses, this one limits sizes, times and numbers.

uvicorn sets no bound on a head, a pipeline or a silent client, and leaves them to a proxy. People run Turnout without
one, so the bounds hold at its own port.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from turnout_core.web.borrowed_socket import Addresses
from turnout_core.web.http_limits import HttpConnections
from turnout_core.web.http_timers import BODY, HEAD, IDLE, LINGER, Deadline, StallTimer
from turnout_core.web.raw_problem import raw_problem

_SLICE_BYTES: Final = 1024  # what the parser gets at a time: at most some 50 requests
_NOTHING: Final = b""


class BoundedFlow(FlowControl):
    """Reading stays paused while ``is_held``, also when the app asks for more of a body."""

    is_held = False

    def resume_reading(self) -> None:
        if not self.is_held:
            super().resume_reading()


class HttpConnection(HttpToolsProtocol):
    """One connection.

    ``address`` is that of the client; ``connections`` has counted it.

    Bytes that the parser does not take yet stay in ``_unparsed``, and reading is paused meanwhile, so a connection
    holds at most one read of the transport and ``pipelined_max`` requests more than one slice has.
    """

    def __init__(
        self,
        connections: HttpConnections,
        address: str,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._connections = connections
        self._limits = connections.limits
        self._address: str | None = address  # None: no longer counted
        self._unparsed: bytes | memoryview = _NOTHING
        self._head_bytes = 0  # of an incomplete head
        self._in_head = False
        self._in_body = False
        self._body_max_bytes = self._limits.body_max_bytes
        self._body_bytes = 0
        self._discarded_bytes = 0  # after a refusal
        self._is_refused = False
        self._is_upgraded = False
        self._deadline = Deadline(self.loop, self._limits, self._on_deadline)
        self._stall = StallTimer(self.loop, self._limits.stall_s)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = cast(asyncio.Transport, transport)  # uvicorn listens on streams only
        with Addresses(stream) as addresses:
            super().connection_made(cast(asyncio.Transport, addresses))
        self.transport = stream
        self.flow = BoundedFlow(self.transport)
        self._deadline.start(IDLE)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._is_refused:
            self._discard(len(data))
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
        self.release()

    def pause_writing(self) -> None:
        super().pause_writing()
        if not self._is_upgraded:  # else another protocol is told when writing resumes, and nobody stops the timer
            self._stall.start(self.transport)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stall.cancel()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        hosts = body_bytes = 0
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
            elif name == b"content-length":
                body_bytes = int(value)  # the parser accepts digits only
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise ValueError("RFC 9112 section 3.2: exactly one Host")  # httptools makes it an HttpParserError
        self._body_bytes = 0
        self._body_max_bytes = self._limits.body_limit(self.url)
        self._check_body(body_bytes)
        super().on_headers_complete()
        self._in_body = True

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self._check_body(self._body_bytes)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hands the transport over, if it may; the limits of live connections hold from here on."""
        if not self._is_idle():
            self._close_with(HTTPStatus.BAD_REQUEST, "An upgrade waits for the response before it.")
            return
        self._is_upgraded = True
        self.release()
        self.hand_over()

    def hand_over(self) -> None:
        """Gives the transport to the protocol of WebSockets."""
        super().handle_websocket_upgrade()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            self._stall.start(self.transport)  # a close waits until all is sent
        elif self._unparsed:
            self._parse()

    def release(self) -> None:
        """Frees what this connection holds."""
        self._unparsed = _NOTHING
        self._deadline.close()
        self._stall.cancel()
        if self._address is not None:
            self._connections.remove(self._address)
            self._address = None

    def _parse(self) -> None:
        """Feeds the parser until nothing is left or enough requests wait."""
        rest = memoryview(self._unparsed)
        while rest and len(self.pipeline) < self._limits.pipelined_max:
            piece, rest = rest[:_SLICE_BYTES], rest[_SLICE_BYTES:]
            self._feed(piece)
            if self._is_upgraded or self._is_refused or self.transport.is_closing():
                self._unparsed = _NOTHING
                return
        self._unparsed = rest or _NOTHING
        flow = cast(BoundedFlow, self.flow)
        flow.is_held = bool(rest)
        if rest:
            flow.pause_reading()
            self._deadline.cancel()  # the client waits for us
        else:
            flow.resume_reading()
            self._set_deadline()

    def _feed(self, piece: bytes | memoryview) -> None:
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
        except httptools.HttpParserError as error:
            if isinstance(error.__context__, _BodyTooLarge):
                self._refuse_body()
            else:
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
        if self._is_upgraded or self._is_refused or self.transport.is_closing():
            return
        if self._in_body:
            self._deadline.start(BODY)
        elif self._in_head or self._is_idle():
            self._deadline.start(HEAD)
        else:
            self._deadline.cancel()

    def _on_deadline(self, part: str) -> None:
        if part in (IDLE, LINGER):
            self.transport.close()
        else:
            self._close_with(HTTPStatus.REQUEST_TIMEOUT, f"The {part} of the request took too long.")

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _close_with(self, status: HTTPStatus, detail: str) -> None:
        """Ends the connection, with a problem document if it is this response's turn (RFC 9112 section 9.6)."""
        if self._may_respond():
            self.transport.write(raw_problem(status, detail))
        self.transport.close()
        self._stall.start(self.transport)

    def _may_respond(self) -> bool:
        """True if no response is due before the one to the request that is being read."""
        if self._in_body:
            return not (self.pipeline or self.cycle.response_started)
        return self._is_idle()

    def _check_body(self, size: int) -> None:
        if size > self._body_max_bytes:
            raise _BodyTooLarge

    def _refuse_body(self) -> None:
        """Responds with 413, and discards a part of what follows.

        After a close at once the system would reset the connection, and a client that still sends would not see the
        response.
        """
        if self._may_respond():
            detail = f"A body has at most {self._body_max_bytes:,} bytes."
            self.transport.write(raw_problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail))
        self._is_refused = True
        self.pipeline.clear()
        if not self._is_idle():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write_eof()
        cast(BoundedFlow, self.flow).is_held = False
        self.flow.resume_reading()
        self._deadline.start(LINGER)

    def _discard(self, size: int) -> None:
        self._discarded_bytes += size
        if self._discarded_bytes > self._limits.linger_max_bytes:
            self.transport.close()
            self._stall.start(self.transport)


class _BodyTooLarge(Exception):
    """The body of a request is longer than the limit, or says that it will be."""
