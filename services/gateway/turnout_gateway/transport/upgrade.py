"""Upgrades connections to the live path: the hub serves their WebSockets, without an ASGI task each."""

import asyncio
from http import HTTPStatus
from typing import Final

from websockets.http11 import Request

from turnout_gateway.gateway import Gateway
from turnout_gateway.live.admission import NotAdmitted, Peer
from turnout_gateway.transport.handshake import respond
from turnout_gateway.transport.websocket import ConnectionEvents, WebSocketConnection
from turnout_gateway.wire.frames_in import close_frame

_REASON_MAX_CHARS: Final = 123  # of ASCII: the room in a control frame beside the code (RFC 6455 section 5.5)


class LiveUpgrade:
    """Upgrades connections to WebSockets of ``gateway``, whose events go to ``events``."""

    def __init__(self, gateway: Gateway, events: ConnectionEvents) -> None:
        self._gateway = gateway
        self._events = events

    def upgrade(self, transport: asyncio.Transport, address: str, request: Request) -> WebSocketConnection | None:
        """Answers the opening handshake of the peer at ``address``, which is empty if it has none.

        Returns the new protocol of ``transport``; None if it closes.
        """
        response = respond(request, is_available=self._gateway.accepts_connections())
        transport.write(response.serialize())
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            transport.close()
            return None
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        try:
            return self._admit(transport, self._gateway.identify_peer(address, headers))
        except NotAdmitted as refusal:
            # A browser hides the status of a refused handshake from the page, but not a close code.
            reason = refusal.code.name.lower() + (f": set {refusal.remedy}" if refusal.remedy else "")
            transport.write(close_frame(refusal.code, reason[:_REASON_MAX_CHARS]))
            transport.close()
            return None

    def _admit(self, transport: asyncio.Transport, peer: Peer) -> WebSocketConnection:
        gateway = self._gateway
        gateway.admission.check(peer)
        connection = WebSocketConnection(transport, self._events, gateway.config.messages.max_bytes)
        connection.start(gateway.admission.admit(peer, connection))
        return connection
