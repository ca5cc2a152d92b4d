"""uvicorn's protocols, extended with access to the transport.

An app cannot end a connection whose client reads nothing: its task waits in ``send``, and a close waits for unsent
data. Only the transport can abort it. The app finds it in the scope's extensions (ASGI specification, "Extensions").
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import unquote

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.http11 import Request

from turnout_core.web.http_connection import HttpConnection
from turnout_gateway.live.admission import LIVE_PATH
from turnout_gateway.transport.handshake import Handshake
from turnout_gateway.transport.upgrade import LiveUpgrade

_EXTENSION: Final = "turnout.transport"


class HttpProtocol(HttpConnection):
    """HTTP, with the transport in the scope of each request. ``live`` upgrades the connections to the live path."""

    def __init__(self, live: LiveUpgrade, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._live = live

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"transport": self.transport}}

    def hand_over(self) -> None:
        """Drops the parser, which is no longer used: parser and protocol would form a cycle."""
        if unquote(self.url.partition(b"?")[0].decode("latin-1")) == LIVE_PATH:  # decoded as uvicorn does it for ASGI
            self.connections.discard(self)
            address = self.client[0] if self.client is not None else ""
            successor = self._live.upgrade(self.transport, address, self._request())
            if successor is not None:
                self.transport.set_protocol(successor)
        else:
            super().hand_over()
        self.parser = None  # type: ignore[assignment] # as uvicorn leaves it when the connection is lost

    def _request(self) -> Request:
        headers = Headers()
        for name, value in self.headers:
            headers.set_insecure(name.decode("latin-1"), value.decode("latin-1"))  # the parser has checked the value
        return Request(self.url.decode("latin-1"), headers, self.scope["method"], f"HTTP/{self.scope['http_version']}")


class AsgiWebSocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket that the app serves in a task, with the transport in its scope. It is never compressed."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = Handshake(max_size=self.config.ws_max_size, logger=self.logger)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:  # the app runs from the next iteration of the loop
            self.scope["extensions"] = {**(self.scope["extensions"] or {}), _EXTENSION: {"transport": self.transport}}


def transport_of(scope: Mapping[str, Any]) -> asyncio.Transport | None:
    """The transport of the connection; None on a server without this extension."""
    extension = (scope.get("extensions") or {}).get(_EXTENSION, {})
    return cast(asyncio.Transport | None, extension.get("transport"))
