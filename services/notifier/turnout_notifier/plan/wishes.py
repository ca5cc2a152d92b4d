"""The wishes of people: which notices they get by which channel, at which hours, and where."""

from turnout_core.domain.notices import Notice
from turnout_core.domain.preferences import NO_CHOICE, Channel
from turnout_core.domain.state import User
from turnout_notifier.plan.quiet_hours import end_of_quiet_ms


def wants(user: User, notice: Notice, channel: Channel) -> bool:
    """True if ``user`` chose, or did not choose otherwise, to get ``notice`` by ``channel``."""
    chosen = user.notify or NO_CHOICE
    if notice.kind == "reminder" and notice.lead not in chosen.reminders:
        return False
    return notice.kind not in (chosen.mail if channel == "mail" else chosen.push)


def targets(user: User, channel: Channel) -> tuple[str, ...]:
    """``Delivery.target`` of all places where ``user`` can get something by ``channel``."""
    if user.blocked:
        return ()
    if channel == "mail":
        return ("",) if user.mail and not user.bounced else ()
    return tuple(each.id for each in user.pushes)


def after_quiet_ms(user: User, at_ms: int) -> int:
    """``at_ms``, or when the quiet hours of ``user`` end; in ms since 1970."""
    if user.notify is None or user.notify.quiet is None:
        return at_ms
    return end_of_quiet_ms(at_ms, user.notify.quiet, user.notify.zone)
