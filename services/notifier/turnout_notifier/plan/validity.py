"""The check of a planned delivery before it is sent: much may have happened since."""

from typing import Final, NamedTuple

from turnout_core.domain.notices import Notice, NoticeKind
from turnout_core.domain.noticing.reading import is_readable
from turnout_core.domain.state import Event, State
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan.wishes import after_quiet_ms, targets, wants

_GOING: Final[frozenset[NoticeKind]] = frozenset({"promoted", "reminder"})
_TAKES_PART: Final[frozenset[NoticeKind]] = frozenset({"approved", "changed", "called-off", "message"})
_GONE: Final[frozenset[NoticeKind]] = frozenset({"removed", "declined"})
_HOSTS: Final[frozenset[NoticeKind]] = frozenset({"cohost", "organizer"})
_AFTER_CANCELLATION: Final[frozenset[NoticeKind]] = frozenset({"called-off", "removed", "declined", "message"})


class Ready(NamedTuple):
    """A delivery to send, with its notice; a webhook has none."""

    notice: Notice | None


class Waits(NamedTuple):
    """A delivery that has to wait until ``until_ms``, in ms since 1970."""

    until_ms: int


class Obsolete(NamedTuple):
    """A delivery that does not have to be sent any more."""


def examine(state: State, delivery: Delivery, now_ms: int) -> Ready | Waits | Obsolete:
    """Says whether a delivery is ready, waits or is obsolete at ``now_ms``, in ms since 1970.

    It is obsolete if its history was replaced, its person or address is gone or does not want it any more, its event is
    hidden, over or called off, or the person has left, joined again or been approved meanwhile.
    """
    channel, user, inbox = delivery.channel, state.users.get(delivery.user), state.inboxes.get(delivery.user)
    if channel == "webhook":  # it has no notice
        return Obsolete()
    if delivery.epoch != state.position.epoch or user is None or inbox is None:
        return Obsolete()
    notice = next((each for each in inbox.notices if each.id == delivery.notice), None)
    if notice is None or not wants(user, notice, channel) or delivery.target not in targets(user, channel):
        return Obsolete()
    event = state.events.get(notice.event)
    if event is None and notice.kind != "deleted":
        return Obsolete()
    if event is not None and not (is_readable(state, user.id, notice) and _holds(event, user.id, notice, now_ms)):
        return Obsolete()
    until_ms = after_quiet_ms(user, now_ms)
    return Waits(until_ms) if until_ms > now_ms else Ready(notice)


def _holds(event: Event, user: str, notice: Notice, now_ms: int) -> bool:
    """True if the notice still says something about ``user`` and an event that is not over."""
    kind, details = notice.kind, event.details
    ends_ms = details.starts_at if kind == "reminder" else details.ends_at
    if event.ended or ends_ms <= now_ms or (event.status == "cancelled" and kind not in _AFTER_CANCELLATION):
        return False
    attendance = event.attendances.get(user)
    requests = event.desk.requests if event.desk is not None else {}
    is_host, is_asking = event.is_host(user), user in requests
    if kind in _GOING:
        return attendance is not None and attendance.status == "going"
    if kind in _TAKES_PART:
        return attendance is not None or is_asking or is_host
    if kind in _GONE:
        return attendance is None and not is_asking
    return is_host and (kind in _HOSTS or (kind == "asked" and notice.by in requests))
