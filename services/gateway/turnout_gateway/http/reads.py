"""Reads over HTTP: the same views, in the same bytes, as on a live link."""

from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request, Response

from turnout_core.domain import limits
from turnout_core.protocol.items import Seating
from turnout_core.protocol.messages import Snapshot
from turnout_core.web.problems import POSITION_HEADER
from turnout_gateway.gateway import Gateway
from turnout_gateway.http.oembed_document import OEmbed
from turnout_gateway.http.queries import AtLeast, CalendarQuery, EventsQuery, PeopleQuery, TagsQuery
from turnout_gateway.http.view_responses import (
    JSON,
    EventId,
    check_event_id,
    identify,
    parse_position,
    read_view,
    refuse_repetition,
    requested_address,
    responses_of,
)
from turnout_gateway.views.attendee_pages import AttendeesPage, read_page

RESPONSE_STRUCTS: Final = (Snapshot, AttendeesPage, OEmbed)
"""The bodies of the responses."""


def routes(gateway: Gateway) -> APIRouter:
    """The reads of ``gateway``."""
    router = APIRouter(tags=["views"])

    @router.get("/api/events", operation_id="list_events", summary="List events", responses=responses_of(Snapshot))
    async def list_events(request: Request, query: Annotated[EventsQuery, Query()]) -> Response:
        """A window of the matching events, and the total number of matching events."""
        return await read_view(gateway, request, requested_address("events", request), query.at_least)

    @router.get(
        "/api/calendar", operation_id="get_calendar", summary="Count events by day", responses=responses_of(Snapshot)
    )
    async def get_calendar(request: Request, query: Annotated[CalendarQuery, Query()]) -> Response:
        """The days of a month on which matching events start, each with their number."""
        return await read_view(gateway, request, requested_address("calendar", request), query.at_least)

    @router.get("/api/tags", operation_id="list_tags", summary="List tags", responses=responses_of(Snapshot))
    async def list_tags(request: Request, query: Annotated[TagsQuery, Query()]) -> Response:
        """The most frequent tags, each with its number of events."""
        return await read_view(gateway, request, requested_address("tags", request), query.at_least)

    @router.get(
        "/api/events/{event}", operation_id="get_event", summary="Read one event", responses=responses_of(Snapshot, 404)
    )
    async def get_event(request: Request, event: EventId, at_least: AtLeast = None) -> Response:
        """One event, its first attendees and its number of viewers."""
        check_event_id(event)
        return await read_view(gateway, request, f"events/{event}", at_least)

    @router.get(
        "/api/events/{event}/people",
        operation_id="list_people",
        summary="List a window of the people of an event",
        responses=responses_of(Snapshot, 403, 404),
    )
    async def list_people(request: Request, event: EventId, query: Annotated[PeopleQuery, Query()]) -> Response:
        """People of an event in the order of joining, and the total number of matching people."""
        check_event_id(event)
        return await read_view(gateway, request, requested_address(f"events/{event}/people", request), query.at_least)

    @router.get(
        "/api/events/{event}/attendees",
        operation_id="list_attendees",
        summary="List the attendees of an event",
        responses=responses_of(AttendeesPage, 403, 404),
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
        refuse_repetition(request)
        state = await gateway.wait_for(parse_position(at_least))
        viewer = gateway.views.identify(identify(gateway, request).viewer)
        answer = read_page(state, event, viewer, status, after, limit)
        return Response(msgspec.json.encode(answer), media_type=JSON, headers={POSITION_HEADER: answer.at})

    return router
