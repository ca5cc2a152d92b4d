"""The live link as server-sent events (WHATWG HTML, "Server-sent events")."""

from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from turnout_core.domain import limits
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Invalid, Rejection, Unavailable
from turnout_core.protocol.messages import Close
from turnout_core.protocol.repeated_names import repeated_parameter, repetition
from turnout_core.web.openapi import problem_responses
from turnout_core.web.origin import other_origin
from turnout_core.web.problems import POSITION_HEADER
from turnout_gateway.gateway import Gateway
from turnout_gateway.live.admission import LIVE_PATH, NotAdmitted, Peer
from turnout_gateway.transport.asgi_connection import address_of, prepare_abort
from turnout_gateway.transport.queue_sink import QueueClient
from turnout_gateway.views.kinds import parse
from turnout_gateway.wire.frame_out import Frame

RETRY_MS: Final = 2_000
_NO_POSITION: Final = "-"  # in an event id: no frame of this view has been sent yet

_EVENTS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Server-sent events; `data` is a message of the live protocol (docs/protocol.md).",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    **problem_responses(403, 406, 422, 503),
}


class NotAcceptable(Invalid):
    """The client accepts no server-sent events, the only type of this resource (RFC 9110 section 15.5.7)."""

    status = 406


def routes(gateway: Gateway) -> APIRouter:
    """The route of server-sent events of ``gateway``."""
    router = APIRouter(tags=["live"])

    @router.get(
        LIVE_PATH,
        operation_id="watch",
        summary="Watch views (server-sent events)",
        response_class=Response,
        responses=_EVENTS,
    )
    async def watch(
        request: Request,
        view: Annotated[
            list[str], Query(description="addresses of views", min_length=1, max_length=limits.VIEWS_PER_STREAM_MAX)
        ],
        last_event_id: Annotated[
            str | None,
            Header(description="id of the last event, to resume after it; browsers send it when they reconnect"),
        ] = None,
    ) -> Response:
        """Sends the messages of the live protocol as events. A WebSocket on this path uses docs/protocol.md."""
        accepted = request.headers.get("accept", "*/*")
        if not any(kind in accepted for kind in ("text/event-stream", "text/*", "*/*")):
            raise NotAcceptable("Open a WebSocket here, or accept text/event-stream.")
        repeated = repeated_parameter(request.url.query, repeatable=("view",))
        if repeated is not None:
            raise repetition(repeated)
        if any(len(each) > limits.VIEW_ADDRESS_MAX_CHARS for each in view):
            raise Invalid(f"A view's address has at most {limits.VIEW_ADDRESS_MAX_CHARS} characters.")
        peer = gateway.identify_peer(address_of(request.client), request.headers, request.url.scheme)
        try:
            gateway.admission.check(peer)
        except NotAdmitted as refusal:
            if refusal.code is Close.FORBIDDEN:
                raise other_origin(peer.headers["origin"], peer.scheme, peer.headers.get("host", "")) from None
            raise _not_admitted() from None
        if not gateway.accepts_connections():
            raise _not_admitted()
        events = _events(gateway, peer, prepare_abort(request.scope), view, last_event_id)
        return _EventStream(events, str(gateway.views.position))

    return router


def _not_admitted() -> Unavailable:
    return Unavailable("This gateway accepts no more links at the moment.")


class _EventStream(StreamingResponse):
    """A stream that closes its generator. Starlette only drops it if the connection ends while an event is sent."""

    def __init__(self, events: AsyncGenerator[bytes, None], position: str) -> None:
        headers = {"X-Accel-Buffering": "no", POSITION_HEADER: position}
        super().__init__(events, media_type="text/event-stream", headers=headers)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._events.aclose()


async def _events(
    gateway: Gateway, peer: Peer, abort: Callable[[], object], requested: Sequence[str], last_id: str | None
) -> AsyncGenerator[bytes, None]:
    client = QueueClient(gateway, peer, abort)
    try:
        names = _canonical_addresses(gateway, requested, peer.viewer.user)
        positions = _resume_positions(names, last_id)
        for name, requested_as in zip(names, requested, strict=True):
            client.watch(requested_as, None if positions[name] == _NO_POSITION else positions[name])
        yield b"retry: %d\n\n" % RETRY_MS
        while (frame := await client.sink.next()) is not None:
            yield _encode_event(frame, positions)
    finally:
        client.disconnect()


def _canonical_addresses(gateway: Gateway, requested: Sequence[str], user: str | None) -> list[str]:
    """The canonical addresses. An invalid address stays as it is; the hub answers it with a fail."""
    names = []
    for each in requested:
        try:
            names.append(parse(each, user, gateway.views.kinds).canonical)
        except Rejection:
            names.append(each)
    return names


def _resume_positions(names: Sequence[str], last_id: str | None) -> dict[str, str]:
    """The position of the client in each view, from the id of its last event.

    An event id has the position of every view, in the order of the request. When a connection breaks, some views may
    be at later positions than others.
    """
    positions = dict.fromkeys(names, _NO_POSITION)
    parts = (last_id or "").split(",")
    if len(parts) == len(positions):
        positions.update({name: part for name, part in zip(positions, parts, strict=True) if _is_position(part)})
    return positions


def _is_position(text: str) -> bool:
    try:
        Position.parse(text)
    except ValueError:
        return False
    return True


def _encode_event(frame: Frame, positions: dict[str, str]) -> bytes:
    if frame.kind == "beat":
        return b": beat\n\n"
    if frame.view in positions and frame.at:
        positions[frame.view] = frame.at
        return b"id: " + ",".join(positions.values()).encode() + b"\ndata: " + frame.payload + b"\n\n"
    return b"data: " + frame.payload + b"\n\n"
