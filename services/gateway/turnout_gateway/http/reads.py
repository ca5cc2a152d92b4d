"""Reads over HTTP: the same views, in the same bytes, as on a live link."""

from typing import Annotated, Any, Final
from urllib.parse import unquote

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from msgspec import Struct

from turnout_core.domain import limits
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import EventNotFound, Invalid
from turnout_core.protocol.items import Seating
from turnout_core.protocol.messages import Snapshot
from turnout_core.protocol.repeated_names import repeated_parameter, repetition
from turnout_core.web.openapi import json_body, problem_responses
from turnout_core.web.problems import POSITION_HEADER
from turnout_core.web.security_headers import VARY_BY_USER
from turnout_gateway.gateway import Gateway
from turnout_gateway.http.queries import AtLeast, CalendarQuery, EventsQuery, MeQuery, PeopleQuery, TagsQuery
from turnout_gateway.live.admission import Peer
from turnout_gateway.views.attendee_pages import AttendeesPage, read_page
from turnout_gateway.views.kinds import parse
from turnout_gateway.views.query import is_event_id
from turnout_gateway.views.shares import Owner

RESPONSE_STRUCTS: Final = (Snapshot, AttendeesPage)
"""The bodies of the responses."""

_JSON: Final = "application/json"
_POSITION: Final[dict[str, Any]] = {
    POSITION_HEADER: {"description": "position `<epoch>-<seq>` of the response", "schema": {"type": "string"}}
}

EventId = Annotated[str, Path(description="the event's id")]


def _responses(body: type[Struct], *statuses: int) -> dict[int | str, dict[str, Any]]:
    return {200: {"headers": _POSITION, **json_body(body)}, **problem_responses(*statuses, 422, 503)}


def routes(gateway: Gateway) -> APIRouter:
    """The reads of ``gateway``."""
    router = APIRouter(tags=["views"])

    @router.get("/api/events", operation_id="list_events", summary="List events", responses=_responses(Snapshot))
    async def list_events(request: Request, query: Annotated[EventsQuery, Query()]) -> Response:
        """A window of the matching events, and the total number of matching events."""
        return await _view(gateway, request, _address("events", request), query.at_least)

    @router.get(
        "/api/calendar", operation_id="get_calendar", summary="Count events by day", responses=_responses(Snapshot)
    )
    async def get_calendar(request: Request, query: Annotated[CalendarQuery, Query()]) -> Response:
        """The days of a month on which matching events start, each with their number."""
        return await _view(gateway, request, _address("calendar", request), query.at_least)

    @router.get("/api/tags", operation_id="list_tags", summary="List tags", responses=_responses(Snapshot))
    async def list_tags(request: Request, query: Annotated[TagsQuery, Query()]) -> Response:
        """The most frequent tags, each with its number of events."""
        return await _view(gateway, request, _address("tags", request), query.at_least)

    @router.get(
        "/api/events/{event}", operation_id="get_event", summary="Read one event", responses=_responses(Snapshot, 404)
    )
    async def get_event(request: Request, event: EventId, at_least: AtLeast = None) -> Response:
        """One event, its first attendees and its number of viewers."""
        _check_event_id(event)
        return await _view(gateway, request, f"events/{event}", at_least)

    @router.get(
        "/api/events/{event}/people",
        operation_id="list_people",
        summary="List a window of the people of an event",
        responses=_responses(Snapshot, 404),
    )
    async def list_people(request: Request, event: EventId, query: Annotated[PeopleQuery, Query()]) -> Response:
        """People of an event in the order of joining, and the total number of matching people."""
        _check_event_id(event)
        return await _view(gateway, request, _address(f"events/{event}/people", request), query.at_least)

    @router.get(
        "/api/events/{event}/attendees",
        operation_id="list_attendees",
        summary="List the attendees of an event",
        responses=_responses(AttendeesPage, 404),
    )
    async def list_attendees(
        request: Request,
        event: EventId,
        status: Annotated[Seating, Query(description="attendees with a seat, or on the waitlist")] = "going",
        after: Annotated[int, Query(description="`rank` of the last attendee of the previous page", ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=limits.PAGE_MAX_ITEMS)] = limits.ATTENDEES_WINDOW_ITEMS,
        at_least: AtLeast = None,
    ) -> Response:
        """A page of attendees, in the order of joining."""
        _refuse_repetition(request)
        state = await gateway.wait_for(_parse_position(at_least))
        viewer = gateway.views.identify(_identify(gateway, request).viewer)
        answer = read_page(state, event, viewer, status, after, limit)
        return Response(msgspec.json.encode(answer), media_type=_JSON, headers={POSITION_HEADER: answer.at})

    @router.get("/api/me", operation_id="get_me", summary="Read one's own events", responses=_responses(Snapshot, 401))
    async def get_me(request: Request, query: Annotated[MeQuery, Query()]) -> Response:
        """The events that the signed-in user organizes, attends or waits for; with words, those that match."""
        response = await _view(gateway, request, _address("me", request), query.at_least)
        name, value = VARY_BY_USER
        response.headers[name] = value
        return response

    return router


async def _view(gateway: Gateway, request: Request, requested_as: str, at_least: str | None) -> Response:
    _refuse_repetition(request)
    position = _parse_position(at_least)
    await gateway.wait_for(position)  # before the user is looked up: they may have signed up at that position
    peer = _identify(gateway, request)
    user = peer.viewer.user
    address = parse(requested_as, user, gateway.views.kinds)
    frame = gateway.read(address, requested_as, peer.viewer, Owner(peer.remote_address, user))
    return Response(frame.payload, media_type=_JSON, headers={POSITION_HEADER: frame.at})


def _identify(gateway: Gateway, request: Request) -> Peer:
    return gateway.identify_peer(request.client.host if request.client else "", request.headers, request.url.scheme)


def _check_event_id(event: str) -> None:
    """Raises EventNotFound for other texts, such as one with a "?", after which an address has parameters."""
    if not is_event_id(event):
        raise EventNotFound


def _refuse_repetition(request: Request) -> None:
    name = repeated_parameter(request.url.query)
    if name is not None:
        raise repetition(name)


def _address(path: str, request: Request) -> str:
    """The address of a view as the client spelt it, without ``at_least``. Only ``kinds.parse`` interprets it."""
    parts = [part for part in request.url.query.split("&") if part and unquote(part.partition("=")[0]) != "at_least"]
    return f"{path}?{'&'.join(parts)}" if parts else path


def _parse_position(text: str | None) -> Position | None:
    if text is None:
        return None
    try:
        return Position.parse(text)
    except ValueError as error:
        raise Invalid(f"at_least: {error}") from None
