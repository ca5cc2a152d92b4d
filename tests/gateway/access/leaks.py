"""Bugs that hand out more than they may. The matrix of viewers, events and ways must catch each of them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

import ways_out
from starlette.types import Scope, Send
from ways_out import Way

from chaos.planted.replacement import Replacement
from turnout_core.calendar import feeds
from turnout_core.domain import access
from turnout_core.domain.rejections import NotPermitted
from turnout_core.domain.state import Event, State, User
from turnout_core.protocol import rendering
from turnout_core.web import signed_links
from turnout_core.web.identity import Claim, Credentials, Identity, SignedIn
from turnout_core.web.signed_links import SignedLinks
from turnout_gateway.http import calendars, embeds, page_responses, pages, pictures
from turnout_gateway.live.watches import Watches
from turnout_gateway.pages.documents import Document
from turnout_gateway.views import (
    attendee_pages,
    desk_view,
    event_index,
    event_view,
    notices_view,
    own_events,
    people_view,
    reports_view,
    visibility,
)
from turnout_gateway.views.view_kind import Source, Viewer


def _all_lists(entry: event_index._Entry) -> Iterable[tuple[str, str | None]]:
    """The lists of an event, whether or not it may be in them."""
    return [(entry.when, tag) for tag in (None, *entry.details.tags)]


def read_without_may() -> Iterable[Replacement]:
    yield event_view, "visible_event", _find


def pages_without_may() -> Iterable[Replacement]:
    def visible_event(state: State, event: str, _viewer: access.Viewer) -> Event:
        return _find(state, event, access.VISITOR)

    yield event_view, "visible_event", visible_event


def private_pages_stored() -> Iterable[Replacement]:
    async def send(scope: Scope, send: Send, document: Document, *, status: int = 200, for_all: bool = True) -> None:
        await _SEND(scope, send, document, status=status)

    yield pages, "send_document", send


def pictures_without_may() -> Iterable[Replacement]:
    yield pictures, "visible_event", _find


def frames_without_may() -> Iterable[Replacement]:
    yield embeds, "visible_event", _find


def desk_for_everyone() -> Iterable[Replacement]:
    yield desk_view, "may", _always


def people_without_see_people() -> Iterable[Replacement]:
    yield people_view, "event_with_people", visibility.visible_event


def page_without_see_people() -> Iterable[Replacement]:
    yield attendee_pages, "event_with_people", visibility.visible_event


def refusal_that_tells() -> Iterable[Replacement]:
    def tell(state: State, event: str, viewer: access.Viewer) -> Event:
        found = state.events.get(event)
        if found is not None and not access.may(viewer, "see", found):
            raise NotPermitted
        return _ORIGINAL(state, event, viewer)

    yield event_view, "visible_event", tell


def unlisted_in_lists() -> Iterable[Replacement]:
    yield event_index, "_lists_of", _all_lists


def names_of_restricted_lists() -> Iterable[Replacement]:
    def faces(state: State, event: Event) -> Any:
        return rendering._faces(state, iter(event.attendances.values())), ()

    yield rendering, "_faces_and_newest", faces


def me_without_may() -> Iterable[Replacement]:
    yield own_events, "may", _always


def notices_without_may() -> Iterable[Replacement]:
    yield notices_view, "is_readable", _always


def calendar_files_without_may() -> Iterable[Replacement]:
    yield calendars, "visible_event", _find


def unlisted_in_the_feed() -> Iterable[Replacement]:
    yield event_index, "_lists_of", _all_lists
    yield feeds, "is_listed", lambda _: True


def own_feed_without_may() -> Iterable[Replacement]:
    yield feeds, "may", _always


def replaced_feed_served() -> Iterable[Replacement]:
    def find_feed(self: SignedLinks, state: State, token: str) -> User | None:
        value = signed_links._load(self._feed, token)
        return state.users.get(value[0]) if value else None

    yield SignedLinks, "find_feed", find_feed


def moderation_for_everyone() -> Iterable[Replacement]:
    yield reports_view, "check_moderator", lambda _: None


def blocked_users_served() -> Iterable[Replacement]:
    def viewer_of(state: State, user: str | None) -> access.Viewer:
        return access.Viewer(user, user in state.moderators)

    yield access, "viewer_of", viewer_of


def links_not_asked_again() -> Iterable[Replacement]:
    def recheck(_self: Watches, _views: Mapping[Any, Any], _users: Collection[str]) -> None:
        pass

    yield Watches, "recheck", recheck


def revoked_session_in_views() -> Iterable[Replacement]:
    def identify(self: Source, viewer: Viewer) -> access.Viewer:
        return access.viewer_of(self.state, viewer.user)

    yield Source, "identify", identify


def revoked_session_in_tokens() -> Iterable[Replacement]:
    def signed_in(self: Identity, state: State, credentials: Credentials) -> SignedIn | None:
        claim: Claim | None = self._claim(credentials)
        user = state.users.get(claim.user) if claim is not None else None
        return SignedIn(user, user.session) if user is not None else None

    yield Identity, "signed_in", signed_in


LEAKS: Final[Mapping[Callable[[], Iterable[Replacement]], Way]] = {
    read_without_may: ways_out.over_event_stream,
    pages_without_may: ways_out.as_pages,
    private_pages_stored: ways_out.as_pages,
    pictures_without_may: ways_out.on_other_sites,
    frames_without_may: ways_out.on_other_sites,
    desk_for_everyone: ways_out.over_http,
    people_without_see_people: ways_out.over_websocket,
    page_without_see_people: ways_out.over_http,
    refusal_that_tells: ways_out.over_websocket,
    unlisted_in_lists: ways_out.in_lists,
    names_of_restricted_lists: ways_out.over_http,
    me_without_may: ways_out.in_me,
    notices_without_may: ways_out.in_notices,
    calendar_files_without_may: ways_out.in_calendars,
    unlisted_in_the_feed: ways_out.in_calendars,
    own_feed_without_may: ways_out.in_own_feed,
    replaced_feed_served: ways_out.in_own_feed,
    moderation_for_everyone: ways_out.in_me,
    blocked_users_served: ways_out.over_http,
    links_not_asked_again: ways_out.after_the_session,
    revoked_session_in_views: ways_out.after_the_session,
    revoked_session_in_tokens: ways_out.after_the_session,
}
"""Each with a way that shows it."""


_ORIGINAL: Final = visibility.visible_event
_SEND: Final = page_responses.send_document


def _find(state: State, event: str, viewer: access.Viewer) -> Event:
    return state.events[event] if event in state.events else _ORIGINAL(state, event, viewer)


def _always(*_: Any) -> bool:
    return True
