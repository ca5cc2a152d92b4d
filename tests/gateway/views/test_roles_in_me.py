"""``me`` has what its user hosts, has joined, has asked for or is invited to, as far as they may see it."""

from typing import Any

import pytest
from hub_harness import HubHarness

from turnout_core.domain.host_changes import (
    CohostAdded,
    CohostRemoved,
    GuestBlocked,
    HandedOver,
    Invited,
    NoteSet,
    RequestClosed,
    Requested,
    Uninvited,
)
from turnout_core.domain.moderation_changes import EventHidden, EventRestored
from turnout_core.domain.position import Position
from turnout_gateway.views.me_view import MeAddress


@pytest.fixture
def harness() -> HubHarness:
    return HubHarness()


def mine(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The relations in the message, without what all of them have."""
    items = message.get("items", message.get("upsert", []))
    general = ("kind", "key", "rank", "event")
    return [{name: each[name] for name in each if name not in general} for each in items if each["kind"] == "mine"]


def make(harness: HubHarness, **details: Any) -> tuple[str, str]:
    """An event, and a user who has nothing to do with it."""
    event = harness.writer.event(harness.writer.user(), **details)
    user = harness.writer.user()
    harness.flush()
    return event, user


NOTHING = {"organizing": False, "status": None, "party": 0, "ahead": 0}


def test_each_relation_comes_goes_and_is_the_same_for_a_new_client(harness: HubHarness) -> None:
    event, user = make(harness)
    _, sink = harness.client("me", user=user)
    steps: list[tuple[Any, dict[str, Any] | None]] = [
        (Requested(event, user, 3), {**NOTHING, "requested": 3}),
        (RequestClosed(event, user), None),
        (Invited(event, user), {**NOTHING, "invited": True}),
        (Requested(event, user, 2), {**NOTHING, "invited": True, "requested": 2}),
        (Uninvited(event, user), {**NOTHING, "requested": 2}),
        (CohostAdded(event, user), {**NOTHING, "cohost": True, "requested": 2}),
        (RequestClosed(event, user), {**NOTHING, "cohost": True}),
        (HandedOver(event, user), {**NOTHING, "organizing": True}),
        (HandedOver(event, "user1"), None),
        (CohostAdded(event, user), {**NOTHING, "cohost": True}),
        (CohostRemoved(event, user), None),
    ]
    for change, expected in steps:
        harness.writer.commit(change)
        harness.flush()
        (patch,) = sink.pop_messages()
        assert mine(patch) == ([expected] if expected else [])
        assert sorted(patch["remove"]) == ([] if expected else [f"card:{event}", f"mine:{event}"])
        assert mine(harness.watch("me", user)) == ([expected] if expected else [])


def test_the_notes_of_hosts_are_not_in_it(harness: HubHarness) -> None:
    event, user = make(harness)
    _, sink = harness.client("me", user=user)
    harness.writer.commit(NoteSet(event, user, "drinks"), GuestBlocked(event, user))
    harness.flush()
    assert sink.pop_messages() == []
    assert mine(harness.watch("me", user)) == []


@pytest.mark.parametrize("relation", ["going", "invited", "co-host", "organizer"])
def test_a_hidden_event_stays_with_its_hosts_alone(harness: HubHarness, relation: str) -> None:
    writer = harness.writer
    event, user = make(harness)
    match relation:
        case "going":
            writer.join(event, user)
        case "invited":
            writer.commit(Invited(event, user))
        case "co-host":
            writer.commit(CohostAdded(event, user))
        case "organizer":
            writer.commit(HandedOver(event, user))
    harness.flush()
    sinks = [harness.client(view, user=user)[1] for view in ("me", "me?q=board", "me?when=upcoming&limit=3")]
    writer.commit(EventHidden(event))
    harness.flush()
    for sink in sinks:
        (patch,) = sink.pop_messages()
        if relation in ("co-host", "organizer"):
            assert [each["hidden"] for each in patch["upsert"] if each["kind"] == "card"] == [True]
        else:
            assert sorted(patch["remove"]) == [f"card:{event}", f"mine:{event}"]
    writer.commit(EventRestored(event))
    harness.flush()
    for sink in sinks:
        (patch,) = sink.pop_messages()
        is_back = relation in ("going", "invited")  # hosts kept it; their relation is the same
        cards = [each for each in patch["upsert"] if each["kind"] == "card"]
        assert (len(mine(patch)), len(cards), patch["remove"]) == (int(is_back), 1, [])


def test_a_private_event_is_with_its_guests_and_not_with_those_who_ask(harness: HubHarness) -> None:
    event, user = make(harness)
    harness.writer.commit(Requested(event, user, 1))
    harness.flush()
    _, sink = harness.client("me", user=user)
    harness.writer.edit(event, visibility="private", title="Hush")
    harness.flush()
    (patch,) = sink.pop_messages()
    assert (patch["upsert"], sorted(patch["remove"])) == ([], [f"card:{event}", f"mine:{event}"])
    harness.writer.join(event, user)
    harness.flush()
    assert len(mine(sink.pop_messages()[0])) == 1


def test_a_client_that_saw_a_restored_event_elsewhere_does_not_keep_it(harness: HubHarness) -> None:
    """One refresh collapses the restoring and the second hiding, between which another gateway has shown the event."""
    event, user = make(harness)
    harness.writer.commit(Invited(event, user))
    harness.writer.commit(EventHidden(event))
    harness.flush()
    harness.client("me", user=user)
    before = harness.views.position
    harness.writer.commit(EventRestored(event))
    harness.writer.commit(EventHidden(event))
    harness.flush()
    view = harness.views.open(MeAddress(user), harness.viewer(user), harness.now_s)
    frame = view.since(Position(before.epoch, before.seq + 1), harness.views.position)
    assert frame.kind == "snapshot"
