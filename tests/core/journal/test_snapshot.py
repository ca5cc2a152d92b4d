"""A snapshot gives back the State that was dumped, or refuses."""

import pytest
from history import DETAILS, History, replayed, small

from turnout_core.domain.changes import Answered, EventCreated, Joined, SignedUp
from turnout_core.journal.snapshot import BrokenSnapshot, dump, iterate, load_state


def _large() -> History:
    history = small()
    for number in range(9_000):
        history.add(SignedUp(f"u{number}", f"Person {number}"), answered=Answered(f"k{number}", "r", 201))
    history.add(EventCreated("crowd", "ada", DETAILS))
    for number in range(100):
        history.add(Joined("crowd", f"u{number}", 1, "waitlisted" if number % 2 else "going"))
    return history


@pytest.mark.parametrize("history", [History(), small(), _large()], ids=["empty", "small", "large"])
async def test_a_loaded_snapshot_equals_the_dumped_state(history: History) -> None:
    state = replayed(history)
    loaded = await load_state(iterate(dump(state)))
    assert list(dump(loaded)) == list(dump(state))
    assert (loaded.attending, loaded.organizing) == (state.attending, state.organizing)
    assert list(loaded.events) == list(state.events)


async def test_every_missing_chunk_is_noticed() -> None:
    chunks = list(dump(replayed(_large())))
    assert len(chunks) > 4
    for gone in range(len(chunks)):
        with pytest.raises(BrokenSnapshot):
            await load_state(iterate(chunks[:gone] + chunks[gone + 1 :]))


async def test_a_damaged_chunk_is_noticed() -> None:
    chunks = list(dump(replayed(small())))
    chunks[1] = chunks[1][:-1] + bytes([chunks[1][-1] ^ 1])
    with pytest.raises(BrokenSnapshot, match="damaged"):
        await load_state(iterate(chunks))
