"""The view of the notices of a user, as it changes."""

from typing import Any

import pytest
from hub_harness import HubHarness, pop_types

from turnout_core.domain.changes import AnyChange, EventDeleted
from turnout_core.domain.host_changes import CohostAdded, CohostRemoved, GuestBlocked, HandedOver, Requested
from turnout_core.domain.moderation_changes import EventHidden, EventRestored
from turnout_core.domain.notice_changes import NoticesRead
from turnout_core.domain.people_changes import Renamed, SessionClosed, UserRemoved


class Scene(HubHarness):
    """An event with an organizer and a guest, and two earlier notices of the guest."""

    def __init__(self, **details: Any) -> None:
        super().__init__()
        writer = self.writer
        self.olga, self.greta = writer.user("Olga"), writer.user("Greta")
        self.event = writer.event(self.olga, **details)
        writer.join(self.event, self.greta)
        self.first = self.edit(place="Café")
        self.second = self.edit(title="Chess")

    def edit(self, **fields: str) -> int:
        self.writer.edit(self.event, by=self.olga, **fields)
        self.flush()
        return self.writer.state.position.seq

    def shown(self, user: str) -> dict[str, dict[str, Any]]:
        """The items of a new client by key."""
        return {each["key"]: each for each in self.watch("me/notices", user)["items"]}

    def patched(self, sink: Any, *changes: AnyChange) -> tuple[dict[str, dict[str, Any]], list[str]]:
        """The items and the keys of the one patch after a commit; both empty without one."""
        self.writer.commit(*changes)
        self.flush()
        messages = sink.pop_messages()
        if not messages:
            return {}, []
        (patch,) = messages
        return {each["key"]: each for each in patch["upsert"]}, patch["remove"]


def test_notices_are_newest_first_and_say_what_happened() -> None:
    scene = Scene()
    snapshot = scene.watch("me/notices", scene.greta)
    assert [each["key"] for each in snapshot["items"]] == [
        f"notice:{scene.second}.changed.{scene.event}", f"notice:{scene.first}.changed.{scene.event}", "notices",
    ]  # fmt: skip
    newest, _, total = snapshot["items"]
    assert newest == {
        "kind": "notice",
        "key": f"notice:{scene.second}.changed.{scene.event}",
        "rank": scene.second,
        "id": f"{scene.second}.changed.{scene.event}",
        "what": "changed",
        "event": scene.event,
        "title": "Chess",
        "at": scene.writer.now_ms,
        "read": False,
        "by": "Olga",
        "changes": [{"field": "title", "before": "Board games", "after": "Chess"}],
        "zone": "Europe/Vienna",
    }
    assert total == {"kind": "notices", "key": "notices", "rank": 0, "unread": 2}


def test_a_notice_arrives_live_and_its_read_mark_on_every_device() -> None:
    scene = Scene()
    sinks = [scene.client("me/notices", user=scene.greta)[1] for _ in range(2)]
    scene.writer.cancel(scene.event)
    scene.flush()
    for sink in sinks:
        (patch,) = sink.pop_messages()
        assert {each.get("what", each.get("unread")) for each in patch["upsert"]} == {"called-off", 3}
    scene.writer.commit(NoticesRead(scene.greta, scene.first))
    scene.flush()
    for sink in sinks:
        (patch,) = sink.pop_messages()
        assert {each["key"] for each in patch["upsert"]} == {f"notice:{scene.first}.changed.{scene.event}", "notices"}
    assert scene.shown(scene.greta)["notices"]["unread"] == 2


def test_the_notices_of_one_person_are_nobody_elses() -> None:
    scene = Scene()
    assert list(scene.shown(scene.olga)) == ["notices"]
    assert scene.watch("me/notices")["code"] == "signed-out"


def test_a_hidden_event_takes_its_notices_out_of_sight_for_a_while() -> None:
    scene = Scene()
    _, sink = scene.client("me/notices", user=scene.greta)
    items, removed = scene.patched(sink, EventHidden(scene.event))
    assert (len(removed), items["notices"]["unread"]) == (2, 0)
    items, removed = scene.patched(sink, EventRestored(scene.event))
    assert (len(items), items["notices"]["unread"], removed) == (3, 2, [])


def test_a_person_who_is_removed_from_a_private_event_reads_of_that_and_of_nothing_else() -> None:
    scene = Scene(visibility="private")
    _, sink = scene.client("me/notices", user=scene.greta)
    scene.writer.leave(scene.event, scene.greta)
    scene.writer.commit(GuestBlocked(scene.event, scene.greta))
    scene.flush()
    (patch,) = sink.pop_messages()
    assert len(patch["remove"]) == 2
    assert {each.get("what", each.get("unread")) for each in patch["upsert"]} == {"removed", 1}


def test_a_deleted_event_leaves_one_notice() -> None:
    scene = Scene()
    _, sink = scene.client("me/notices", user=scene.greta)
    items, removed = scene.patched(sink, EventDeleted(scene.event))
    assert (len(removed), items["notices"]["unread"]) == (2, 1)
    assert [each["what"] for each in items.values() if each["kind"] == "notice"] == ["deleted"]


def test_hosts_read_the_present_name_of_one_who_asks_until_they_are_gone() -> None:
    scene = Scene()
    anna = scene.writer.user("Anna")
    scene.writer.commit(Requested(scene.event, anna, 2))
    scene.flush()
    key = f"notice:{scene.writer.state.position.seq}.asked.{scene.event}"
    shown = scene.shown(scene.olga)[key]
    assert (shown["by"], shown["party"]) == ("Anna", 2)
    _, sink = scene.client("me/notices", user=scene.olga)
    assert scene.patched(sink, Renamed(anna, "Änna"))[0][key]["by"] == "Änna"
    assert "by" not in scene.patched(sink, UserRemoved(anna))[0][key]


def test_the_name_of_a_former_cohost_is_not_shown(scene: Scene) -> None:
    conny = scene.writer.user("Conny")
    scene.writer.commit(CohostAdded(scene.event, conny))
    scene.writer.edit(scene.event, place="Library", by=conny)
    scene.flush()
    key = f"notice:{scene.writer.state.position.seq}.changed.{scene.event}"
    assert scene.shown(scene.greta)[key]["by"] == "Conny"
    _, sink = scene.client("me/notices", user=scene.greta)
    assert "by" not in scene.patched(sink, CohostRemoved(scene.event, conny))[0][key]
    assert scene.patched(sink, Renamed(conny, "Secret")) == ({}, [])
    assert scene.patched(sink, HandedOver(scene.event, conny))[0][key]["by"] == "Secret"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_client_that_resumes_inside_a_refresh_with_news_gets_a_snapshot(scene: Scene) -> None:
    scene.watch("me/notices", scene.greta)
    scene.writer.edit(scene.event, title="Go")
    between = scene.writer.state.position
    scene.writer.edit(scene.event, title="Chess")
    scene.flush()
    assert scene.watch("me/notices", scene.greta, at=str(between))["type"] == "snapshot"


def test_a_closed_session_loses_the_view(scene: Scene) -> None:
    session = scene.writer.open_session(scene.greta)
    scene.flush()
    _, sink = scene.client("me/notices", user=scene.greta, session=session)
    scene.writer.commit(SessionClosed(scene.greta, session))
    scene.flush()
    assert pop_types(sink) == ["fail"]
