"""Permissions to read notices."""

from typing import Final

from turnout_core.domain.access import may, viewer_of
from turnout_core.domain.notices import Notice
from turnout_core.domain.state import State

_OF_EXCLUSION: Final = ("removed", "declined")


def is_readable(state: State, user: str, notice: Notice) -> bool:
    """True if ``user`` may still read a notice of theirs: one of an event that they see.

    Of a deleted event there is only the notice of that. Those who were removed or declined may see the event no more.
    """
    event = state.events.get(notice.event)
    if event is None or (notice.kind in _OF_EXCLUSION and not event.hidden):
        return True
    return may(viewer_of(state, user), "see", event)


def find_message(state: State, user: str, event: str, id_: str) -> Notice | None:
    """The message to guests of ``event`` that ``user`` has under this id of a notice.

    None without one, if they may not read it any more, and if its text has gone with its author.
    """
    inbox = state.inboxes.get(user)
    for each in inbox.notices if inbox is not None else ():
        if (each.id, each.kind, each.event) == (id_, "message", event) and each.text and is_readable(state, user, each):
            return each
    return None


def shown_author(state: State, user: str, notice: Notice) -> str | None:
    """The name of the person who did it, for ``user``: hosts are known by name, and hosts know who asks.

    None if they are gone, or host the event no longer, since their name may be new.
    """
    author = state.users.get(notice.by)
    event = state.events.get(notice.event)
    if author is None or not (event is None or event.is_host(author.id) or event.is_host(user)):
        return None
    return author.name
