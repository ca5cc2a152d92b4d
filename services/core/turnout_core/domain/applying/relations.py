"""The relations of people to events: the indexes of the state that follow from its events."""

from turnout_core.domain.event_desk import Desk
from turnout_core.domain.state import Event, State


def desk_of(event: Event) -> Desk:
    """The desk, which is made if there is none."""
    if event.desk is None:
        event.desk = Desk()
    return event.desk


def update_involved(state: State, event: Event, user: str) -> None:
    """Brings the index ``involved`` up to date after ``user`` became or ceased to be something; drops an empty desk."""
    if event.desk is not None and event.desk.is_empty():
        event.desk = None
    if user in event.involved():
        state.involved.setdefault(user, set()).add(event.id)
    else:
        discard(state.involved, user, event.id)


def discard(index: dict[str, set[str]], user: str, event: str) -> None:
    """Removes the event from an index by user; it may be missing."""
    events = index.get(user)
    if events is not None:
        events.discard(event)
        if not events:
            del index[user]
