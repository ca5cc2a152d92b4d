"""uvicorn's protocols, extended with access to the transport.

An app cannot end a connection whose client reads nothing: its task waits in ``send``, and a close waits for unsent
data. Only the transport can abort it. The app finds it in the scope's extensions (ASGI specification, "Extensions").
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from turnout_core.web.http_connection import HttpConnection
from turnout_gateway.transport.handshake import Handshake

_EXTENSION: Final = "turnout.transport"


class HttpProtocol(HttpConnection):
    """HTTP, with the transport in the scope of each request."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"transport": self.transport}}

    def handle_websocket_upgrade(self) -> None:
        """Drops the parser, which is no longer used: parser and protocol would form a cycle."""
        super().handle_websocket_upgrade()
        self.parser = None  # type: ignore[assignment] # as uvicorn leaves it when the connection is lost


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
