"""A new primary that lacks acknowledged records gets them again from the services that have them in memory."""

import pytest
from waiting import until
from writer_harness import WriterHarness, running, sign_up

from turnout_core.domain.rejections import Unavailable
from turnout_core.journal.follower import Follower, NullListener


@pytest.fixture
def harness() -> WriterHarness:
    harness = WriterHarness()
    harness.journal.shows_later = True
    return harness


async def names(harness: WriterHarness) -> list[str]:
    """The people whom a new reader of the journal finds."""
    state = await Follower(harness.journal, NullListener()).catch_up()
    return [each.name for each in state.users.values()]


async def test_the_next_command_finds_what_came_before_it(harness: WriterHarness) -> None:
    async with harness.leading() as writer:
        for person in ("ada", "bob", "carl"):
            await sign_up(writer, person)
        terms = harness.journal.fence
        harness.journal.roll_back(1)
        assert await sign_up(writer, "dora") == 4
        await until(lambda: harness.journal.shown() == 4)
        assert await names(harness) == ["Ada", "Bob", "Carl", "Dora"]
        assert harness.journal.fence == terms


async def test_a_writer_without_commands_notices(harness: WriterHarness) -> None:
    async with harness.leading() as writer:
        await sign_up(writer, "ada")
        await sign_up(writer, "bob")
        harness.journal.roll_back(0)
        await until(lambda: harness.journal.shown() == 2)
        assert await names(harness) == ["Ada", "Bob"]
        assert writer.status().ready


async def test_a_standby_that_takes_over_appends_what_it_has_followed(harness: WriterHarness) -> None:
    async with running(harness.writer()) as first:
        await until(lambda: first.status().ready)
        async with running(harness.writer()) as second:
            await sign_up(first, "ada")
            await sign_up(first, "bob")
            await until(lambda: second.position() == first.position())
            harness.journal.is_unreachable = True  # the primary is gone, and the first writer, too
            harness.lease._owner, harness.lease._ends_at = "nobody", 0
            harness.journal.roll_back(1)
            harness.journal.is_unreachable = False
            await until(lambda: harness.journal.shown() == 2)
            assert await names(harness) == ["Ada", "Bob"]


async def test_it_goes_on_after_an_unknown_outcome_and_in_batches(
    harness: WriterHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("turnout_command.write.lost_records.BATCH_MAX_RECORDS", 2)
    people = ["ada", "bob", "carl", "dora", "emil"]
    async with harness.leading() as writer:
        for person in people:
            await sign_up(writer, person)
        harness.journal.unknown_outcomes = 2
        harness.journal.roll_back(0)
        assert await sign_up(writer, "fay") == 6
        assert await names(harness) == [each.title() for each in [*people, "fay"]]


async def test_no_record_without_an_acknowledgement_is_appended_again(harness: WriterHarness) -> None:
    journal = harness.journal
    async with harness.leading() as writer:
        await sign_up(writer, "ada")
        journal.unknown_outcomes = 1_000
        with pytest.raises(Unavailable):
            await sign_up(writer, "bob")
        journal.roll_back(0)
        journal.unknown_outcomes = 0
        await until(lambda: journal.shown() == 1)
        assert await names(harness) == ["Ada"]


async def test_a_server_with_another_history_is_refused(harness: WriterHarness) -> None:
    async with harness.leading() as writer:
        await sign_up(writer, "ada")
        await sign_up(writer, "bob")
        harness.journal.replace_end()
        await until(lambda: "another history" in (writer.status().trouble or ""))
        assert await names(harness) == ["Ada", "Eve"]
