"""A new name is on every item of a person at once, and in every search for it."""

from typing import Any

import pytest
from hub_harness import HubHarness

from turnout_core.domain.host_changes import CohostAdded

OLD, NEW = "Adelheid", "Zenobia"


@pytest.fixture
def harness() -> HubHarness:
    return HubHarness()


def names_after_rename(harness: HubHarness, view: str, who: str, viewer: str | None = None) -> tuple[Any, Any]:
    """Renames ``who``; returns the patch of the open view, and the answer to a new client."""
    _, sink = harness.client(view, user=viewer)
    harness.writer.rename(who, NEW)
    harness.flush()
    (patch,) = sink.pop_messages()
    return patch, harness.watch(view, viewer)


@pytest.mark.parametrize("view", ["events?when=upcoming", "events/{event}", "events/{event}/people", "me"])
@pytest.mark.parametrize("role", ["organizer", "co-host", "attendee", "waitlisted"])
def test_an_open_view_shows_a_new_name(harness: HubHarness, view: str, role: str) -> None:
    writer = harness.writer
    who, other = writer.user(OLD), writer.user("Other")
    event = writer.event(who if role == "organizer" else other)
    match role:
        case "organizer" | "attendee":
            writer.join(event, who)
        case "co-host":
            writer.commit(CohostAdded(event, who))
            writer.join(event, who)
        case "waitlisted":
            writer.join(event, who, waits=True)
    harness.flush()
    address = view.format(event=event) + ("?status=waitlisted" if "people" in view and role == "waitlisted" else "")
    if role == "waitlisted" and view.startswith("events?"):
        return  # a card shows nobody who waits
    patch, again = names_after_rename(harness, address, who, who)
    assert NEW in str(patch)
    assert (NEW in str(again), OLD in str(again)) == (True, False)


@pytest.mark.parametrize(("before", "after"), [(OLD, 0), (NEW, 1)])
def test_searches_find_people_and_events_by_the_new_name(harness: HubHarness, before: str, after: int) -> None:
    writer = harness.writer
    who = writer.user(OLD)
    event = writer.event(who)
    writer.join(event, who)
    harness.flush()
    words = before.lower()
    searches = (f"events?q={words}", f"events/{event}/people?q={words}", f"me?q={words}")
    watched = {each: harness.client(each, user=who)[1] for each in searches}
    days = harness.client(f"calendar?month=2026-11&q={words}")[1]
    writer.rename(who, NEW)
    harness.flush()
    for search, sink in watched.items():
        (patch,) = sink.pop_messages()
        found = [each for each in patch["upsert"] if each["kind"] in ("card", "attendee")]
        gone = [each for each in patch["remove"] if each.startswith(("card:", "attendee:"))]
        assert (len(found), len(gone)) == (after, 1 - after), search
        items = harness.watch(search, who)["items"]
        assert len([each for each in items if each["kind"] in ("card", "attendee")]) == after
    (patch,) = days.pop_messages()
    assert (len(patch["upsert"]), len(patch["remove"])) == (after, 1 - after)


def test_a_new_name_reaches_past_cancelled_and_private_events(harness: HubHarness) -> None:
    writer = harness.writer
    who = writer.user(OLD)
    past, cancelled, private = writer.event(who, -5), writer.event(who), writer.event(who, visibility="private")
    writer.end(past)
    writer.cancel(cancelled)
    harness.flush()
    sinks = [harness.client(f"events/{each}", user=who)[1] for each in (past, cancelled, private)]
    writer.rename(who, NEW)
    harness.flush()
    for sink in sinks:
        (patch,) = sink.pop_messages()
        assert patch["upsert"][0]["organizer"]["name"] == NEW


def test_a_restricted_list_shows_the_initial_of_the_new_name(harness: HubHarness) -> None:
    writer = harness.writer
    who = writer.user(OLD)
    event = writer.event(writer.user(), guest_list="hosts")
    writer.join(event, who)
    harness.flush()
    patch, _ = names_after_rename(harness, f"events/{event}", who)
    assert [each["name"] for each in patch["upsert"][0]["faces"]] == ["Z"]
    assert NEW not in str(patch)
