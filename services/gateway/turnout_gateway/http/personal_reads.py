"""Reads that depend on the user, or that few people may see."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from turnout_core.protocol.messages import Snapshot
from turnout_gateway.gateway import Gateway
from turnout_gateway.http.queries import AtLeast, CalendarQuery, EventsQuery, TagsQuery
from turnout_gateway.http.view_responses import (
    EventId,
    check_event_id,
    personal_view,
    requested_address,
    responses_of,
)


def routes(gateway: Gateway) -> APIRouter:
    """The reads of hosts, of moderators, and of each user about themselves."""
    router = APIRouter(tags=["views"])

    @router.get(
        "/api/events/{event}/desk",
        operation_id="get_desk",
        summary="Read what the hosts of an event see",
        responses=responses_of(Snapshot, 403, 404),
    )
    async def get_desk(request: Request, event: EventId, at_least: AtLeast = None) -> Response:
        """Requests, invitations, people who are kept out, and notes; for hosts."""
        check_event_id(event)
        return await personal_view(gateway, request, requested_address(f"events/{event}/desk", request), at_least)

    @router.get(
        "/api/me", operation_id="get_me", summary="Read one's own events", responses=responses_of(Snapshot, 401)
    )
    async def get_me(request: Request, query: Annotated[EventsQuery, Query()]) -> Response:
        """The signed-in user and the first of their events, which they host, attend, ask to join or are invited to.

        With parameters, a window of these events.
        """
        return await personal_view(gateway, request, requested_address("me", request), query.at_least)

    @router.get(
        "/api/me/calendar",
        operation_id="get_my_calendar",
        summary="Count one's own events by day",
        responses=responses_of(Snapshot, 401),
    )
    async def get_my_calendar(request: Request, query: Annotated[CalendarQuery, Query()]) -> Response:
        """The days of a month on which matching events of the signed-in user start, each with their number."""
        return await personal_view(gateway, request, requested_address("me/calendar", request), query.at_least)

    @router.get(
        "/api/me/tags",
        operation_id="list_my_tags",
        summary="List the tags of one's own events",
        responses=responses_of(Snapshot, 401),
    )
    async def list_my_tags(request: Request, query: Annotated[TagsQuery, Query()]) -> Response:
        """The most frequent tags of the signed-in user's events, each with its number of events."""
        return await personal_view(gateway, request, requested_address("me/tags", request), query.at_least)

    @router.get(
        "/api/me/account",
        operation_id="get_account",
        summary="Read one's own sessions and ways back",
        responses=responses_of(Snapshot, 401),
    )
    async def get_account(request: Request, at_least: AtLeast = None) -> Response:
        """The devices on which the signed-in user is signed in, and the ways on which they come back."""
        return await personal_view(gateway, request, requested_address("me/account", request), at_least)

    @router.get(
        "/api/me/notices",
        operation_id="list_notices",
        summary="List one's own notices",
        responses=responses_of(Snapshot, 401),
    )
    async def list_notices(request: Request, at_least: AtLeast = None) -> Response:
        """The notices of the signed-in user about their events, the newest first, and how many are unread."""
        return await personal_view(gateway, request, requested_address("me/notices", request), at_least)

    @router.get(
        "/api/moderation",
        operation_id="list_reports",
        summary="List open reports",
        responses=responses_of(Snapshot, 401, 403),
    )
    async def list_reports(request: Request, at_least: AtLeast = None) -> Response:
        """The open reports, the oldest first; for moderators."""
        return await personal_view(gateway, request, requested_address("moderation", request), at_least)

    @router.get(
        "/api/moderation/audit",
        operation_id="list_audit",
        summary="List acts of moderation",
        responses=responses_of(Snapshot, 401, 403),
    )
    async def list_audit(request: Request, at_least: AtLeast = None) -> Response:
        """The acts of moderators and the operator, the newest first; for moderators."""
        return await personal_view(gateway, request, requested_address("moderation/audit", request), at_least)

    return router
