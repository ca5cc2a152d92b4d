"""The committer responds only with durable results."""

import asyncio

import pytest
from committer_harness import (
    ADA,
    GAMES,
    JOIN,
    CommitterHarness,
    LateReplyJournal,
    run_loop_turns,
)
from event_scenario import NOW, SESSION
from history import BEGINNING

from turnout_command.write.append_queue import PENDING_MAX_RECORDS
from turnout_command.write.batch import BATCH_MAX_RECORDS, Outcome, Refusal, Success
from turnout_core.domain.changes import SignedUp
from turnout_core.domain.commands import SessionBody, SignUp, Unattend
from turnout_core.domain.rejections import AlreadyAttending, Unavailable
from turnout_core.journal.port import Conflict, OutcomeUnknown, WriterFenced
from turnout_core.runtime.tasks import cancel_and_wait


async def test_a_response_comes_after_the_append_and_has_its_position() -> None:
    async with CommitterHarness() as harness:
        harness.block_appends()
        answer = harness.submit(JOIN)
        await harness.journal.append_started.wait()
        await run_loop_turns()
        assert not answer.done()
        harness.journal.gate.set()
        done = await answer
        assert isinstance(done, Success)
        assert (done.position.seq, done.response.status, harness.committer.durable_head.position.seq) == (3, 201, 3)


async def test_commands_during_an_append_form_one_batch_decided_on_the_speculative_state() -> None:
    async with CommitterHarness() as harness:
        harness.block_appends()
        first = harness.submit(JOIN)
        await harness.journal.append_started.wait()
        later = [harness.submit(Unattend(event=GAMES, user=ADA)), harness.submit(JOIN), harness.submit(JOIN)]
        await run_loop_turns()
        assert not any(each.done() for each in [first, *later])
        harness.journal.gate.set()
        outcomes = await asyncio.gather(*later)
        assert [len(batch) for batch in harness.journal.appended] == [1, 1, 1, 2]
        assert [type(each) for each in outcomes] == [Success, Success, Refusal]
        assert GAMES in harness.journal.read_state().attending[ADA]


async def test_a_rejection_waits_until_its_state_is_durable() -> None:
    async with CommitterHarness() as harness:
        harness.block_appends()
        joined = harness.submit(JOIN)
        again = harness.submit(JOIN)
        await run_loop_turns()
        assert not again.done()
        harness.journal.gate.set()
        await joined
        outcome = await again
        assert isinstance(outcome, Refusal)
        assert isinstance(outcome.rejection, AlreadyAttending)


async def test_a_rejection_that_depends_on_a_lost_command_is_withheld() -> None:
    async with CommitterHarness() as harness:
        harness.journal.fail_next_append(WriterFenced("another writer"), lost=True)
        joined, again = harness.submit(JOIN), harness.submit(JOIN)
        for each in (joined, again):
            with pytest.raises(Unavailable):
                await each
        assert await harness.failure() == "WriterFenced"
        with pytest.raises(Unavailable):
            harness.submit(JOIN)
        assert not harness.committer.is_durable()
        assert ADA not in harness.journal.read_state().attending


async def test_a_read_responds_at_once_only_while_the_lease_is_valid() -> None:
    async with CommitterHarness() as harness:
        refused = Refusal(harness.committer.state.position, AlreadyAttending())
        assert harness.committer.respond_when_durable(refused).done()
        harness.is_lease_valid = False
        pending = harness.committer.respond_when_durable(refused)
        assert not pending.done()
        assert (await pending, harness.journal.heartbeats) == (refused, 1)
        harness.journal.fence = 2
        with pytest.raises(Unavailable):
            await harness.committer.respond_when_durable(refused)
        assert await harness.failure() == "WriterFenced"


async def test_without_a_valid_lease_an_earlier_append_releases_no_response() -> None:
    async with CommitterHarness(journal=LateReplyJournal()) as harness:
        harness.block_appends()
        joined = harness.submit(JOIN)
        await harness.journal.append_started.wait()
        harness.is_lease_valid = False
        harness.journal.fence = 2  # another writer leads, and may have written
        again = harness.submit(JOIN)
        harness.journal.gate.set()
        assert (await joined).position.seq == 3
        with pytest.raises(Unavailable):
            await again
        assert await harness.failure() == "WriterFenced"


async def test_without_a_valid_lease_a_later_append_releases_responses() -> None:
    async with CommitterHarness() as harness:
        harness.block_appends()
        first = harness.submit(JOIN)
        await harness.journal.append_started.wait()
        harness.is_lease_valid = False
        pending = [harness.submit(JOIN), harness.submit(JOIN), harness.submit(Unattend(event=GAMES, user=ADA))]
        harness.journal.gate.set()
        outcomes = await asyncio.gather(first, *pending)
        assert [type(each) for each in outcomes] == [Success, Refusal, Refusal, Success]
        assert ([len(batch) for batch in harness.journal.appended], harness.journal.heartbeats) == ([1, 1, 1, 1], 0)


