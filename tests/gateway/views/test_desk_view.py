"""The view of a desk: what only the hosts of an event see, as it changes."""

from typing import Any

import pytest
from hub_harness import HubHarness, pop_types

from turnout_core.domain.event_desk import Invitation, Webhook
from turnout_core.domain.host_changes import (
    CohostAdded,
    CohostRemoved,
    GuestAllowed,
    GuestBlocked,
    HandedOver,
    InvitationMade,
    InvitationRevoked,
    InvitationUsed,
    NoteSet,
    RequestClosed,
    Requested,
    WebhookAdded,
    WebhookRemoved,
)
from turnout_core.domain.moderation_changes import UserBlocked
from turnout_gateway.views.collapsed import CollapsedRange

CODE = "abcdefghijklmnopqrstuvwxyz"
COHOST_CODE = "zyxwvutsrqponmlkjihgfedcba"


@pytest.fixture
def harness() -> HubHarness:
    return HubHarness()


def make(harness: HubHarness, **details: Any) -> tuple[str, str, str, str]:
    """An event, its organizer, a co-host and a guest."""
    writer = harness.writer
    organizer, cohost, guest = (writer.user(name) for name in ("Olga", "Conny", "Gwen"))
    event = writer.event(organizer, **details)
    writer.commit(CohostAdded(event, cohost))
    writer.join(event, guest)
    harness.flush()
    return event, organizer, cohost, guest


def without_key(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "key"}


def test_each_thing_on_the_desk_comes_and_goes(harness: HubHarness) -> None:
    event, organizer, cohost, guest = make(harness)
    seq = harness.views.position.seq
    asking = harness.writer.user("Anna")
    made = Invitation(CODE, "guest", cohost, 5, uses=2, ends_at=99)
    hook = Webhook("hook", "https://hooks.example:8443/secret?token=1", 7)
    of_guest, of_asking = {"id": guest, "name": "Gwen"}, {"id": asking, "name": "Anna"}
    _, sink = harness.client(f"events/{event}/desk", user=organizer)
    steps: list[tuple[Any, str, dict[str, Any] | None]] = [
        (
            Requested(event, asking, 3), f"request:{asking}",
            {"kind": "request", "rank": seq + 2, "user": of_asking, "party": 3,
             "requested_at": harness.writer.now_ms},
        ),
        (
            InvitationMade(event, made), f"invitation:{made.id}",
            {"kind": "invitation", "rank": 5, "id": made.id, "code": CODE, "role": "guest", "uses": 2, "ends_at": 99,
             "made_by": {"id": cohost, "name": "Conny"}, "made_at": 5},
        ),
        (GuestBlocked(event, guest), f"kept-out:{guest}", {"kind": "kept-out", "rank": 0, "user": of_guest}),
        (
            NoteSet(event, guest, "late"), f"note:{guest}",
            {"kind": "note", "rank": 0, "user": of_guest, "text": "late"},
        ),
        (
            WebhookAdded(event, hook), "webhook:hook",
            {"kind": "webhook", "rank": 7, "id": "hook", "host": "hooks.example:8443", "made_at": 7},
        ),
        (WebhookRemoved(event, "hook"), "webhook:hook", None),
        (NoteSet(event, guest), f"note:{guest}", None),
        (GuestAllowed(event, guest), f"kept-out:{guest}", None),
        (RequestClosed(event, asking), f"request:{asking}", None),
        (InvitationRevoked(event, CODE), f"invitation:{made.id}", None),
    ]  # fmt: skip
    for change, key, expected in steps:
        harness.writer.commit(change)
        harness.flush()
        (patch,) = sink.pop_messages()
        shown = [without_key(each) for each in patch["upsert"] if each["key"] == key]
        assert (len(patch["upsert"]), shown) == ((1, [expected]) if expected else (0, []))
        assert patch["remove"] == ([] if expected else [key])
        keys = [each["key"] for each in harness.watch(f"events/{event}/desk", cohost)["items"]]
        assert (key in keys) is (expected is not None)


def test_requests_are_in_the_order_of_asking(harness: HubHarness) -> None:
    event, organizer, _, _ = make(harness)
    asking = [harness.writer.user() for _ in range(3)]
    for user in reversed(asking):
        harness.writer.commit(Requested(event, user, 1))
    harness.writer.commit(Requested(event, asking[2], 2))
    harness.flush()
    items = harness.watch(f"events/{event}/desk", organizer)["items"]
    assert len({each["rank"] for each in items}) == 3
    assert [(each["user"]["id"], each["party"]) for each in items] == [(asking[2], 2), (asking[1], 1), (asking[0], 1)]


