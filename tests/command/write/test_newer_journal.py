"""A command service leaves a journal of a newer version alone, at the start and as a standby."""

import re
from contextlib import AsyncExitStack

import pytest
from newer_data import REFUSAL, newer_record
from waiting import until
from writer_harness import WriterHarness, running, sign_up

from turnout_command.write.writer import Writer
from turnout_core.domain.rejections import NotLeader, Unavailable
from turnout_core.journal.format import NewerFormat


def _refusal(writer: Writer) -> str:
    """The reason for which ``writer`` refuses commands."""
    with pytest.raises((NotLeader, Unavailable)) as refused:
        writer.committer()
    return str(refused.value)


async def test_a_standby_does_not_take_a_newer_journal_over_from_a_leader_that_ends() -> None:
    harness = WriterHarness()
    async with AsyncExitStack() as leading, AsyncExitStack() as following:
        leader = await leading.enter_async_context(harness.leading())
        standby = await following.enter_async_context(running(harness.writer()))
        await sign_up(leader, "ada")
        before, fence = leader.committer().durable_head, harness.journal.fence
        record, head = newer_record(before)
        await harness.journal.append(fence, before, [record], head)
        await until(lambda: standby.status().trouble == f"the journal was {REFUSAL}")
        await leading.aclose()
        await until(harness.lease.is_free)
        await until(lambda: _refusal(standby) == f"the journal was {REFUSAL}")
        assert (standby.status().role, standby.status().ready, harness.journal.fence) == ("standby", False, fence)
        harness.journal.roll_back(1)
        harness.journal.format = 1
        await until(lambda: standby.status().ready)


async def test_a_newer_journal_is_refused_before_anything_is_written() -> None:
    harness, inspections = WriterHarness(), 0

    async def inspect() -> None:
        nonlocal inspections
        inspections += 1

    async with harness.leading() as writer:
        await sign_up(writer, "ada")
        before = writer.committer().durable_head
    record, head = newer_record(before)
    await harness.journal.append(harness.journal.fence, before, [record], head)
    with pytest.raises(NewerFormat, match=re.escape(REFUSAL)):
        await harness.writer(inspect=inspect).prepare()
    assert inspections == 0