async def test_a_read_fails_if_the_journal_has_another_head() -> None:
    async with CommitterHarness() as harness:
        harness.is_lease_valid = False
        harness.journal._head = BEGINNING  # the server was rolled back
        with pytest.raises(Unavailable):
            await harness.committer.respond_when_durable(Refusal(harness.committer.state.position, AlreadyAttending()))
        assert await harness.failure() == "Conflict"


@pytest.mark.parametrize("lost", [True, False], ids=["the append did not happen", "the append happened"])
async def test_an_unknown_outcome_is_resolved_by_a_retry(lost: bool) -> None:
    async with CommitterHarness(append_timeout_s=5) as harness:
        harness.journal.fail_next_append(OutcomeUnknown("the connection broke"), lost=lost)
        done = await harness.execute(JOIN)
        assert (type(done), done.position.seq) == (Success, 3)
        assert harness.journal.read_state().position.seq == 3


@pytest.mark.parametrize("lost", [True, False], ids=["the append did not happen", "the append happened"])
async def test_an_outcome_that_stays_unknown_fails_all_pending_commands(lost: bool) -> None:
    async with CommitterHarness(append_timeout_s=0) as harness:
        harness.journal.fail_next_append(OutcomeUnknown("silence"), lost=lost)
        for each in [harness.submit(JOIN), harness.submit(JOIN), harness.submit(Unattend(event=GAMES, user=ADA))]:
            with pytest.raises(Unavailable, match="silence") as raised:
                await each
            assert (raised.value.status, raised.value.retry_after_s) == (503, 1)
        assert await harness.failure() == "OutcomeUnknown"


async def test_a_conflict_closes_the_committer() -> None:
    async with CommitterHarness() as harness:
        harness.journal.fail_next_append(Conflict(None), lost=True)
        with pytest.raises(Unavailable):
            await harness.execute(JOIN)
        assert await harness.failure() == "Conflict"


async def test_a_disconnected_client_does_not_cancel_its_command() -> None:
    async with CommitterHarness() as harness:
        harness.block_appends()
        request = asyncio.create_task(harness.execute(JOIN))
        await harness.journal.append_started.wait()
        await cancel_and_wait(request)
        harness.journal.gate.set()
        left = await harness.execute(Unattend(event=GAMES, user=ADA))
        assert (left.position.seq, harness.journal.read_state().position.seq) == (4, 4)


async def test_commands_use_the_clock_even_if_it_was_set_back() -> None:
    async with CommitterHarness() as harness:
        harness.now = NOW - 60_000
        await harness.execute(JOIN)
        assert harness.journal.read_state().events[GAMES].attendances[ADA].at == NOW - 60_000


async def test_batches_are_bounded() -> None:
    async with CommitterHarness() as harness:
        harness.block_appends()
        many = BATCH_MAX_RECORDS + 10
        first = harness.submit(JOIN)
        await harness.journal.append_started.wait()
        rest = guests(harness, many)
        harness.journal.gate.set()
        await asyncio.gather(first, *rest)
        assert [len(batch) for batch in harness.journal.appended][-3:] == [1, BATCH_MAX_RECORDS, 10]


async def test_an_overloaded_committer_rejects_new_commands_only() -> None:
    async with CommitterHarness() as harness:
        harness.block_appends()
        harness.submit(JOIN)
        await harness.journal.append_started.wait()
        with pytest.raises(Unavailable, match="Too many"):
            guests(harness, PENDING_MAX_RECORDS * 2)
        waiting = harness.committer.state.position.seq
        assert waiting < PENDING_MAX_RECORDS + BATCH_MAX_RECORDS
        harness.journal.gate.set()
        assert await harness.committer.drain(20)
        assert (harness.journal.read_state().position.seq, harness.committer.is_durable()) == (waiting, True)


def guests(harness: CommitterHarness, number: int) -> "list[asyncio.Future[Outcome]]":
    digits = str.maketrans("0123456789", "abcdefghij")
    bodies = (
        SignUp(user=f"guest{each:07}".translate(digits), session=SESSION, body=SessionBody(name="G"))
        for each in range(number)
    )
    return [harness.submit(each, None) for each in bodies]


async def test_a_failure_to_apply_closes_the_committer() -> None:
    async with CommitterHarness() as harness:
        harness.committer.state.events[GAMES].going = None  # type: ignore[assignment] # no command can do this
        with pytest.raises(TypeError):
            harness.submit(JOIN)
        with pytest.raises(Unavailable):
            harness.submit(JOIN)
        assert (await harness.failure(), harness.committer.is_durable()) == ("StateCorrupted", False)


async def test_records_continue_each_other() -> None:
    async with CommitterHarness() as harness:
        await harness.execute(JOIN)
        state = harness.journal.read_state()
        assert (state.position, state.hash) == (
            harness.committer.durable_head.position,
            harness.committer.durable_head.hash,
        )
        assert SignedUp(ADA, "Ada").user in state.users
