"""Idempotency keys in the committer: one effect, equal responses."""

import asyncio

from committer_harness import (
    ADA,
    GAMES,
    JOIN,
    CommitterHarness,
    key,
    run_loop_turns,
)
from event_scenario import NOW, SESSION, id_of

from turnout_command.write.batch import Refusal, Success
from turnout_command.write.idempotency import Key
from turnout_core.domain.commands import SessionBody, SignUp, Unattend
from turnout_core.domain.rejections import Invalid


async def test_a_key_stays_valid_if_the_clock_was_set_back() -> None:
    async with CommitterHarness() as harness:
        harness.now = NOW - 25 * 3_600_000
        first, second = await harness.execute(JOIN, key=key("k")), await harness.execute(JOIN, key=key("k"))
        assert isinstance(first, Success)
        assert isinstance(second, Success)
        assert (second.replayed, second.response) == (True, first.response)


async def test_the_same_key_has_one_effect_and_equal_responses() -> None:
    async with CommitterHarness() as harness:
        first = await harness.execute(JOIN, key=key("k"))
        await harness.execute(Unattend(event=GAMES, user=ADA))
        again = await harness.execute(JOIN, key=key("k"))
        assert isinstance(first, Success)
        assert isinstance(again, Success)
        assert (again.response, again.replayed, first.replayed) == (first.response, True, False)
        assert ADA not in harness.journal.read_state().attending


async def test_duplicates_that_race_wait_for_the_same_append() -> None:
    async with CommitterHarness() as harness:
        harness.block_appends()
        pending = [harness.submit(JOIN, key=key("k")) for _ in range(3)]
        await run_loop_turns()
        assert not any(each.done() for each in pending)
        harness.journal.gate.set()
        outcomes = await asyncio.gather(*pending)
        assert len({each.response for each in outcomes if isinstance(each, Success)}) == 1
        assert [each.replayed for each in outcomes if isinstance(each, Success)] == [False, True, True]
        assert harness.journal.read_state().position.seq == 3


async def test_a_key_belongs_to_its_request_and_to_its_user() -> None:
    async with CommitterHarness() as harness:
        await harness.execute(SignUp(user=id_of("bob"), session=SESSION, body=SessionBody(name="Bob")), None)
        await harness.execute(JOIN, key=key("k"))
        other = await harness.execute(JOIN, key=key("k", b'{"party":2}'))
        assert isinstance(other, Refusal)
        assert isinstance(other.rejection, Invalid)
        bobs = await harness.execute(
            JOIN, id_of("bob"), Key.of(id_of("bob"), "k", "POST /api/events/games/attendees", b"{}")
        )
        assert isinstance(bobs, Success)
        assert not bobs.replayed


async def test_the_response_to_a_refused_command_is_not_stored() -> None:
    async with CommitterHarness() as harness:
        assert isinstance(await harness.execute(Unattend(event=GAMES, user=ADA), key=key("k")), Refusal)
        await harness.execute(JOIN)
        assert isinstance(await harness.execute(Unattend(event=GAMES, user=ADA), key=key("k")), Success)


async def test_a_key_expires_after_a_day_of_commits() -> None:
    hour_ms = 60 * 60 * 1000
    join, leave = JOIN, Unattend(event=GAMES, user=ADA)
    async with CommitterHarness() as harness:
        start = harness.now = NOW - 30 * hour_ms
        await harness.execute(join, key=key("k"))
        for hour in range(1, 25):
            harness.now = start + hour * hour_ms - 1
            again = await harness.execute(join, key=key("k"))
            assert isinstance(again, Success)
            assert again.replayed
            await harness.execute(leave if hour % 2 else join)
        harness.now = start + 24 * hour_ms
        await harness.execute(leave)
        fresh = await harness.execute(join, key=key("k"))
        assert isinstance(fresh, Refusal | Success)
        assert not (isinstance(fresh, Success) and fresh.replayed)
