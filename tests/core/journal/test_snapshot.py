"""Loading a snapshot restores the dumped State, or raises an error."""

import re

import pytest
from history import DETAILS, History, small_history, state_after
from newer_data import NEWER, REFUSAL, newer_chunks, rewrite_chunk

from turnout_core.domain.changes import EventCreated, IdempotencyEntry, Joined, SignedUp
from turnout_core.domain.moderation_changes import ModeratorAdded
from turnout_core.journal.format import NewerFormat
from turnout_core.journal.snapshot import BrokenSnapshot, dump, iterate_async, load_state, snapshot_format


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
    history = _large()
    history.add(ModeratorAdded("ada", "command"))
    chunks = list(dump(state_after(history)))
    assert len(chunks) > 5
    for gone in range(len(chunks)):
        with pytest.raises(BrokenSnapshot):
            await load_state(iterate_async(chunks[:gone] + chunks[gone + 1 :]))


async def test_a_damaged_chunk_is_noticed() -> None:
    chunks = list(dump(state_after(small_history())))
    chunks[1] = chunks[1][:-1] + bytes([chunks[1][-1] ^ 1])
    with pytest.raises(BrokenSnapshot, match="damaged"):
        await load_state(iterate_async(chunks))


async def test_a_snapshot_of_a_newer_version_is_not_damaged() -> None:
    header, *rest = dump(state_after(small_history()))
    for chunks in ([rewrite_chunk(header, format=NEWER), *rest], newer_chunks(state_after(small_history()))):
        with pytest.raises(NewerFormat, match=re.escape(REFUSAL)):
            await load_state(iterate_async(chunks))


async def test_an_unknown_field_in_a_snapshot_is_damage() -> None:
    header, users, events, *rest = dump(state_after(small_history()))
    user, event = ({"id": "ada", "name": "Ada", "device": "phone"}, {"id": "games", "visibility": "private"})
    for chunks in (
        [rewrite_chunk(header, sessions=3), users, events],
        [header, rewrite_chunk(users, items=[user]), events],
        [header, users, rewrite_chunk(events, items=[event])],
        [header, users, rewrite_chunk(events, total=1)],
    ):
        with pytest.raises(BrokenSnapshot):
            await load_state(iterate_async([*chunks, *rest]))


def test_a_snapshot_without_news_can_be_read_by_the_first_version() -> None:
    assert snapshot_format(state_after(_large())) == 1
