"""The live link as an ordinary ASGI WebSocket, for servers without our protocol class (``upgrade``)."""

import asyncio

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from turnout_core.protocol.messages import Close
from turnout_gateway.gateway import Gateway
from turnout_gateway.live.admission import LIVE_PATH, NotAdmitted
from turnout_gateway.transport.asgi_connection import address_of, prepare_abort
from turnout_gateway.transport.queue_sink import QueueClient


def routes(gateway: Gateway) -> APIRouter:
    """The WebSocket route of ``gateway``."""
    router = APIRouter(tags=["live"])

    @router.websocket(LIVE_PATH)
    async def live(socket: WebSocket) -> None:
        if not gateway.accepts_connections():
            await socket.close(Close.BEHIND)
            return
        peer = gateway.identify_peer(address_of(socket.client), socket.headers)
        await socket.accept()
        try:
            gateway.admission.check(peer)
            client = QueueClient(gateway, peer, prepare_abort(socket.scope))
        except NotAdmitted as refusal:
            await socket.close(refusal.code)
            return
        writer = asyncio.create_task(_write(socket, client))
        try:
            while (message := await socket.receive())["type"] != "websocket.disconnect":
                client.on_message(message.get("text") or b"")
        finally:
            client.disconnect()
            writer.cancel()

    return router


async def _write(socket: WebSocket, client: QueueClient) -> None:
    try:
        while (frame := await client.sink.next()) is not None:
            await socket.send_text(frame.payload.decode())
        if client.sink.close_code is not None:
            await socket.close(client.sink.close_code)
    except (WebSocketDisconnect, RuntimeError):  # the client has disconnected; the reader ends too
        client.sink.abort()
