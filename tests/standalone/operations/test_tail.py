"""The tail prints commits as lines of text or JSON, and can follow new ones."""

import asyncio
import json

import pytest
from history import DETAILS, History
from msgspec.structs import replace
from redis.asyncio import Redis
from stored_journal import END, FENCE, RunTurnout, long_history

from turnout.operations import tail
from turnout.operations.journal_server import JournalServer
from turnout_core.domain.changes import EventCreated, SignedUp
from turnout_core.domain.position import Position
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Head
from turnout_core.journal.record import peek
from turnout_core.journal.valkey import ValkeyJournal

KEYS = Keys()


async def test_the_last_commits_as_text(journal: ValkeyJournal, turnout: RunTurnout) -> None:
    result = await turnout("tail", "-n", 2)
    assert result.stdout.splitlines() == [
        "1970-01-01 00:00:00Z  test-29  -  signed up: user12 (User 12)",
        "1970-01-01 00:00:00Z  test-30  user12  joined games: user12, party of 1, waitlisted",
    ]


def test_a_start_in_the_second_of_two_equal_hours_is_marked() -> None:
    details = replace(DETAILS, starts="2026-10-25T02:30", starts_fold=1)
    lines = [tail.to_text_line(History().add(EventCreated("games", "ada", each))) for each in (DETAILS, details)]
    assert [line.split(", ")[-1] for line in lines] == [
        "2026-11-27T19:30 Europe/Vienna",
        "2026-10-25T02:30 (second) Europe/Vienna",
    ]


def test_an_event_that_lasts_all_day_has_its_days() -> None:
    day = replace(DETAILS, starts="2026-12-05T00:00", ends="2026-12-06T00:00", all_day=True)
    lines = [
        tail.to_text_line(History().add(EventCreated("games", "ada", each)))
        for each in (day, replace(day, ends="2026-12-07T00:00"))
    ]
    assert [line.split(", ")[-1] for line in lines] == [
        "2026-12-05 all day Europe/Vienna",
        "2026-12-05 to 2026-12-06 all day Europe/Vienna",
    ]


async def test_from_a_position_as_json(journal: ValkeyJournal, turnout: RunTurnout) -> None:
    result = await turnout("tail", "--from", "test-28", "--json")
    commits = [json.loads(line) for line in result.stdout.splitlines()]
    assert [commit["seq"] for commit in commits] == [28, 29, 30]
    assert commits[-1]["hash"] == long_history().head.hash
    assert commits[-1]["changes"] == [
        {"type": "joined", "event": "games", "user": "user12", "party": 1, "status": "waitlisted"}
    ]


@pytest.mark.parametrize("position", ["test-12", "test-99", "other-20"])
async def test_a_position_outside_the_stream_is_refused(
    position: str, journal: ValkeyJournal, turnout: RunTurnout
) -> None:
    result = await turnout("tail", "--from", position)
    assert result.exit_code == 2
    assert result.stderr == f"there is no record {position}: the stream has those from test-13 to test-30\n"


async def test_an_invalid_position_is_refused(journal: ValkeyJournal, turnout: RunTurnout) -> None:
    result = await turnout("tail", "--from", "yesterday")
    assert result.exit_code == 2
    assert "not a position" in result.stderr


async def test_a_foreign_entry_is_reported(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    await valkey.xadd(KEYS.stream, {"garbage": "x"}, id="31-0")
    result = await turnout("tail")
    assert result.exit_code == 1
    assert "stream entry 31-0 is no record" in result.stderr


async def test_following_yields_new_commits_across_a_restore(
    journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout
) -> None:
    records = tail.read_records(JournalServer(valkey, KEYS), None, 1, follow=True)
    assert peek(await anext(records))[0].seq == END
    history = History(long_history().head)
    late = history.add(SignedUp("late", "Late"))
    coming = asyncio.ensure_future(anext(records))
    await journal.append(FENCE, long_history().head, [late], history.head)
    assert await coming == late
    await valkey.delete(KEYS.stream)
    await valkey.hset(KEYS.head, "epoch", "another")
    beyond = History(Head(Position("another", END + 1), history.head.hash))
    coming = asyncio.ensure_future(anext(records))
    later = beyond.add(SignedUp("later", "Later"))
    await journal.append(FENCE, Head(Position("another", END + 1), history.head.hash), [later], beyond.head)
    await journal.publish_heartbeat(FENCE)
    assert await coming == later
    await records.aclose()
