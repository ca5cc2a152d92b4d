"""Finds guests and events that the community has no more use for. Pure."""

from turnout_core.domain.state import Event, State, User


def is_event_forgotten(event: Event, before: int) -> bool:
    """True if the event was over before ``before`` (ms since 1970)."""
    return event.details.ends_at <= before


def is_user_forgotten(state: State, user: User, before: int, now: int) -> bool:
    """True if ``user`` has no way back and was not here since ``before``, and nothing of theirs is still to come.

    If all their sessions are closed, nobody can come back as them, and the time of that is not known. They stay while
    an event names them: that is forgotten in its own time.
    """
    if user.has_way_back or user.id in state.moderators:
        return False
    indexes = (state.organizing, state.attending, state.involved)
    events = set().union(*(index.get(user.id, ()) for index in indexes))
    if not user.sessions:
        return user.session > 0 and not events  # with the number 0, a token of an earlier version may be valid
    if max(each.seen_at for each in user.sessions) > before:
        return False
    return all(state.events[each].details.ends_at <= now for each in events)
