"""Verification finds every deviation from the written journal, and names the remedy."""

from typing import cast

import pytest
from history import BEGINNING, EPOCH
from redis.asyncio import Redis
from stored_journal import (
    END,
    FENCE,
    LATER,
    MIDDLE,
    RunTurnout,
    flip_bit,
    long_history,
    rewrite_stream,
    save_snapshot,
    state_at,
)

from turnout_core.domain.changes import EventEnded
from turnout_core.domain.position import Position
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal

KEYS = Keys()


async def test_a_sound_journal(journal: ValkeyJournal, turnout: RunTurnout) -> None:
    result = await turnout("verify")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "18 sound records; sound snapshots: test-12, test-20" in result.stdout


async def test_a_journal_without_snapshots(valkey: Redis, turnout: RunTurnout) -> None:
    history = long_history()
    await valkey.set(KEYS.fence, FENCE)
    journal = ValkeyJournal(valkey, valkey, KEYS)
    await journal.create(EPOCH)
    assert (await turnout("verify")).exit_code == 0
    await journal.append(FENCE, BEGINNING, history.records, history.head)
    assert (await turnout("verify")).exit_code == 0


async def test_a_journal_with_an_empty_stream(journal: ValkeyJournal, turnout: RunTurnout) -> None:
    await save_snapshot(journal, state_at(END))
    await journal.drop_snapshot(Position(EPOCH, MIDDLE), epoch=EPOCH)
    await journal.drop_snapshot(Position(EPOCH, LATER), epoch=EPOCH)
    await journal.trim(Position(EPOCH, END))
    result = await turnout("verify")
    assert (result.exit_code, result.stderr) == (0, "")


async def test_no_journal(valkey: Redis, turnout: RunTurnout) -> None:
    result = await turnout("verify")
    assert (result.exit_code, result.stderr) == (2, "there is no journal on this server\n")


@pytest.mark.parametrize("byte", [3, 40, 60, -3])
async def test_a_flipped_bit_after_the_newest_snapshot(
    byte: int, journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout
) -> None:
    await rewrite_stream(valkey, lambda seq, record: flip_bit(record, byte) if seq == 25 else record)
    result = await turnout("verify")
    assert result.exit_code == 1
    assert result.stderr.startswith("damaged at test-25: ")
    assert "`turnout journal restore --to test-24` returns to it and drops 6 later commits" in result.stderr


async def test_a_flipped_bit_before_the_newest_snapshot_leaves_the_present_state_sound(
    journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout
) -> None:
    await rewrite_stream(valkey, lambda seq, record: flip_bit(record, 50) if seq == 15 else record)
    result = await turnout("verify")
    assert result.exit_code == 1
    assert result.stderr.startswith("damaged at test-15: ")
    assert "the present state is sound: `turnout journal restore --to test-30`" in result.stderr


async def test_a_flipped_bit_in_the_number_of_a_record_is_damage(
    journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout
) -> None:
    history = long_history()
    before = history.head
    await journal.append(FENCE, before, [history.add(EventEnded("games"))], history.head)
    assert (await turnout("verify")).exit_code == 0
    await rewrite_stream(valkey, lambda _, record: record.replace(b'{"format":2', b'{"format":3'))
    result = await turnout("verify")
    assert result.exit_code == 1
    assert result.stderr.startswith("damaged at test-31: ")


async def test_a_missing_record(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    await rewrite_stream(valkey, lambda seq, record: None if seq in (23, 24) else record)
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "damaged at test-23: the stream lacks the records 23 to 24" in result.stderr
    assert "--to test-22" in result.stderr


async def test_missing_records_at_the_end(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    await valkey.xdel(KEYS.stream, "29-0", "30-0")
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "damaged at test-29: the stream lacks the records 29 to 30" in result.stderr
    assert "--to test-28" in result.stderr


async def test_a_foreign_entry_after_the_head(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    await valkey.xadd(KEYS.stream, {"garbage": "x"})
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "beyond the head" in result.stderr
    assert "--to test-30` writes it anew" in result.stderr


async def test_a_foreign_entry_between_records(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    await valkey.xadd(KEYS.stream, {"garbage": "x"}, id="30-7")
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "an entry 30-7 that Turnout did not write" in result.stderr


async def test_a_damaged_snapshot(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    key = f"{KEYS.snapshots}:test-20"
    chunk = await valkey.lindex(key, 1)
    assert isinstance(chunk, bytes)
    await valkey.lset(key, 1, cast("str", flip_bit(chunk, 30)))
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "damaged at test-20: the snapshot: a chunk is damaged" in result.stderr
    assert "the present state is sound" in result.stderr


async def test_a_snapshot_that_differs_from_the_records(journal: ValkeyJournal, turnout: RunTurnout) -> None:
    wrong = state_at(LATER)
    wrong.users["user3"].name = "Mallory"
    await save_snapshot(journal, wrong)
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "the snapshot differs from the state that the records lead to: user user3" in result.stderr


async def test_a_head_with_another_hash(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    await valkey.hset(KEYS.head, "hash", "f" * 32)
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "damaged at test-30: the records lead to another hash" in result.stderr


async def test_a_head_that_is_older_than_a_snapshot(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    await valkey.hset(KEYS.head, mapping={"seq": 18})
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "damaged at test-20: the snapshot is newer than the head test-18" in result.stderr


async def test_records_without_a_snapshot_before_them(
    journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout
) -> None:
    for seq in (MIDDLE, LATER):
        await journal.drop_snapshot(Position(EPOCH, seq), epoch=EPOCH)
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "there is none of test-12 or later" in result.stderr
    assert "import FILE --force" in result.stderr


async def test_a_missing_head(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    await valkey.delete(KEYS.head)
    result = await turnout("verify")
    assert result.exit_code == 1
    assert "{turnout}:head is missing" in result.stderr