def test_the_code_of_a_link_for_cohosts_is_nowhere(harness: HubHarness) -> None:
    event, organizer, cohost, _ = make(harness)
    harness.writer.commit(InvitationMade(event, Invitation(COHOST_CODE, "co-host", organizer, 5)))
    harness.flush()
    for viewer in (organizer, cohost):
        answer = harness.watch(f"events/{event}/desk", viewer)
        assert [each["role"] for each in answer["items"]] == ["co-host"]
        assert COHOST_CODE not in str(answer)


def test_uses_and_names_change_live(harness: HubHarness) -> None:
    event, organizer, cohost, guest = make(harness)
    writer = harness.writer
    writer.commit(InvitationMade(event, Invitation(CODE, "guest", cohost, 5, uses=2)), NoteSet(event, guest, "late"))
    writer.commit(CohostRemoved(event, cohost))
    harness.flush()
    _, sink = harness.client(f"events/{event}/desk", user=organizer)
    writer.commit(InvitationUsed(event, CODE))
    harness.flush()
    assert [each["uses"] for each in sink.pop_messages()[0]["upsert"]] == [1]
    writer.rename(guest, "Gwendolyn")
    harness.flush()
    assert [each["user"]["name"] for each in sink.pop_messages()[0]["upsert"]] == ["Gwendolyn"]
    writer.rename(cohost, "Cornelia")  # no host any more, but the link says who made it
    harness.flush()
    assert [each["made_by"]["name"] for each in sink.pop_messages()[0]["upsert"]] == ["Cornelia"]


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_only_hosts_read_it(harness: HubHarness, visibility: str) -> None:
    event, organizer, cohost, guest = make(harness, visibility=visibility)
    stranger = harness.writer.user()
    harness.flush()
    unseen = "event-not-found" if visibility == "private" else "not-permitted"
    codes = {
        viewer: harness.watch(f"events/{event}/desk", viewer).get("code")
        for viewer in (organizer, cohost, guest, stranger, None)
    }
    assert codes == {organizer: None, cohost: None, guest: "not-permitted", stranger: unseen, None: unseen}
    assert harness.watch("events/nonesuch/desk", organizer)["code"] == "event-not-found"
    assert harness.watch(f"events/{event}/desk?a=b", organizer)["code"] == "invalid"


def test_a_host_who_is_none_any_more_loses_it_at_once(harness: HubHarness) -> None:
    event, organizer, cohost, _ = make(harness)
    writer = harness.writer
    sinks = {user: harness.client(f"events/{event}/desk", user=user)[1] for user in (organizer, cohost)}
    writer.commit(NoteSet(event, cohost, "steps down"), CohostRemoved(event, cohost))
    harness.flush()
    assert {user: pop_types(sink) for user, sink in sinks.items()} == {organizer: ["patch"], cohost: ["fail"]}
    writer.commit(HandedOver(event, cohost))
    harness.flush()
    assert pop_types(sinks[organizer]) == ["fail"]
    _, sink = harness.client(f"events/{event}/desk", user=cohost)
    writer.commit(UserBlocked(cohost))
    harness.flush()
    assert pop_types(sink) == ["fail"]


def test_the_desk_ends_with_its_event_and_survives_another_history(harness: HubHarness) -> None:
    event, organizer, _, guest = make(harness)
    _, sink = harness.client(f"events/{event}/desk", user=organizer)
    harness.writer.commit(NoteSet(event, guest, "late"))
    harness.writer.commits.clear()
    harness.views.on_snapshot(harness.writer.state)
    harness.hub.flush()
    (message,) = sink.pop_messages()
    assert "late" in str(message)
    harness.writer.delete(event)
    harness.flush()
    assert pop_types(sink) == ["fail"]


def test_a_client_that_resumes_inside_a_collapsed_range_gets_a_snapshot(harness: HubHarness) -> None:
    event, organizer, _, _ = make(harness)
    client, _ = harness.client(f"events/{event}/desk", user=organizer)
    (audience,) = client.views
    assert audience.view.is_affected_by(CollapsedRange({event: set()}, has_moved_events=False))
    assert not audience.view.is_affected_by(CollapsedRange({"other": set()}, has_moved_events=False))
