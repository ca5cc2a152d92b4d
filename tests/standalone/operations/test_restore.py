"""Restores an earlier state, after a backup of the present one; accepts a loss."""

from pathlib import Path
from typing import Any, cast

import pytest
from history import EPOCH
from redis.asyncio import Redis
from stored_journal import (
    END,
    FENCE,
    RunTurnout,
    append_one,
    content,
    file_names,
    flip_bit,
    follow_to_end,
    rewrite_stream,
    state_at,
    store_untrimmed,
)

from turnout.operations.errors import OperationInterrupted
from turnout.operations.journal_server import JournalServer
from turnout.operations.swap_journal import read_head_fields, swap_journal
from turnout.operations.writer_lock import writer_lock
from turnout_core.domain.position import Position
from turnout_core.journal.keys import Keys
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.port import WriterFenced
from turnout_core.journal.valkey import ValkeyJournal

KEYS = Keys()


@pytest.mark.parametrize("seq", [12, 17, 20, 27, 30])
async def test_a_restore_makes_an_earlier_state_the_present_one(
    seq: int, journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    result = await turnout("restore", "--to", Position(EPOCH, seq), "--backup", tmp_path / "before.gz")
    assert (result.exit_code, result.stderr) == (0, "")
    state = await follow_to_end(valkey)
    assert state.position.epoch != EPOCH
    assert content(state) == content(state_at(seq))
    assert f"{tmp_path / 'before.gz'}: test-12 to test-30" in result.stdout
    assert await valkey.keys(f"{KEYS.snapshots}:*") == [KEYS.snapshot(state.position).encode()]
    assert (await turnout("verify")).exit_code == 0


async def test_after_a_restore_appends_continue_and_the_old_writer_is_fenced(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    await turnout("restore", "--to", "test-17", "--backup", tmp_path / "before.gz")
    with pytest.raises(WriterFenced):
        await journal.publish_heartbeat(FENCE)
    await append_one(journal, valkey)
    assert (await follow_to_end(valkey)).position.seq == 18


async def test_the_backup_of_a_restore_can_be_imported(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    await turnout("restore", "--to", "test-17", "--backup", tmp_path / "before.gz")
    await turnout("import", tmp_path / "before.gz", "--force", "--yes")
    assert content(await follow_to_end(valkey)) == content(state_at(END))


@pytest.mark.parametrize("position", ["test-11", "test-31", "other-17"])
async def test_an_unreachable_position_is_refused_with_the_reachable_range(
    position: str, journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout
) -> None:
    result = await turnout("restore", "--to", position)
    assert result.exit_code == 2
    assert "from test-12 to test-30" in result.stderr
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)


async def test_an_untrimmed_journal_can_be_restored_to_its_beginning(
    valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    journal = await store_untrimmed(valkey)
    result = await turnout("restore", "--to", "test-0", "--backup", tmp_path / "before.gz")
    assert result.exit_code == 0
    await append_one(journal, valkey)
    assert set((await follow_to_end(valkey)).users) == {"late"}


async def test_a_restore_is_refused_while_a_command_service_runs(
    journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout
) -> None:
    await valkey.set(KEYS.lease, "a command service")
    result = await turnout("restore", "--to", "test-17")
    assert result.exit_code == 2
    assert "stop it first" in result.stderr


@pytest.mark.parametrize(("damaged", "to"), [(25, 24), (15, 30)])
async def test_a_restore_removes_damage(
    damaged: int, to: int, journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    await rewrite_stream(valkey, lambda seq, record: flip_bit(record, 50) if seq == damaged else record)
    await valkey.xadd(KEYS.stream, {"garbage": "x"})
    assert f"--to test-{to}`" in (await turnout("verify")).stderr
    result = await turnout("restore", "--to", Position(EPOCH, to), "--backup", tmp_path / "before.gz")
    assert "with the damage in it" in result.stdout
    assert (await turnout("verify")).exit_code == 0
    assert content(await follow_to_end(valkey)) == content(state_at(to))
    earlier = await turnout("import", tmp_path / "before.gz", "--force", "--yes", "--to", Position(EPOCH, 14))
    assert earlier.exit_code == 0


async def test_a_restore_through_damaged_records_is_refused(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    await rewrite_stream(valkey, lambda seq, record: flip_bit(record, 50) if seq == 25 else record)
    result = await turnout("restore", "--to", "test-27", "--backup", tmp_path / "before.gz")
    assert result.exit_code == 1
    assert "the records that lead to test-27 are damaged" in result.stderr
    assert file_names(tmp_path) == []


async def test_a_concurrent_change_prevents_the_swap(journal: ValkeyJournal, valkey: Redis) -> None:
    server = JournalServer(valkey, KEYS)
    async with writer_lock(server) as lock:
        with pytest.raises(OperationInterrupted):
            await swap_journal(server, lock, [b"test", b"29", b"older"], state_at(17))
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)
    assert len(await valkey.keys(f"{KEYS.snapshots}:*")) == 2


async def test_a_lost_lease_prevents_the_swap(journal: ValkeyJournal, valkey: Redis) -> None:
    server = JournalServer(valkey, KEYS)
    async with writer_lock(server) as lock:
        await valkey.delete(KEYS.lease)
        await ValkeyLease(valkey, 60, KEYS.writer_lease).acquire("a command service")
        with pytest.raises(OperationInterrupted):
            await swap_journal(server, lock, await read_head_fields(server), state_at(17))
    assert await valkey.get(KEYS.lease) == b"a command service 60000"
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)


class ServerKilledBeforeSwap:
    """A server whose operation is killed right before the swap and cleans nothing up."""

    def __init__(self, valkey: Redis) -> None:
        self._valkey = valkey

    def __getattr__(self, name: str) -> Any:
        return getattr(self._valkey, name)

    async def get(self, _: str) -> Any:
        """The last read before the swap."""
        raise OperationKilled

    async def unlink(self, key: str) -> None:
        """A killed operation does not clean up."""


class OperationKilled(BaseException): ...


async def test_an_operation_killed_before_the_swap_leaves_the_old_journal_and_an_expiring_snapshot(
    journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout
) -> None:
    server = JournalServer(valkey, KEYS)
    killed_server = JournalServer(cast("Redis", ServerKilledBeforeSwap(valkey)), KEYS)
    async with writer_lock(server) as lock:
        with pytest.raises(OperationKilled):
            await swap_journal(killed_server, lock, await read_head_fields(server), state_at(17))
    assert (await turnout("verify")).exit_code == 0
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)
    abandoned = await valkey.keys(f"{KEYS.snapshots}:unfinished:*")
    assert len(abandoned) == 1
    assert await valkey.ttl(abandoned[0]) > 0


async def test_accept_loss_allows_services_with_later_commits_to_continue(
    journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout
) -> None:
    before = await follow_to_end(valkey)
    assert not await journal.was_replaced_by_operator()
    result = await turnout("accept")
    assert (result.exit_code, result.stderr) == (0, "")
    after = await follow_to_end(valkey)
    assert content(after) == content(before)
    assert after.position.epoch != before.position.epoch
    assert await journal.was_replaced_by_operator()


async def test_an_empty_server_can_be_accepted_too(valkey: Redis, turnout: RunTurnout) -> None:
    result = await turnout("accept")
    assert result.exit_code == 0
    assert (await follow_to_end(valkey)).position.seq == 0
    assert await ValkeyJournal(valkey, valkey, KEYS).was_replaced_by_operator()
