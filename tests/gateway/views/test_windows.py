"""Cursor windows: chained, they show every event of a list exactly once, in both directions."""

from collections.abc import Iterable
from typing import Any

import pytest
from fake_writer import HOUR_MS, START_MS
from hub_harness import HubHarness
from hypothesis import given
from hypothesis import strategies as st

from turnout_gateway.views.cursor import Cursor
from turnout_gateway.views.list_view import EventsAddress
from turnout_gateway.views.sorted_events import SortedEvents, SortKey

# Starts of six events in hours after START_MS; two of them start at the same moment.
HOURS = (1, 2, 2, 3, 4, 5)
NAMES = "abcdef"
AT_2H = START_MS + 2 * HOUR_MS


def harness_with_events(*, ended: bool = False) -> tuple[HubHarness, dict[str, str]]:
    """A hub with events at ``HOURS``; and the name of each event, by id."""
    harness = HubHarness()
    ada = harness.writer.user()
    names = {}
    for name, hours in zip(NAMES, HOURS, strict=True):
        event = harness.writer.event(ada, hours)
        names[event] = name
        if ended:
            harness.writer.end(event)
    harness.flush()
    return harness, names


def open_window(harness: HubHarness, query: str) -> dict[str, Any]:
    client, sink = harness.client()
    harness.hub.watch(client, f"events?{query}", None)
    (message,) = sink.pop_messages()
    return message


def shown(message: dict[str, Any], names: dict[str, str]) -> str:
    return "".join(names[each["id"]] for each in message["items"] if each["kind"] == "card")


def numbers(items: Iterable[dict[str, Any]]) -> tuple[int, int]:
    """``before`` and ``total`` of the list."""
    (found,) = (each for each in items if each["kind"] == "list")
    return found["before"], found["total"]


@pytest.mark.parametrize(
    ("query", "expected", "before"),
    [
        ("limit=2", "ab", 0),
        (f"after={AT_2H}&limit=2", "bc", 1),
        (f"after={AT_2H + 1}&limit=2", "de", 3),
        (f"before={AT_2H}&limit=2", "a", 0),
        (f"before={AT_2H + 1}&limit=2", "bc", 1),
        (f"after={AT_2H}-{{b}}&limit=2", "cd", 2),
        (f"before={AT_2H}-{{c}}&limit=2", "ab", 0),
        (f"after={AT_2H}-nobody&limit=2", "de", 3),  # such an event is gone, but its place is known
        ("after=-1&limit=2", "ab", 0),
        ("after=4102444800000&limit=2", "", 6),
        ("before=4102444800000&limit=2", "ef", 4),
        ("before=-62135596800000", "", 0),
    ],
)
def test_a_window_of_an_ascending_list(query: str, expected: str, before: int) -> None:
    harness, names = harness_with_events()
    message = open_window(harness, query.format(**{name: event for event, name in names.items()}))
    assert (message["order"], shown(message, names), *numbers(message["items"])) == ("ascending", expected, before, 6)


@pytest.mark.parametrize(
    ("query", "expected", "before"),
    [
        ("limit=2", "fe", 0),
        (f"after={AT_2H}&limit=2", "a", 5),  # those that start earlier
        (f"after={AT_2H + 1}&limit=2", "cb", 3),
        (f"before={AT_2H}&limit=2", "cb", 3),  # those that start then or later
        (f"before={AT_2H + 1}&limit=2", "ed", 1),
        (f"after={AT_2H}-{{c}}&limit=2", "ba", 4),
        (f"before={AT_2H}-{{b}}&limit=2", "dc", 2),
        ("after=4102444800000&limit=2", "fe", 0),
        ("before=-1", "fedcba", 0),
    ],
)
def test_a_window_of_a_descending_list(query: str, expected: str, before: int) -> None:
    harness, names = harness_with_events(ended=True)
    message = open_window(harness, "when=past&" + query.format(**{name: event for event, name in names.items()}))
    assert (message["order"], shown(message, names), *numbers(message["items"])) == ("descending", expected, before, 6)


def test_a_window_moves_when_events_come_and_go() -> None:
    harness, names = harness_with_events()
    client, sink = harness.client(f"events?after={AT_2H}&limit=2")
    first = harness.writer.event(harness.writer.user(), 1)
    harness.flush()
    (patch,) = sink.pop_messages()
    assert (patch["remove"], [each["kind"] for each in patch["upsert"]]) == ([], ["list"])
    assert numbers(patch["upsert"]) == (2, 7)

    harness.writer.delete(next(event for event, name in names.items() if name == "b"))
    harness.flush()
    (patch,) = sink.pop_messages()
    assert ([names[key.removeprefix("card:")] for key in patch["remove"]], numbers(patch["upsert"])) == (["b"], (2, 6))
    assert [names[each["id"]] for each in patch["upsert"] if each["kind"] == "card"] == ["d"]

    harness.writer.delete(first)
    harness.flush()
    assert numbers(sink.pop_messages()[0]["upsert"]) == (1, 5)
    assert client.views


def test_a_plain_list_has_nothing_before_it() -> None:
    harness, _ = harness_with_events()
    assert numbers(open_window(harness, "when=upcoming")["items"]) == (0, 6)


@given(
    starts=st.lists(st.integers(-5, 5), max_size=12),
    limit=st.integers(1, 4),
    when=st.sampled_from(("upcoming", "past")),
    place=st.integers(-6, 6),
)
def test_chained_windows_show_every_event_once(starts: list[int], limit: int, when: Any, place: int) -> None:
    keys: list[SortKey] = [(start, f"card:e{number}") for number, start in enumerate(starts)]
    events = SortedEvents(keys)
    in_order = sorted(keys, reverse=when == "past")

    def page(after: Cursor | None = None, before: Cursor | None = None) -> list[SortKey]:
        found = events.keys[EventsAddress(when, limit=limit, after=after, before=before).window(events)]
        return found[::-1] if when == "past" else found

    def at(key: SortKey) -> Cursor:
        return Cursor(key[0], key[1].removeprefix("card:"))

    later, earlier = page(after=Cursor(place)), page(before=Cursor(place))
    after, before = list(later), list(earlier)
    while later:
        later = page(after=at(after[-1]))
        after += later
    while earlier:
        earlier = page(before=at(before[0]))
        before[:0] = earlier
    assert before + after == in_order
