"""Searches find what the test vectors say, and the oracle of the chaos tests agrees."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from history import BEGINNING

from chaos.checker.oracle import Oracle
from turnout_core.domain.access import is_listed
from turnout_core.domain.changes import Details
from turnout_core.domain.folding import fold
from turnout_core.domain.state import Event, State, User
from turnout_gateway.views.event_index import EventIndex
from turnout_gateway.views.list_view import EventsAddress
from turnout_gateway.views.search import split_words

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "vectors" / "search.json").read_text())


def state_with(event: dict[str, Any], description: str = "") -> State:
    """A state with one event. Its zone is UTC, which the search does not read."""
    starts, ends = event["starts"], event["ends"]
    starts_at, ends_at = (round(datetime.fromisoformat(f"{each}Z").timestamp() * 1000) for each in (starts, ends))
    details = Details(
        title=event["title"],
        starts=starts,
        ends=ends,
        zone="UTC",
        starts_at=starts_at,
        ends_at=ends_at,
        description=description,
        place=event["place"],
        tags=tuple(event["tags"]),
        all_day=event.get("all_day", False),
    )
    state = State(BEGINNING.position, BEGINNING.hash)
    state.users["ada"] = User("ada", event["organizer"])
    state.events["games"] = Event("games", "ada", details, 0)
    return state


def index_of(state: State) -> EventIndex:
    return EventIndex(state, is_listed, state.events.values())


@pytest.mark.parametrize("case", CASES, ids=lambda each: str(each["name"]))
def test_a_search_finds_what_the_vectors_say(case: dict[str, Any]) -> None:
    state = state_with(case["event"])
    words = split_words(case["query"])
    assert bool(index_of(state).find("upcoming", None, words).keys) is case["found"]
    page = Oracle().page(state, EventsAddress(words=words))
    assert page is not None
    assert (len(page.items) > 1) is case["found"]


def test_the_description_is_searched_too() -> None:
    state = state_with(CASES[0]["event"], description="Bring crème brûlée")
    assert index_of(state).find("upcoming", None, split_words("CREME BRULEE")).keys


def test_folding_twice_changes_nothing_more() -> None:
    for point in range(sys.maxunicode + 1):
        folded = fold(chr(point))
        assert fold(folded) == folded, hex(point)
