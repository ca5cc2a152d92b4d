"""Windows of the events of a user: ``me?…``, ``me/calendar?…``, ``me/tags?…``; and ``me``, which has the first ones."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fake_writer import HOUR_MS, START_MS
from hub_harness import HubHarness

from turnout_core.domain import limits
from turnout_core.domain.host_changes import CohostAdded, Invited
from turnout_core.domain.moderation_changes import EventHidden, EventRestored
from turnout_core.domain.position import Position
from turnout_gateway.views.list_view import EventsAddress

VIEWS = ("me?when=upcoming", "me?when=past", "me?when=upcoming&q=chess", "me/calendar?month=2026-12", "me/tags")


def cards(message: dict[str, Any]) -> list[str]:
    return [each["id"] for each in message["items"] if each["kind"] == "card"]


def item(message: dict[str, Any], key: str) -> dict[str, Any]:
    """The item of a snapshot or a patch."""
    (found,) = (each for each in message.get("items", message.get("upsert", ())) if each["key"] == key)
    return dict(found)


def test_a_search_in_ones_own_events_is_live() -> None:
    harness = HubHarness()
    writer = harness.writer
    ada, grace = writer.user("Ada"), writer.user("Grace")
    mine = writer.event(ada, 1, title="Chess", description="Bring crème brûlée")
    joined = writer.event(grace, 2, title="Choir", description="No cream")
    writer.event(grace, 3, title="Creme for others")
    writer.join(joined, ada)
    harness.flush()
    client, sink = harness.client(user=ada)
    harness.hub.watch(client, "me?q=CREME", None)
    (snapshot,) = sink.pop_messages()
    assert (snapshot["view"], snapshot["asked"]) == ("me?when=upcoming&q=creme", "me?q=CREME")
    assert cards(snapshot) == [mine]
    assert sorted(each["kind"] for each in snapshot["items"]) == ["card", "list", "mine"]

    writer.edit(joined, description="Crème, too")
    writer.leave(joined, ada)
    writer.join(joined, ada)
    harness.flush()
    (patch,) = sink.pop_messages()
    assert {each["key"] for each in patch["upsert"]} == {"list", f"card:{joined}", f"mine:{joined}"}

    writer.edit(mine, description="Bring nothing")
    harness.flush()
    (patch,) = sink.pop_messages()
    assert set(patch["remove"]) == {f"card:{mine}", f"mine:{mine}"}
    writer.leave(joined, ada)
    harness.flush()
    (patch,) = sink.pop_messages()
    assert set(patch["remove"]) == {f"card:{joined}", f"mine:{joined}"}


def test_a_window_has_what_the_user_has_a_part_in_and_no_more() -> None:
    harness = HubHarness()
    writer = harness.writer
    ada, other = writer.user(), writer.user()
    hosted = writer.event(ada, 1, visibility="private", tags=("chess",))
    helped, joined, invited = (writer.event(other, hours, tags=("go",)) for hours in (2, 3, 4))
    writer.event(other, 5)
    writer.commit(CohostAdded(helped, ada))
    writer.join(joined, ada)
    writer.commit(Invited(invited, ada))
    harness.flush()
    first = harness.watch("me?limit=3", ada)
    assert (cards(first), item(first, "list")["total"]) == ([hosted, helped, joined], 4)
    assert [each["rank"] for each in first["items"] if each["kind"] == "mine"] == [
        each["rank"] for each in first["items"] if each["kind"] == "card"
    ]
    last = item(first, f"card:{joined}")
    rest = harness.watch(f"me?after={last['starts_at']}-{joined}", ada)
    assert (cards(rest), item(rest, "list")["before"]) == ([invited], 3)
    assert cards(harness.watch("me?tag=go", ada)) == [helped, joined, invited]
    tags = harness.watch("me/tags", ada)["items"]
    assert [(each["tag"], each["total"]) for each in tags] == [("go", 3), ("chess", 1)]

    writer.end(hosted)
    harness.flush()
    assert cards(harness.watch("me?when=past", ada)) == [hosted]
    assert cards(harness.watch("me?when=upcoming", ada)) == [helped, joined, invited]


def test_a_hidden_event_leaves_the_windows_of_its_guests_and_stays_in_those_of_its_hosts() -> None:
    harness = HubHarness()
    writer = harness.writer
    host, guest = writer.user(), writer.user()
    event = writer.event(host, tags=("chess",))
    writer.join(event, guest)
    harness.flush()
    _, hosts_sink = harness.client("me?when=upcoming", user=host)
    sinks = {view: harness.client(view, user=guest)[1] for view in ("me?when=upcoming", "me/tags")}
    writer.commit(EventHidden(event))
    harness.flush()
    assert item(hosts_sink.pop_messages()[0], f"card:{event}")["hidden"] is True
    assert sorted(sinks["me?when=upcoming"].pop_messages()[0]["remove"]) == [f"card:{event}", f"mine:{event}"]
    assert sinks["me/tags"].pop_messages()[0]["remove"] == ["tag:chess"]
    writer.commit(EventRestored(event))
    harness.flush()
    assert item(sinks["me?when=upcoming"].pop_messages()[0], "list")["total"] == 1
    assert item(sinks["me/tags"].pop_messages()[0], "tag:chess")["total"] == 1


def test_windows_belong_to_one_user_until_they_sign_out() -> None:
    harness = HubHarness()
    users = [harness.writer.user() for _ in range(2)]
    events = [harness.writer.event(user, title="Chess") for user in users]
    harness.flush()
    sinks = []
    for user, event in zip(users, events, strict=True):
        client, sink = harness.client(user=user)
        for view in VIEWS:
            harness.hub.watch(client, view, None)
        assert [cards(each) for each in sink.pop_messages()] == [[event], [], [event], [], []]
        sinks.append(sink)
    for view in VIEWS:
        assert harness.watch(view)["code"] == "signed-out"
    harness.writer.sign_out(users[0])
    harness.flush()
    assert sorted(each["type"] for each in sinks[0].pop_messages()) == ["fail"] * len(VIEWS)
    assert sinks[1].pop_messages() == []


@pytest.mark.parametrize("view", VIEWS)
def test_an_index_lives_as_long_as_its_views(view: str) -> None:
    harness = HubHarness()
    own = harness.views._source.own
    ada = harness.writer.user()
    client, _ = harness.client(view, user=ada)
    other, _ = harness.client("me?limit=7", user=ada)
    harness.hub.disconnect(client)
    harness.views.evict_idle(harness.now_s + 1_000)
    assert len(own) == 1
    harness.hub.disconnect(other)
    harness.views.evict_idle(harness.now_s + 1_000)
    assert len(own) == 0


def test_me_has_the_first_events_and_the_relation_to_those_that_the_user_attends() -> None:
    harness = HubHarness()
    writer = harness.writer
    ada, other = writer.user("Ada"), writer.user()
    shown = limits.WINDOW_DEFAULT_ITEMS
    hosted = [writer.event(ada, hours) for hours in range(1, shown + 3)]
    late, early = writer.event(other, shown + 9), writer.event(other, 0)
    writer.join(late, ada)
    harness.flush()
    snapshot = harness.watch("me", ada)
    assert cards(snapshot) == hosted[:shown]
    assert {each["event"] for each in snapshot["items"] if each["kind"] == "mine"} == {*hosted[:shown], late}
    assert item(snapshot, "user") == {
        "kind": "user", "key": "user", "rank": 0, "id": ada, "name": "Ada", "organizes": shown + 2, "attends": 1,
    }  # fmt: skip

    _, sink = harness.client("me", user=ada)
    writer.join(early, ada)
    harness.flush()
    (patch,) = sink.pop_messages()
    assert item(patch, "user")["attends"] == 2
    assert {each["key"] for each in patch["upsert"]} == {"user", f"card:{early}", f"mine:{early}"}
    assert set(patch["remove"]) == {f"card:{hosted[shown - 1]}", f"mine:{hosted[shown - 1]}"}

    writer.cancel(hosted[0])
    writer.end(hosted[1])
    writer.end(early)
    harness.flush()
    (patch,) = sink.pop_messages()
    assert (item(patch, "user")["organizes"], item(patch, "user")["attends"]) == (shown, 1)
    removed = {f"card:{hosted[1]}", f"mine:{hosted[1]}", f"card:{early}"}
    assert set(patch["remove"]) == removed  # what is over keeps its relation if the user attended it
    entered = {each["key"] for each in patch["upsert"] if each["kind"] == "card"}
    assert entered == {f"card:{hosted[each]}" for each in (0, shown - 1, shown)}


def test_a_client_that_saw_another_window_elsewhere_gets_a_snapshot() -> None:
    """One refresh collapses leaving and joining again, between which another gateway has shown fewer events."""
    harness = HubHarness()
    ada, other = harness.writer.user(), harness.writer.user()
    event = harness.writer.event(other)
    harness.writer.join(event, ada)
    harness.flush()
    harness.client("me?when=upcoming", user=ada)
    before = harness.views.position
    harness.writer.leave(event, ada)
    harness.writer.join(event, ada)
    harness.flush()
    view = harness.views.open(EventsAddress(user=ada), harness.viewer(ada), harness.now_s)
    assert view.since(Position(before.epoch, before.seq + 1), harness.views.position).kind == "snapshot"


def test_the_calendar_counts_ones_own_events() -> None:
    harness = HubHarness()
    ada, other = harness.writer.user(), harness.writer.user()
    harness.writer.event(ada, visibility="private")
    harness.writer.event(other)
    harness.flush()
    month = datetime.fromtimestamp((START_MS + HOUR_MS) / 1000, UTC).strftime("%Y-%m")
    days = harness.watch(f"me/calendar?month={month}", ada)["items"]
    assert [each["total"] for each in days] == [1]
