"""Which commits go to which webhooks, and whether they still hold when they are sent."""

from typing import Any

import pytest
from history import DETAILS, History, state_after
from msgspec.structs import replace

from turnout_core.domain.changes import (
    AnyChange,
    Commit,
    Details,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    EventReopened,
    Joined,
    Left,
    PartyChanged,
    Promoted,
    SignedUp,
)
from turnout_core.domain.event_desk import Webhook
from turnout_core.domain.host_changes import NoteSet, WebhookAdded, WebhookRemoved
from turnout_core.domain.moderation_changes import EventHidden, UserBlocked
from turnout_core.domain.people_changes import UserRemoved
from turnout_core.domain.state import State
from turnout_core.journal.record import peek
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan.validity import Obsolete, Ready
from turnout_notifier.plan.webhooks import WebhookPlan, facts_of, holds, plan_webhooks, url_of

HOOK = Webhook("hook", "https://hooks.example/secret", 1)
OPERATORS = ("operator",)
PRIVATE = replace(DETAILS, visibility="private")


def history_of(details: Details = DETAILS, *, hook: bool = True) -> History:
    """Ada organizes games, to which grace goes; eve waits."""
    history = History()
    for name in ("ada", "grace", "eve"):
        history.add(SignedUp(name, name.title()))
    history.add(EventCreated("games", "ada", details), actor="ada")
    if hook:
        history.add(WebhookAdded("games", HOOK), actor="ada")
    history.add(Joined("games", "grace", 4, "going"), Joined("games", "eve", 1, "waitlisted"))
    return history


def plan(history: History, *changes: AnyChange) -> tuple[State, list[Delivery]]:
    """Adds a commit; returns the state after it, and the deliveries of it."""
    record = history.add(*changes, at=77)
    state = state_after(history)
    return state, list(plan_webhooks(state, [peek(record)[0]], OPERATORS))


