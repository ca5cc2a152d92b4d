"""uvicorn's own protocols, which here tell the app their transport.

An app can not end a connection that takes nothing: its task waits in ``send``, and to close is to wait for what was
sent. Only the transport can. It is among the scope's extensions, where an ASGI server says what it knows besides.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

_EXTENSION: Final = "turnout.transport"


class OrdinaryHttp(HttpToolsProtocol):
    """Every request and answer."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"transport": self.transport}}

    def handle_websocket_upgrade(self) -> None:
        """Nothing is parsed here any more; the two would only keep each other, until somebody looks for cycles."""
        super().handle_websocket_upgrade()
        self.parser = None  # type: ignore[assignment] # as uvicorn leaves it when the connection is lost


class OrdinarySocket(WebSocketsSansIOProtocol):
    """A WebSocket as a task of the app."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:  # the app is served, from the loop's next turn on
            self.scope["extensions"] = {**(self.scope["extensions"] or {}), _EXTENSION: {"transport": self.transport}}


def transport_of(scope: Mapping[str, Any]) -> asyncio.Transport | None:
    """What carries the connection; None on a server that does not tell."""
    told = (scope.get("extensions") or {}).get(_EXTENSION, {})
    return cast(asyncio.Transport | None, told.get("transport"))
