"""A restricted guest list shows no name in what everyone sees: card, event, ``me`` of others, tags and search."""

from typing import Any

import pytest
from hub_harness import HubHarness

from turnout_core.domain.access import VISITOR, viewer_of
from turnout_core.domain.rejections import NotPermitted
from turnout_gateway.views.attendee_pages import read_page

GUESTS = 15  # more than the faces of a card
NAME = "Gisela Unmistakable"


@pytest.fixture
def harness() -> HubHarness:
    return HubHarness()


def make(harness: HubHarness, **details: Any) -> tuple[str, str, list[str]]:
    """An event, its organizer and its guests."""
    writer = harness.writer
    organizer = writer.user("Olga")
    event = writer.event(organizer, **details)
    guests = [writer.user(f"{NAME} {number}") for number in range(GUESTS)]
    for guest in guests:
        writer.join(event, guest)
    writer.join(event, writer.user(f"{NAME} waiting"), waits=True)
    harness.flush()
    return event, organizer, guests


@pytest.mark.parametrize("guest_list", ["going", "hosts"])
@pytest.mark.parametrize(("hint", "faces"), [("initials", ["G"] * 12), ("counts", [])])
def test_the_card_and_the_event_have_no_names(
    harness: HubHarness, guest_list: str, hint: str, faces: list[str]
) -> None:
    event, organizer, guests = make(harness, guest_list=guest_list, guest_hint=hint)
    for viewer in (None, guests[0], organizer):  # an item does not depend on the viewer
        for view in ("events?when=upcoming", "events?q=board", f"events/{event}"):
            answer = harness.watch(view, viewer)
            (shown,) = (each for each in answer["items"] if each["kind"] in ("card", "event"))
            assert ([each["name"] for each in shown["faces"]], shown["newest"]) == (faces, [])
            assert {each["id"] for each in shown["faces"]} <= {""}
            assert shown["going"] == GUESTS
            text = str(answer)
            assert NAME not in text
            assert not [each for each in guests if each in text]
    assert NAME not in str(harness.watch("me", organizer))


@pytest.mark.parametrize(
    ("guest_list", "visitor", "guest", "waiting"), [("everyone", 1, 1, 1), ("going", 0, 1, 0), ("hosts", 0, 0, 0)]
)
def test_names_are_for_those_whom_the_list_names(
    harness: HubHarness, guest_list: str, visitor: int, guest: int, waiting: int
) -> None:
    event, organizer, guests = make(harness, guest_list=guest_list)
    on_waitlist = next(each.user for each in harness.writer.state.events[event].waitlist())
    state = harness.writer.state
    for viewer, sees in ((None, visitor), (guests[0], guest), (on_waitlist, waiting), (organizer, 1)):
        for query in ("", "?q=gisela", "?status=waitlisted", "?after=1&limit=3"):
            answer = harness.watch(f"events/{event}/people{query}", viewer)
            assert (answer.get("code"), NAME in str(answer)) == ((None, True) if sees else ("not-permitted", False))
        asking = viewer_of(state, viewer) if viewer else VISITOR
        if sees:
            assert len(read_page(state, event, asking, "going", 0, 100).items) == GUESTS
        else:
            with pytest.raises(NotPermitted):
                read_page(state, event, asking, "going", 0, 100)


@pytest.mark.parametrize("hint", ["initials", "counts"])
def test_a_list_that_closes_and_opens_again_is_followed_by_clients_that_resume(harness: HubHarness, hint: str) -> None:
    event, _, _ = make(harness)
    before = harness.watch(f"events/{event}")
    harness.writer.edit(event, guest_list="hosts", guest_hint=hint)
    harness.flush()
    closed = harness.watch(f"events/{event}", at=before["at"])
    assert NAME not in str(closed)
    assert len(closed["remove"]) == GUESTS + 1
    harness.writer.edit(event, guest_list="everyone")
    harness.flush()
    reopened = harness.watch(f"events/{event}", at=closed["at"])
    assert len([each for each in reopened["upsert"] if each["kind"] == "attendee"]) == GUESTS + 1


def test_a_newcomer_to_a_closed_list_is_in_no_patch(harness: HubHarness) -> None:
    event, _, _ = make(harness, guest_list="hosts")
    _, sink = harness.client(f"events/{event}", "events?when=upcoming")
    newcomer = harness.writer.user("Nadja Newcomer")
    harness.writer.join(event, newcomer)
    harness.flush()
    messages = sink.pop_messages()
    assert [each["type"] for each in messages] == ["patch", "patch"]
    assert not [part for part in ("Nadja", newcomer) if part in str(messages)]
