"""Choices of people: preferences, subscriptions to push, the feed of their events."""

from collections.abc import Callable
from typing import Final

from turnout_core.domain import choice_changes
from turnout_core.domain.affected import Affected
from turnout_core.domain.applying.apply_function import Apply
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit
from turnout_core.domain.people import PushSubscription
from turnout_core.domain.state import State, User


def preferences_set(state: State, change: choice_changes.PreferencesSet, _: Commit, affected: Affected) -> None:
    state.users[change.user].notify = change.preferences
    affected.users.append(change.user)


def push_added(state: State, change: choice_changes.PushAdded, _: Commit, affected: Affected) -> None:
    former = state.by_push.get(change.push.id)
    if former is not None:
        end_pushes(state, state.users[former], lambda each: each.id == change.push.id)
        affected.users.append(former)
    user = state.users[change.user]
    user.pushes = (*user.pushes, change.push)
    state.by_push[change.push.id] = user.id
    affected.users.append(user.id)


def push_removed(state: State, change: choice_changes.PushRemoved, _: Commit, affected: Affected) -> None:
    end_pushes(state, state.users[change.user], lambda each: each.id == change.id)
    affected.users.append(change.user)


def feed_set(state: State, change: choice_changes.FeedSet, _: Commit, affected: Affected) -> None:
    state.users[change.user].feed = change.feed
    affected.users.append(change.user)


def mail_bounced(state: State, change: choice_changes.MailBounced, _: Commit, affected: Affected) -> None:
    state.users[change.user].bounced = True
    affected.users.append(change.user)


def end_pushes(state: State, user: User, ends: Callable[[PushSubscription], bool] = lambda _: True) -> None:
    """Removes those subscriptions of ``user`` for which ``ends`` is true; by default all."""
    for each in user.pushes:
        if ends(each):
            del state.by_push[each.id]
    user.pushes = tuple(each for each in user.pushes if not ends(each))


APPLY: Final[dict[type[Change], Apply]] = {
    choice_changes.PreferencesSet: preferences_set,
    choice_changes.PushAdded: push_added,
    choice_changes.PushRemoved: push_removed,
    choice_changes.FeedSet: feed_set,
    choice_changes.MailBounced: mail_bounced,
}
