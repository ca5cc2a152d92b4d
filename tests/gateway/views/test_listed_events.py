"""Only public events that no moderator hides are in lists, searches, tags and calendars; others leave and come back."""

from typing import Any

import pytest
from hub_harness import HubHarness

from turnout_core.domain.moderation_changes import EventHidden, EventRestored

SECRET = "Hushmoot"
VIEWS = (
    "events?when=upcoming",
    "events?when=upcoming&limit=1",
    "events?tag=quiet",
    "events?q=hushmoot",
    "events?q=olga&tag=quiet",
    "calendar?month=2026-11",
    "calendar?month=2026-11&q=hushmoot",
    "tags?when=upcoming",
)


def withdraw(harness: HubHarness, event: str, how: str) -> None:
    if how == "hidden":
        harness.writer.commit(EventHidden(event))
    else:
        harness.writer.edit(event, visibility=how)
    harness.flush()


def restore(harness: HubHarness, event: str, how: str) -> None:
    if how == "hidden":
        harness.writer.commit(EventRestored(event))
    else:
        harness.writer.edit(event, visibility="public")
    harness.flush()


def content(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: value for key, value in item.items() if key != "version"} for item in message["items"]]


@pytest.mark.parametrize("how", ["unlisted", "private", "hidden"])
@pytest.mark.parametrize("view", VIEWS)
def test_an_event_leaves_every_list_and_comes_back(how: str, view: str) -> None:
    harness = HubHarness()
    writer = harness.writer
    organizer = writer.user("Olga")
    writer.event(organizer, 5)
    harness.flush()
    without = harness.watch(view)
    event = writer.event(organizer, title=SECRET, tags=("quiet",))
    harness.flush()
    shown = harness.watch(view)
    assert content(shown) != content(without)
    _, sink = harness.client(view)

    withdraw(harness, event, how)
    (patch,) = sink.pop_messages()
    left = [item["key"] for item in shown["items"] if item["key"] not in [each["key"] for each in without["items"]]]
    assert sorted(patch["remove"]) == sorted(left)
    assert SECRET not in str(patch)
    assert harness.watch(view)["items"] == without["items"]  # the totals, too
    assert SECRET not in str(harness.watch(view, at=shown["at"]))

    writer.edit(event, title=f"{SECRET} again")
    harness.flush()
    assert sink.pop_messages() == []

    writer.edit(event, title=SECRET)
    restore(harness, event, how)
    (patch,) = sink.pop_messages()
    assert not patch["remove"] or "limit=1" in view
    assert content(harness.watch(view)) == content(shown)


@pytest.mark.parametrize("how", ["unlisted", "private", "hidden"])
def test_an_event_that_ends_or_is_renamed_while_it_is_withdrawn_stays_away(how: str) -> None:
    harness = HubHarness()
    writer = harness.writer
    organizer = writer.user("Olga")
    event = writer.event(organizer, title=SECRET, tags=("quiet",))
    withdraw(harness, event, how)
    writer.end(event)
    writer.rename(organizer, "Olympia")
    harness.flush()
    for view in (*VIEWS, "events?when=past", "tags?when=past", "events?q=olympia&when=past"):
        assert [item for item in harness.watch(view)["items"] if item["kind"] != "list"] == []
        assert [item["total"] for item in harness.watch(view)["items"]] in ([], [0])
    restore(harness, event, how)
    assert len(harness.watch("events?when=past&q=olympia")["items"]) == 2


def test_an_unlisted_event_is_for_everyone_with_its_address() -> None:
    harness = HubHarness()
    event = harness.writer.event(harness.writer.user(), visibility="unlisted")
    harness.flush()
    (shown,) = (each for each in harness.watch(f"events/{event}")["items"] if each["kind"] == "event")
    assert shown["visibility"] == "unlisted"
