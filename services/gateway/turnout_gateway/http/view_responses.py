"""The responses of reads: a view as a snapshot, with its position."""

from typing import Annotated, Any, Final
from urllib.parse import unquote

from fastapi import Path, Request, Response
from msgspec import Struct

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import EventNotFound, Invalid
from turnout_core.protocol.repeated_names import repeated_parameter, repetition
from turnout_core.web.openapi import json_body, problem_responses
from turnout_core.web.problems import POSITION_HEADER
from turnout_core.web.security_headers import VARY_BY_USER
from turnout_gateway.gateway import Gateway
from turnout_gateway.live.admission import Peer
from turnout_gateway.views.kinds import parse
from turnout_gateway.views.query import is_event_id
from turnout_gateway.views.shares import Owner

JSON: Final = "application/json"
_POSITION: Final[dict[str, Any]] = {
    POSITION_HEADER: {"description": "position `<epoch>-<seq>` of the response", "schema": {"type": "string"}}
}

EventId = Annotated[str, Path(description="the event's id")]


def responses_of(body: type[Struct], *statuses: int) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route: the struct, or a problem document with one of ``statuses``."""
    return {200: {"headers": _POSITION, **json_body(body)}, **problem_responses(*statuses, 422, 503)}


async def personal_view(gateway: Gateway, request: Request, requested_as: str, at_least: str | None) -> Response:
    """A view that depends on the user, or that few of them may see."""
    response = await read_view(gateway, request, requested_as, at_least)
    name, value = VARY_BY_USER
    response.headers[name] = value
    return response


async def read_view(gateway: Gateway, request: Request, requested_as: str, at_least: str | None) -> Response:
    """The view in the bytes of a live link."""
    refuse_repetition(request)
    position = parse_position(at_least)
    await gateway.wait_for(position)  # before the user is looked up: they may have signed up at that position
    peer = identify(gateway, request)
    user = peer.viewer.user
    address = parse(requested_as, user, gateway.views.kinds)
    frame = gateway.read(address, requested_as, peer.viewer, Owner(peer.remote_address, user))
    return Response(frame.payload, media_type=JSON, headers={POSITION_HEADER: frame.at})


def identify(gateway: Gateway, request: Request) -> Peer:
    """The peer that sent the request."""
    return gateway.identify_peer(request.client.host if request.client else "", request.headers, request.url.scheme)


def check_event_id(event: str) -> None:
    """Raises EventNotFound for other texts, such as one with a "?", after which an address has parameters."""
    if not is_event_id(event):
        raise EventNotFound


def refuse_repetition(request: Request) -> None:
    """Raises Invalid if the query has a parameter twice."""
    name = repeated_parameter(request.url.query)
    if name is not None:
        raise repetition(name)


def requested_address(path: str, request: Request) -> str:
    """The address of a view as the client spelt it, without ``at_least``. Only ``kinds.parse`` interprets it."""
    parts = [part for part in request.url.query.split("&") if part and unquote(part.partition("=")[0]) != "at_least"]
    return f"{path}?{'&'.join(parts)}" if parts else path


def parse_position(text: str | None) -> Position | None:
    """Reads ``at_least``. Raises Invalid."""
    if text is None:
        return None
    try:
        return Position.parse(text)
    except ValueError as error:
        raise Invalid(f"at_least: {error}") from None
