"""Inboxes: the newest notices of each person. These functions change a state in place."""

from collections.abc import Iterable

from msgspec.structs import replace

from turnout_core.domain import limits
from turnout_core.domain.applying.relations import discard
from turnout_core.domain.notices import Inbox, Notice
from turnout_core.domain.noticing.plan import PlannedNotice
from turnout_core.domain.state import State


def deliver(state: State, planned: Iterable[PlannedNotice]) -> list[str]:
    """Adds the notices to the inboxes of their recipients, whom it returns. The oldest notices make room."""
    told: list[str] = []
    for notice, recipients in planned:
        for user in recipients:
            _add(state, user, notice)
        told += recipients
    return told


def _add(state: State, user: str, notice: Notice) -> None:
    inbox = state.inboxes.get(user)
    if inbox is None:
        state.add_inbox(user, Inbox([notice]))
        return
    notices = inbox.notices
    # One who asks again and again fills no inbox.
    former = [each for each in notices if _is_same_request(each, notice)] if notice.kind == "asked" else []
    if len(notices) - len(former) >= limits.NOTICES_MAX:
        former.append(notices[0])
    notices.append(notice)
    state.index_notice(user, notice)
    for each in former:
        notices.remove(each)
        _unindex(state, user, each, notices)


def mark_read(state: State, user: str, until: int) -> None:
    """Marks the notices of ``user`` up to those of commit ``until`` as read."""
    inbox = state.inboxes.get(user)
    if inbox is not None:
        inbox.read = max(inbox.read, until)


def forget_event(state: State, event: str) -> list[str]:
    """Removes all notices of a deleted event; returns the users who had some."""
    users = list(state.told.get(event, ()))
    for user in users:
        _replace(state, user, [each for each in state.inboxes[user].notices if each.event != event])
    return users


def forget_person(state: State, person: str, heir: str | None) -> list[str]:
    """Removes the inbox of a person, and them from the notices of others, whom it returns.

    ``heir`` is the same person, who has brought ``person`` along, and is them in all notices from now on.
    """
    inbox = state.inboxes.get(person)
    former = None if inbox is None else Inbox(inbox.notices, inbox.read)
    if former is not None:
        _replace(state, person, [])
    users = list(state.told.get(person, ()))
    changed: dict[int, Notice] = {}  # by identity: a notice stays one object for all its recipients
    for user in users:
        notices = state.inboxes[user].notices
        for each in notices:
            if each.by == person and id(each) not in changed:
                changed[id(each)] = replace(each, by=heir or "", text=each.text if heir else "")
        others = [each for each in notices if user != heir or each.by != person]  # one's own acts are no news
        _replace(state, user, [changed.get(id(each), each) for each in others])
    if former is None or heir is None:
        return users
    _inherit(state, former, heir)
    return [*users, heir]


def _inherit(state: State, former: Inbox, heir: str) -> None:
    """Adds an inbox to that of ``heir``. Notices that one of the two has not read are unread."""
    present = state.inboxes.get(heir)
    both = {each.id: each for each in (*former.notices, *(present.notices if present is not None else ()))}
    notices = sorted((each for each in both.values() if each.by != heir), key=lambda each: each.seq)
    newest = notices[-limits.NOTICES_MAX :]
    if present is not None:
        present.read = min(former.read, present.read)
        _replace(state, heir, newest)
    elif newest:
        state.add_inbox(heir, Inbox(newest, former.read))


def _replace(state: State, user: str, notices: list[Notice]) -> None:
    """Replaces the notices of an inbox, which goes if there are none."""
    inbox = state.inboxes[user]
    former, inbox.notices = inbox.notices, notices
    if not notices:
        del state.inboxes[user]
    for each in notices:
        state.index_notice(user, each)
    for each in former:
        _unindex(state, user, each, notices)


def _unindex(state: State, user: str, former: Notice, notices: list[Notice]) -> None:
    """Brings the index up to date after ``former`` has left the inbox, which has ``notices`` now."""
    for name in (former.event, former.by):
        if not any(name in (each.event, each.by) for each in notices):
            discard(state.told, name, user)


def _is_same_request(one: Notice, other: Notice) -> bool:
    return (one.kind, one.event, one.by) == (other.kind, other.event, other.by)
