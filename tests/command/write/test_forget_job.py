"""The writer forgets in small commits, while commands go on, and only with a clock that it trusts."""

import asyncio
from datetime import UTC, datetime, timedelta

from committer_harness import ADA, CommitterHarness
from event_scenario import DRAFT
from waiting import until

from turnout_command.metrics import Metrics
from turnout_command.write.batch import Refusal
from turnout_command.write.forget_job import ForgetJob
from turnout_core.domain.commands import CreateEvent, EventDraft, Join, SessionBody, SignUp
from turnout_core.domain.person_commands import SetRecovery
from turnout_core.runtime.ids import new_id
from turnout_core.runtime.tasks import cancel_and_wait

DAYS = 30
DAY_MS = 24 * 60 * 60 * 1000


async def spend_a_day(harness: CommitterHarness, guests: int = 5) -> list[str]:
    """Guests sign up, one of them creates an event for tomorrow, and all join it."""
    people, event = [new_id() for _ in range(guests)], new_id()
    for person in people:
        command = SignUp(user=person, session=new_id(), body=SessionBody(name="Ada"))
        assert not isinstance(await harness.execute(command, None), Refusal)
    starts = datetime.fromtimestamp(harness.now / 1000, UTC) + timedelta(days=1)
    draft = EventDraft(**DRAFT | {"starts": starts.strftime("%Y-%m-%dT%H:%M"), "zone": "UTC"})
    assert not isinstance(await harness.execute(CreateEvent(event=event, draft=draft), people[0]), Refusal)
    for person in people:
        assert not isinstance(await harness.execute(Join(event=event), person), Refusal)
    harness.now += DAY_MS
    return people


async def test_memory_does_not_grow_for_ever() -> None:
    sizes = []
    async with CommitterHarness() as harness:
        job = ForgetJob(DAYS, lambda: True, Metrics(), now_ms=lambda: harness.now)
        state = harness.committer.state
        for _ in range(4 * DAYS):
            await spend_a_day(harness)
            await job.forget(harness.committer)
            sizes.append((len(state.users), len(state.events), len(state.attending), len(state.organizing)))
        assert max(sizes[2 * DAYS :]) <= max(sizes[: 2 * DAYS])
        assert max(sizes)[0] < (DAYS + 3) * 5


async def test_one_with_a_way_back_stays_and_others_go_in_batches() -> None:
    metrics = Metrics()
    async with CommitterHarness() as harness:
        job = ForgetJob(DAYS, lambda: True, metrics, now_ms=lambda: harness.now)
        people = await spend_a_day(harness, guests=100)
        await harness.execute(SetRecovery(recovery="digest"), people[0])
        harness.now += (DAYS + 3) * DAY_MS
        committer = harness.committer
        forgetting = asyncio.create_task(job.forget(committer))
        newcomer = SignUp(user=new_id(), session=new_id(), body=SessionBody(name="Bob"))
        await harness.execute(newcomer, None)
        assert not forgetting.done()
        await forgetting
        assert set(committer.state.users) == {people[0], newcomer.user}
        assert committer.state.events == {}
        assert committer.last_erasure_seq == committer.state.position.seq
        assert harness.journal.read_state().hash == committer.state.hash
        assert max(map(len, harness.journal.appended)) < 64
    counts = [metrics.registry.get_sample_value("turnout_forgotten_total", {"kind": x}) for x in ("guest", "event")]
    assert counts == [100, 2]  # with the guest and the event of the harness


async def test_nothing_is_forgotten_by_a_clock_that_may_be_wrong_or_without_days() -> None:
    asked: list[bool] = []
    answers = [False]

    def is_trusted() -> bool:
        asked.append(answers[-1])
        return answers[-1]

    async with CommitterHarness() as harness:
        harness.now += 100 * DAYS * DAY_MS
        never, careful = (
            asyncio.create_task(
                ForgetJob(days, trusted, Metrics(), interval_s=0, now_ms=lambda: harness.now).run(harness.committer)
            )
            for days, trusted in ((0, lambda: True), (DAYS, is_trusted))
        )
        await until(lambda: len(asked) > 3)
        assert list(harness.committer.state.users) == [ADA]
        answers.append(True)
        await until(lambda: not harness.committer.state.users)
        await cancel_and_wait(never, careful)
