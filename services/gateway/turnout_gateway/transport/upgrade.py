"""The WebSocket upgrade at uvicorn's protocol level: ``uvicorn.Config(ws=partial(WebSocketUpgrade, …))``.

uvicorn reads the request head and passes it, with the transport, to an object of this class. The object serves the live
path without an ASGI task per client. It hands every other path to uvicorn's own protocol.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import unquote

from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.http11 import Request

from turnout_gateway.gateway import Gateway
from turnout_gateway.live.admission import LIVE_PATH, NotAdmitted, Peer
from turnout_gateway.transport.handshake import Handshake
from turnout_gateway.transport.uvicorn_protocols import AsgiWebSocketProtocol
from turnout_gateway.transport.websocket import ConnectionEvents, WebSocketConnection
from turnout_gateway.wire.frames_in import close_frame

_REASON_MAX_CHARS: Final = 123  # of ASCII: the room in a control frame beside the code (RFC 6455 section 5.5)


class WebSocketUpgrade(asyncio.Protocol):
    """The transport's protocol until the path is known; then it hands the transport over."""

    def __init__(
        self,
        gateway: Gateway,
        events: ConnectionEvents,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._gateway = gateway
        self._events = events
        self._config = config
        self._server_state = server_state
        self._app_state = app_state
        self._transport: asyncio.Transport
        self._successor: asyncio.Protocol | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvicorn listens on streams only

    def data_received(self, data: bytes) -> None:
        """Receives the complete request head, which uvicorn has assembled, and later bytes until the handover."""
        if self._successor is not None:  # bytes that arrived before the handover
            self._successor.data_received(data)
            return
        path = unquote(
            data.split(b" ", 2)[1].partition(b"?")[0].decode("latin-1")
        )  # decoded as uvicorn does it for ASGI
        if path != self._config.root_path + LIVE_PATH:
            self._successor = AsgiWebSocketProtocol(self._config, self._server_state, self._app_state)
            self._successor.connection_made(self._transport)
            self._successor.data_received(data)
        else:
            self._successor = self._upgrade(data)
        if self._successor is not None:
            # uvicorn sets this object as the transport's protocol when this call returns.
            asyncio.get_running_loop().call_soon(self._transport.set_protocol, self._successor)

    def eof_received(self) -> bool | None:
        return None if self._successor is None else self._successor.eof_received()

    def pause_writing(self) -> None:
        if self._successor is not None:
            self._successor.pause_writing()

    def resume_writing(self) -> None:
        if self._successor is not None:
            self._successor.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._successor is not None:
            self._successor.connection_lost(exc)

    def _upgrade(self, head: bytes) -> WebSocketConnection | None:
        """Answers the opening handshake (RFC 6455 section 4.2)."""
        server = Handshake()
        server.receive_data(head)
        requests = server.events_received()
        if not requests or not isinstance(requests[0], Request):
            self._transport.close()
            return None
        request = requests[0]
        response = server.accept(request)
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS and not self._gateway.accepts_connections():
            response = server.reject(
                HTTPStatus.SERVICE_UNAVAILABLE, "This gateway is starting or stopping. Try again in a second.\n"
            )
            response.headers["Retry-After"] = "1"
        server.send_response(response)
        self._transport.write(b"".join(server.data_to_send()))
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._transport.close()
            return None
        address = self._transport.get_extra_info("peername")
        return self._admit(self._gateway.identify_peer(address[0] if isinstance(address, tuple) else "", headers))

    def _admit(self, peer: Peer) -> WebSocketConnection | None:
        gateway = self._gateway
        try:
            gateway.admission.check(peer)
            connection = WebSocketConnection(self._transport, self._events, gateway.config.messages.max_bytes)
            connection.start(gateway.admission.admit(peer, connection))
        except NotAdmitted as refusal:
            # A browser hides the status of a refused handshake from the page, but not a close code.
            reason = refusal.code.name.lower() + (f": set {refusal.remedy}" if refusal.remedy else "")
            self._transport.write(close_frame(refusal.code, reason[:_REASON_MAX_CHARS]))
            self._transport.close()
            return None
        return connection
