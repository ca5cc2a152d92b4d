"""uvicorn's own protocols, which here show the app their transport.

An app cannot end a connection that takes nothing: its task waits in ``send``, and a close waits for unsent data. Only
the transport can. It is among the scope's extensions, where an ASGI server describes itself.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from turnout_core.web.http_connection import HttpConnection

_EXTENSION: Final = "turnout.transport"


class HttpProtocol(HttpConnection):
    """Every request and response."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"transport": self.transport}}

    def handle_websocket_upgrade(self) -> None:
        """Drops the parser, which is no longer used: parser and protocol would form a cycle."""
        super().handle_websocket_upgrade()
        self.parser = None  # type: ignore[assignment] # as uvicorn leaves it when the connection is lost


class AsgiWebSocketProtocol(WebSocketsSansIOProtocol):
    """A WebSocket as a task of the app."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:  # the app is served, from the loop's next turn on
            self.scope["extensions"] = {**(self.scope["extensions"] or {}), _EXTENSION: {"transport": self.transport}}


def transport_of(scope: Mapping[str, Any]) -> asyncio.Transport | None:
    """The transport of the connection; None on a server that does not show it."""
    extension = (scope.get("extensions") or {}).get(_EXTENSION, {})
    return cast(asyncio.Transport | None, extension.get("transport"))
