"""The WebSocket at uvicorn's protocol level: ``uvicorn.Config(ws=partial(Wire, gateway))``.

uvicorn reads the request head, and gives it and the transport to an object of this class. The live path is spoken here,
without an ASGI task per client; every other path gets uvicorn's ordinary protocol.
"""

import asyncio
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import unquote

from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.http11 import Request
from websockets.server import ServerProtocol

from turnout_core.domain.rejections import Unavailable
from turnout_core.protocol.messages import Close
from turnout_gateway.gateway import Gateway
from turnout_gateway.live.admission import LIVE_PATH
from turnout_gateway.transport.conversation import Talk
from turnout_gateway.transport.uvicorn_protocols import OrdinarySocket
from turnout_gateway.transport.websocket import Link
from turnout_gateway.wire.frames_in import close_frame


class Wire(asyncio.Protocol):
    """Stands at the transport until it is known which protocol is spoken; then hands it over."""

    def __init__(
        self,
        gateway: Gateway,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._gateway = gateway
        self._config = config
        self._server_state = server_state
        self._app_state = app_state
        self._transport: asyncio.Transport
        self._heir: asyncio.Protocol | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvicorn listens on streams only

    def data_received(self, data: bytes) -> None:
        """The request head, whole, as uvicorn has put it together."""
        if self._heir is not None:  # the loop had more bytes at hand before the transport was handed over
            self._heir.data_received(data)
            return
        path = unquote(data.split(b" ", 2)[1].partition(b"?")[0].decode("latin-1"))  # as the app would read it
        if path != self._config.root_path + LIVE_PATH:
            self._heir = OrdinarySocket(self._config, self._server_state, self._app_state)
            self._heir.connection_made(self._transport)
            self._heir.data_received(data)
        else:
            self._heir = self._shake_hands(self._gateway, data)
        if self._heir is not None:
            # uvicorn sets this object as the transport's protocol when this call returns.
            asyncio.get_running_loop().call_soon(self._transport.set_protocol, self._heir)

    def eof_received(self) -> bool | None:
        return None if self._heir is None else self._heir.eof_received()

    def pause_writing(self) -> None:
        if self._heir is not None:
            self._heir.pause_writing()

    def resume_writing(self) -> None:
        if self._heir is not None:
            self._heir.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._heir is not None:
            self._heir.connection_lost(exc)

    def _shake_hands(self, gateway: Gateway, head: bytes) -> Link | None:
        server = ServerProtocol()
        server.receive_data(head)
        requests = server.events_received()
        if not requests or not isinstance(requests[0], Request):
            self._transport.close()
            return None
        request = requests[0]
        response = server.accept(request)
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS and not gateway.open():
            response = server.reject(HTTPStatus.SERVICE_UNAVAILABLE, "Not ready, or draining: come back soon.\n")
            response.headers["Retry-After"] = "1"
        server.send_response(response)
        self._transport.write(b"".join(server.data_to_send()))
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._transport.close()
            return None
        peer = self._transport.get_extra_info("peername")
        place = gateway.door.place(peer[0] if isinstance(peer, tuple) else "", headers)
        return self._admit(gateway, place, headers)

    def _admit(self, gateway: Gateway, place: str, headers: dict[str, str]) -> Link | None:
        user = gateway.user(headers.get("cookie"), headers.get("authorization"))
        refusal = gateway.refuses(place, user, headers)
        if refusal is None:
            link = Link(self._transport, Talk(gateway), gateway.allowance.message_max_bytes)
            try:
                client = gateway.enter(link, user, place)
            except Unavailable:
                refusal = Close.BEHIND
            else:
                link.begin(client)
                return link
        # A browser hides the status of a refused handshake from the page, but not a close code.
        self._transport.write(close_frame(refusal, refusal.name.lower()))
        self._transport.close()
        return None
