"""Events and feeds as calendar files."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from turnout_core.calendar.feeds import own_entries, own_entry, public_entries
from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_gateway.gateway import Gateway
from turnout_gateway.http.calendar_responses import (
    FOR_ALL,
    FOR_HOLDER,
    FOR_ONE,
    CalendarResponse,
    calendar_response,
    calendar_responses,
)
from turnout_gateway.http.public_site import PublicSite
from turnout_gateway.http.queries import AtLeast, FeedQuery
from turnout_gateway.http.view_responses import EventId, identify, parse_position, refuse_repetition
from turnout_gateway.views.query import parse_tag
from turnout_gateway.views.visibility import visible_event

_NAME: Final = "Turnout"


def routes(gateway: Gateway, site: PublicSite) -> APIRouter:
    """The calendars of ``gateway``, with links to the pages of ``site``."""
    router = APIRouter(tags=["calendars"], default_response_class=CalendarResponse)

    @router.get(
        "/api/events/{event}.ics",
        operation_id="get_event_calendar",
        summary="Read one event as a calendar file",
        responses=calendar_responses(404),
    )
    async def get_event_calendar(request: Request, event: EventId, at_least: AtLeast = None) -> Response:
        """One event; with alarms for a signed-in user who hosts it, attends it or waits."""
        refuse_repetition(request)
        state = await gateway.wait_for(parse_position(at_least))
        viewer = gateway.views.identify(identify(gateway, request).viewer)
        found = visible_event(state, event, viewer)
        return await calendar_response(
            request,
            [own_entry(state, found, viewer.user)],
            state.position,
            FOR_ONE,
            site=_root(site, request),
            filename=found.details.title,
        )

    @router.get(
        "/api/feeds/public.ics",
        operation_id="get_public_feed",
        summary="Read the public events as a calendar feed",
        responses=calendar_responses(),
    )
    async def get_public_feed(request: Request, query: Annotated[FeedQuery, Query()]) -> Response:
        """The next public events that have not ended, with a tag those that have it."""
        refuse_repetition(request)
        tag = parse_tag(query.tag)
        state = await gateway.wait_for(None)
        entries = public_entries(state, gateway.views.upcoming_events(tag, limits.FEED_EVENTS_MAX))
        name = f"{_NAME}: {tag}" if tag is not None else _NAME
        return await calendar_response(request, entries, state.position, FOR_ALL, site=_root(site, request), name=name)

    @router.get(
        "/api/feeds/{token}.ics",
        operation_id="get_own_feed",
        summary="Read one's own events as a calendar feed",
        responses=calendar_responses(404),
    )
    async def get_own_feed(request: Request, token: Annotated[str, Path(description="secret of the feed")]) -> Response:
        """The events that the owner of this secret address hosts, attends or waits for, with the alarms they chose."""
        refuse_repetition(request)
        state = await gateway.wait_for(None)
        entries = own_entries(state, gateway.views.feed_owner(token))
        return await calendar_response(
            request, entries, state.position, FOR_HOLDER, site=_root(site, request), name=_NAME
        )

    return router


def _root(site: PublicSite, request: Request) -> str:
    """The public address of the instance. Raises Invalid if neither a setting nor the request names it."""
    root = site.of(request.scope).root
    if not root:
        raise Invalid("The header Host names no host.")
    return root