def told(deliveries: list[Delivery]) -> set[tuple[str, str]]:
    return {(facts_of(each).type, each.target) for each in deliveries}


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (EventEdited("games", replace(DETAILS, title="Chess")), "event.edited"),
        (EventCancelled("games"), "event.cancelled"),
        (EventEnded("games"), "event.ended"),
        (Joined("games", "ada", 1, "waitlisted"), "attendee.joined"),
        (Left("games", "grace"), "attendee.left"),
        (Promoted("games", "eve"), "attendee.promoted"),
        (EventDeleted("games", (HOOK,)), "event.deleted"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_webhooks_are_told_what_happens_to_a_public_event(change: AnyChange, kind: str) -> None:
    history = history_of()
    _, deliveries = plan(history, change)
    assert told(deliveries) == {(kind, "hook"), (kind, "operator")}
    (one, other) = deliveries
    assert (one.channel, one.user, one.event, one.notice) == ("webhook", "", "games", f"7.{kind}.games")
    assert (one.seq, facts_of(one).at, one.id != other.id) == (7, 77, True)


def test_a_new_public_event_is_told_to_the_operator() -> None:
    for details, expected in ((DETAILS, {("event.created", "operator")}), (PRIVATE, set())):
        assert told(plan(History(), SignedUp("ada", "Ada"), EventCreated("games", "ada", details))[1]) == expected


@pytest.mark.parametrize(
    "change",
    [EventReopened("games"), PartyChanged("games", "eve", 2), NoteSet("games", "eve", "x"), SignedUp("a", "A")],
)
def test_other_changes_are_told_to_nobody(change: AnyChange) -> None:
    assert plan(history_of(), change)[1] == []


def test_fifty_promotions_of_one_commit_are_one_delivery_with_their_number() -> None:
    history = history_of()
    people = [f"p{number}" for number in range(50)]
    history.add(
        *(SignedUp(each, each) for each in people), *(Joined("games", each, 1, "waitlisted") for each in people)
    )
    _, deliveries = plan(history, Left("games", "grace"), *(Promoted("games", each) for each in people))
    found = {(facts_of(each).type, each.target): facts_of(each).parties for each in deliveries}
    assert found == {
        ("attendee.left", "hook"): 1, ("attendee.left", "operator"): 1,
        ("attendee.promoted", "hook"): 50, ("attendee.promoted", "operator"): 50,
    }  # fmt: skip


@pytest.mark.parametrize("details", [PRIVATE, replace(DETAILS, visibility="unlisted")])
def test_the_operator_gets_public_events_only_and_of_the_others_that_they_are_deleted(details: Details) -> None:
    assert told(plan(history_of(details), EventCancelled("games"))[1]) == {("event.cancelled", "hook")}
    deliveries = plan(history_of(details), EventDeleted("games", (HOOK,)))[1]
    assert told(deliveries) == {("event.deleted", "hook"), ("event.deleted", "operator")}


@pytest.mark.parametrize("change", [EventHidden("games"), UserBlocked("ada")])
def test_an_organizer_who_is_blocked_or_whose_event_is_hidden_is_told_nothing(change: AnyChange) -> None:
    history = history_of()
    history.add(change)
    assert ("event.edited", "hook") not in told(plan(history, EventEdited("games", DETAILS))[1])


def test_commits_of_many_events_are_planned_alike_at_once_or_one_by_one() -> None:
    """So it does not matter how much a notifier has to catch up."""
    history = history_of()
    added = [history.add(EventEdited("games", replace(DETAILS, title=f"No. {number}"))) for number in range(5)]
    state, commits = state_after(history), [peek(each)[0] for each in added]
    at_once = list(plan_webhooks(state, commits, OPERATORS))
    assert at_once == [each for commit in commits for each in plan_webhooks(state, [commit], OPERATORS)]
    assert len({each.id for each in at_once}) == len(at_once) == 10


def holding(history: History, deliveries: list[Delivery], *changes: AnyChange, **fields: Any) -> set[str]:
    """The targets that still get ``deliveries`` after ``changes``."""
    if changes:
        history.add(*changes)
    state = state_after(history)
    return {each.target for each in deliveries if holds(state, replace(each, **fields), OPERATORS)}


def test_a_delivery_holds_until_its_webhook_is_removed_or_its_event_withdrawn() -> None:
    def after(*changes: AnyChange) -> set[str]:
        history = history_of()
        return holding(history, plan(history, Left("games", "grace"))[1], *changes)

    assert after() == {"hook", "operator"}
    assert after(WebhookRemoved("games", "hook")) == {"operator"}
    assert after(EventEdited("games", PRIVATE)) == {"hook"}
    assert after(EventHidden("games")) == set()
    assert after(UserBlocked("ada")) == {"operator"}
    assert after(EventDeleted("games", (HOOK,))) == {"operator"}


def test_a_delivery_of_a_replaced_history_does_not_hold() -> None:
    history = history_of()
    assert holding(history, plan(history, Left("games", "grace"))[1], epoch="other") == set()


def test_a_deletion_holds_also_when_the_organizer_is_gone() -> None:
    history = history_of()
    state, deliveries = plan(history, EventDeleted("games", (HOOK,)))
    assert {url_of(state, each) for each in deliveries} == {HOOK.url, None}
    assert holding(history, deliveries, UserRemoved("ada")) == {"hook", "operator"}


def test_only_a_deletion_has_the_address_of_a_webhook_in_the_queue() -> None:
    history = history_of()
    for change in (EventEdited("games", DETAILS), EventCancelled("games"), Left("games", "grace")):
        assert all("hooks.example" not in each.body for each in plan(history, change)[1])


def test_webhooks_of_organizers_can_be_off() -> None:
    history = history_of()
    record = history.add(Left("games", "grace"))
    state, commits = state_after(history), [peek(record)[0]]
    found = {}
    for is_on in (True, False):
        plan_of = WebhookPlan(OPERATORS, has_organizers=is_on)
        found[is_on] = [each.queued.delivery.target for each in plan_of.plan(state, commits)]
    assert {is_on: sorted(targets) for is_on, targets in found.items()} == {
        True: ["hook", "operator"],
        False: ["operator"],
    }
    hook = next(each for each in plan_webhooks(state, commits, OPERATORS) if each.target == "hook")
    assert WebhookPlan(OPERATORS, has_organizers=True).examine(state, hook, 0) == Ready(None)
    assert WebhookPlan(OPERATORS, has_organizers=False).examine(state, hook, 0) == Obsolete()


def test_a_commit_without_changes_is_told_to_nobody() -> None:
    assert list(plan_webhooks(state_after(history_of()), [Commit("test", 7, 0, None, ())], OPERATORS)) == []
