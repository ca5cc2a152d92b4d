"""Decides what people choose about notices: preferences, subscriptions to push, the feed of their events."""

from turnout_command.rules.find import check_not_blocked
from turnout_core.domain import limits, rejections
from turnout_core.domain.access import viewer_of
from turnout_core.domain.changes import AnyChange
from turnout_core.domain.choice_changes import FeedSet, MailBounced, PreferencesSet, PushAdded, PushRemoved
from turnout_core.domain.choice_commands import (
    AddPush,
    ForgetPush,
    RemovePush,
    ReportBounce,
    SetFeed,
    SetPreferences,
    Unsubscribe,
)
from turnout_core.domain.people import PushSubscription, push_id
from turnout_core.domain.preferences import KINDS, NO_CHOICE, Preferences
from turnout_core.domain.rejections import invalid_field
from turnout_core.domain.state import State
from turnout_core.domain.zones import zone_names


def set_preferences(state: State, command: SetPreferences, actor: str, _: int) -> list[AnyChange]:
    body = command.body
    if body.zone is not None and body.zone not in zone_names():
        raise invalid_field("zone", "must be an IANA time zone such as Europe/Vienna")
    if body.quiet is not None and body.zone is None:
        raise invalid_field("zone", "is required with quiet hours")
    if body.quiet is not None and body.quiet[0] == body.quiet[1]:
        raise invalid_field("quiet", "must end at another time than they begin")
    return _set(state, actor, Preferences(body.reminders, body.mail, body.push, body.quiet, body.zone or ""))


def unsubscribe(state: State, command: Unsubscribe, actor: str, _: int) -> list[AnyChange]:
    kinds = KINDS if command.kind == "all" else (command.kind,)
    return _set(state, actor, (state.users[actor].notify or NO_CHOICE).without(command.channel, kinds))


def add_push(state: State, command: AddPush, actor: str, now: int) -> list[AnyChange]:
    """One who is blocked gets none: their subscriptions have ended with the block."""
    check_not_blocked(viewer_of(state, actor))
    body, user = command.body, state.users[actor]
    added = PushSubscription(
        push_id(body.endpoint), body.endpoint, body.keys.p256dh, body.keys.auth, command.session, now
    )
    others = [each for each in user.pushes if each.id != added.id]
    if _is_known(user.pushes, added):
        return []
    excess = others[: max(len(others) + 1 - limits.PUSHES_MAX, 0)]
    return [*(PushRemoved(actor, each.id) for each in excess), PushAdded(actor, added)]


def remove_push(state: State, command: RemovePush, actor: str, _: int) -> list[AnyChange]:
    if state.by_push.get(command.id) != actor:
        raise rejections.PushNotFound
    return [PushRemoved(actor, command.id)]


def forget_push(state: State, command: ForgetPush) -> list[AnyChange]:
    """Nothing changes if the subscription has ended meanwhile, or is another user's now."""
    return [PushRemoved(command.user, command.push)] if state.by_push.get(command.push) == command.user else []


def report_bounce(state: State, command: ReportBounce) -> list[AnyChange]:
    """Nothing changes if the person has another address now, or none."""
    user = state.users.get(command.user)
    is_new = user is not None and user.mail == command.mail and command.mail != "" and not user.bounced
    return [MailBounced(command.user)] if is_new else []


def set_feed(state: State, command: SetFeed, actor: str, _: int) -> list[AnyChange]:
    return [FeedSet(actor, command.feed)] if command.feed != state.users[actor].feed else []


def _set(state: State, user: str, chosen: Preferences) -> list[AnyChange]:
    """The change to ``chosen``; the defaults are stored as no choice."""
    preferences = chosen if chosen != NO_CHOICE else None
    return [PreferencesSet(user, preferences)] if preferences != state.users[user].notify else []


def _is_known(pushes: tuple[PushSubscription, ...], added: PushSubscription) -> bool:
    """True if there is the same subscription of the same session already, with the same keys."""
    return any(
        (each.id, each.key, each.auth, each.session) == (added.id, added.key, added.auth, added.session)
        for each in pushes
    )
