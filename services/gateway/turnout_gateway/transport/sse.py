"""The live link where there is no WebSocket at protocol level: server-sent events, and a plain ASGI WebSocket."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, Response, WebSocket
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Invalid, Rejection, Unavailable
from turnout_core.domain.state import User
from turnout_core.protocol.messages import VIEW_ADDRESS_MAX_CHARS, Close
from turnout_core.web.problems import POSITION_HEADER, problem_responses
from turnout_gateway.gateway import Gateway
from turnout_gateway.live.admission import LIVE_PATH
from turnout_gateway.transport.queue_sink import PulledClient
from turnout_gateway.transport.uvicorn_protocols import transport_of
from turnout_gateway.transport.websocket import tune
from turnout_gateway.views.address import parse
from turnout_gateway.wire.frame_out import Frame

VIEWS_MAX: Final = 20
RETRY_MS: Final = 2_000
_NOTHING: Final = "-"  # the place in an event id of a view of which nothing has been sent yet

_EVENTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Server-sent events; `data` is a message of the live protocol (docs/protocol.md).",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    **problem_responses(406, 422, 503),
}


class NotAcceptable(Invalid):
    """Only events can be sent here, and the client does not take them."""

    status = 406


def routes(gateway: Gateway) -> APIRouter:
    """The live links of ``gateway``."""
    router = APIRouter(tags=["live"])

    @router.get(LIVE_PATH, operation_id="watch", response_class=Response, responses=_EVENTS)
    async def watch(
        request: Request,
        view: Annotated[list[str], Query(description="addresses of views", min_length=1, max_length=VIEWS_MAX)],
        last_event_id: Annotated[str | None, Header(description="resumes; browsers send it by themselves")] = None,
    ) -> Response:
        """Live views. A WebSocket speaks docs/protocol.md here; `Accept: text/event-stream` gets the same as events."""
        return _watch(gateway, request, view, last_event_id)

    @router.websocket(LIVE_PATH)
    async def live(socket: WebSocket) -> None:
        await _live(gateway, socket)

    return router


def _watch(gateway: Gateway, request: Request, view: list[str], last_event_id: str | None) -> Response:
    accepted = request.headers.get("accept", "*/*")
    if not any(kind in accepted for kind in ("text/event-stream", "text/*", "*/*")):
        raise NotAcceptable("Open a WebSocket here, or accept text/event-stream.")
    if any(len(each) > VIEW_ADDRESS_MAX_CHARS for each in view):
        raise Invalid(f"A view's address has at most {VIEW_ADDRESS_MAX_CHARS} characters.")
    user = gateway.user(request.headers.get("cookie"), request.headers.get("authorization"))
    place = gateway.door.place(request.client.host if request.client else "", request.headers)
    if not gateway.open() or gateway.refuses(place, user, request.headers) is not None:
        raise Unavailable("This gateway takes no more links, or none from this page.")
    hang_up = _supervised(request.scope)
    return _Stream(_events(gateway, user, place, hang_up, view, last_event_id), str(gateway.views.position))


class _Stream(StreamingResponse):
    """Ends its events itself: where the connection ends while one is being sent, they would only be forgotten."""

    def __init__(self, events: AsyncGenerator[bytes, None], position: str) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", POSITION_HEADER: position}
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._events.aclose()


def _supervised(scope: Mapping[str, Any]) -> Callable[[], object]:
    """Has dead peers found, as on every link. Returns what ends the connection at once, whatever waits for it."""
    transport = transport_of(scope)
    if transport is not None:
        tune(transport)
        return transport.abort
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a request is served by one
    return task.cancel


async def _events(
    gateway: Gateway,
    user: User | None,
    place: str,
    hang_up: Callable[[], object],
    asked: Sequence[str],
    last_id: str | None,
) -> AsyncGenerator[bytes, None]:
    client = PulledClient(gateway, user, place, hang_up)
    try:
        names = _names(asked, user)
        ats = _resumed(names, last_id)
        for name, spelt in zip(names, asked, strict=True):
            client.watch(spelt, None if ats[name] == _NOTHING else ats[name])
        yield b"retry: %d\n\n" % RETRY_MS
        while (frame := await client.sink.next()) is not None:
            yield _event(frame, ats)
    finally:
        client.leave()


def _names(asked: Sequence[str], user: User | None) -> list[str]:
    """The canonical addresses; what is no address is answered with a fail."""
    names = []
    for each in asked:
        try:
            names.append(parse(each, user.id if user else None).canonical)
        except Rejection:
            names.append(each)
    return names


def _resumed(names: Sequence[str], last_id: str | None) -> dict[str, str]:
    """Where the client is with each view.

    An event id names the position of every view, in the order of the request: when a connection breaks, some have been
    told what others have not.
    """
    ats = dict.fromkeys(names, _NOTHING)
    parts = (last_id or "").split(",")
    if len(parts) == len(ats):
        ats.update({name: part for name, part in zip(ats, parts, strict=True) if _is_position(part)})
    return ats


def _is_position(text: str) -> bool:
    try:
        Position.parse(text)
    except ValueError:
        return False
    return True


def _event(frame: Frame, ats: dict[str, str]) -> bytes:
    if frame.kind == "beat":
        return b": beat\n\n"
    if frame.view in ats and frame.at:
        ats[frame.view] = frame.at
        return b"id: " + ",".join(ats.values()).encode() + b"\ndata: " + frame.payload + b"\n\n"
    return b"data: " + frame.payload + b"\n\n"


async def _live(gateway: Gateway, socket: WebSocket) -> None:
    """The same conversation on a server that knows nothing of ``wire``."""
    if not gateway.open():
        await socket.close(Close.BEHIND)
        return
    user = gateway.user(socket.headers.get("cookie"), socket.headers.get("authorization"))
    place = gateway.door.place(socket.client.host if socket.client else "", socket.headers)
    refusal = gateway.refuses(place, user, socket.headers)
    await socket.accept()
    if refusal is not None:
        await socket.close(refusal)
        return
    client = PulledClient(gateway, user, place, _supervised(socket.scope))
    writer = asyncio.create_task(_write(socket, client))
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                break
            client.received(message.get("text") or b"")
    finally:
        client.leave()
        writer.cancel()


async def _write(socket: WebSocket, client: PulledClient) -> None:
    try:
        while (frame := await client.sink.next()) is not None:
            await socket.send_text(frame.payload.decode())
        if client.sink.code is not None:
            await socket.close(client.sink.code)
    except (WebSocketDisconnect, RuntimeError):  # the client is gone; the reader notices too
        client.sink.abort()
