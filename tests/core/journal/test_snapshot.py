"""Loading a snapshot restores the dumped State, or raises an error."""

import pytest
from history import DETAILS, History, small_history, state_after

from turnout_core.domain.changes import EventCreated, IdempotencyEntry, Joined, SignedUp
from turnout_core.journal.snapshot import BrokenSnapshot, dump, iterate_async, load_state


def _large() -> History:
    history = small_history()
    for number in range(9_000):
        history.add(SignedUp(f"u{number}", f"Person {number}"), answered=IdempotencyEntry(f"k{number}", "r", 201))
    history.add(EventCreated("crowd", "ada", DETAILS))
    for number in range(100):
        history.add(Joined("crowd", f"u{number}", 1, "waitlisted" if number % 2 else "going"))
    return history


@pytest.mark.parametrize("history", [History(), small_history(), _large()], ids=["empty", "small", "large"])
async def test_a_loaded_snapshot_equals_the_dumped_state(history: History) -> None:
    state = state_after(history)
    loaded = await load_state(iterate_async(dump(state)))
    assert list(dump(loaded)) == list(dump(state))
    assert (loaded.attending, loaded.organizing) == (state.attending, state.organizing)
    assert list(loaded.events) == list(state.events)


async def test_every_missing_chunk_is_noticed() -> None:
    chunks = list(dump(state_after(_large())))
    assert len(chunks) > 4
    for gone in range(len(chunks)):
        with pytest.raises(BrokenSnapshot):
            await load_state(iterate_async(chunks[:gone] + chunks[gone + 1 :]))


async def test_a_damaged_chunk_is_noticed() -> None:
    chunks = list(dump(state_after(small_history())))
    chunks[1] = chunks[1][:-1] + bytes([chunks[1][-1] ^ 1])
    with pytest.raises(BrokenSnapshot, match="damaged"):
        await load_state(iterate_async(chunks))
