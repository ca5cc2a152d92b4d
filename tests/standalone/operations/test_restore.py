"""An earlier state becomes the present, and what was there is kept."""

from pathlib import Path
from typing import Any, cast

import pytest
from history import EPOCH
from redis.asyncio import Redis
from stored_journal import (
    END,
    FENCE_NOW,
    Turnout,
    append_one,
    content,
    file_names,
    flip_bit,
    follow_to_end,
    rewrite,
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
async def test_the_state_as_of_a_position_is_the_present(
    seq: int, journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: Turnout
) -> None:
    result = await turnout("restore", "--to", Position(EPOCH, seq), "--backup", tmp_path / "before.gz")
    assert (result.exit_code, result.stderr) == (0, "")
    state = await follow_to_end(valkey)
    assert state.position.epoch != EPOCH
    assert content(state) == content(state_at(seq))
    assert f"{tmp_path / 'before.gz'}: test-12 to test-30" in result.stdout
    assert await valkey.keys(f"{KEYS.snapshots}:*") == [KEYS.snapshot(state.position).encode()]
    assert (await turnout("verify")).exit_code == 0


async def test_appends_go_on_and_the_old_writer_is_fenced(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: Turnout
) -> None:
    await turnout("restore", "--to", "test-17", "--backup", tmp_path / "before.gz")
    with pytest.raises(WriterFenced):
        await journal.publish_heartbeat(FENCE_NOW)
    await append_one(journal, valkey)
    assert (await follow_to_end(valkey)).position.seq == 18


async def test_the_backup_is_restored(journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: Turnout) -> None:
    await turnout("restore", "--to", "test-17", "--backup", tmp_path / "before.gz")
    await turnout("import", tmp_path / "before.gz", "--force", "--yes")
    assert content(await follow_to_end(valkey)) == content(state_at(END))


@pytest.mark.parametrize("position", ["test-11", "test-31", "other-17"])
async def test_a_position_out_of_reach(position: str, journal: ValkeyJournal, valkey: Redis, turnout: Turnout) -> None:
    result = await turnout("restore", "--to", position)
    assert result.exit_code == 2
    assert "from test-12 to test-30" in result.stderr
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)


async def test_the_beginning_of_a_journal_that_was_never_trimmed(
    valkey: Redis, tmp_path: Path, turnout: Turnout
) -> None:
    journal = await store_untrimmed(valkey)
    result = await turnout("restore", "--to", "test-0", "--backup", tmp_path / "before.gz")
    assert result.exit_code == 0
    await append_one(journal, valkey)
    assert set((await follow_to_end(valkey)).users) == {"late"}


async def test_a_writer_is_not_disturbed(journal: ValkeyJournal, valkey: Redis, turnout: Turnout) -> None:
    await valkey.set(KEYS.lease, "a command service")
    result = await turnout("restore", "--to", "test-17")
    assert result.exit_code == 2
    assert "stop it first" in result.stderr


@pytest.mark.parametrize(("damaged", "to"), [(25, 24), (15, 30)])
async def test_it_is_the_way_out_of_damage(
    damaged: int, to: int, journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: Turnout
) -> None:
    await rewrite(valkey, lambda seq, record: flip_bit(record, 50) if seq == damaged else record)
    await valkey.xadd(KEYS.stream, {"garbage": "x"})
    assert f"--to test-{to}`" in (await turnout("verify")).stderr
    result = await turnout("restore", "--to", Position(EPOCH, to), "--backup", tmp_path / "before.gz")
    assert "with the damage in it" in result.stdout
    assert (await turnout("verify")).exit_code == 0
    assert content(await follow_to_end(valkey)) == content(state_at(to))
    earlier = await turnout("import", tmp_path / "before.gz", "--force", "--yes", "--to", Position(EPOCH, 14))
    assert earlier.exit_code == 0


async def test_damage_on_the_way_refuses(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: Turnout
) -> None:
    await rewrite(valkey, lambda seq, record: flip_bit(record, 50) if seq == 25 else record)
    result = await turnout("restore", "--to", "test-27", "--backup", tmp_path / "before.gz")
    assert result.exit_code == 1
    assert "the records that lead to test-27 are damaged" in result.stderr
    assert file_names(tmp_path) == []


async def test_a_change_at_the_last_moment_keeps_the_old_journal(journal: ValkeyJournal, valkey: Redis) -> None:
    server = JournalServer(valkey, KEYS)
    async with writer_lock(server) as lock:
        with pytest.raises(OperationInterrupted):
            await swap_journal(server, lock, [b"test", b"29", b"older"], state_at(17))
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)
    assert len(await valkey.keys(f"{KEYS.snapshots}:*")) == 2


async def test_a_lease_that_was_lost_keeps_the_old_journal(journal: ValkeyJournal, valkey: Redis) -> None:
    server = JournalServer(valkey, KEYS)
    async with writer_lock(server) as lock:
        await valkey.delete(KEYS.lease)
        await ValkeyLease(valkey, 60, KEYS).acquire("a command service")
        with pytest.raises(OperationInterrupted):
            await swap_journal(server, lock, await read_head_fields(server), state_at(17))
    assert await valkey.get(KEYS.lease) == b"a command service"
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)


class Dying:
    """A server whose operation is killed before its last step: nothing of it is cleaned up."""

    def __init__(self, valkey: Redis) -> None:
        self._valkey = valkey

    def __getattr__(self, name: str) -> Any:
        return getattr(self._valkey, name)

    async def get(self, _: str) -> Any:
        """The last look, right before the old journal is taken away."""
        raise Killed

    async def unlink(self, key: str) -> None:
        """Is not reached by who is killed."""


class Killed(BaseException): ...


async def test_killed_before_the_last_step_it_leaves_the_old_journal_and_nothing_for_long(
    journal: ValkeyJournal, valkey: Redis, turnout: Turnout
) -> None:
    server = JournalServer(valkey, KEYS)
    dying = JournalServer(cast("Redis", Dying(valkey)), KEYS)
    async with writer_lock(server) as lock:
        with pytest.raises(Killed):
            await swap_journal(dying, lock, await read_head_fields(server), state_at(17))
    assert (await turnout("verify")).exit_code == 0
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)
    abandoned = await valkey.keys(f"{KEYS.snapshots}:unfinished:*")
    assert len(abandoned) == 1
    assert await valkey.ttl(abandoned[0]) > 0


async def test_accept_loss_lets_services_that_saw_more_continue(
    journal: ValkeyJournal, valkey: Redis, turnout: Turnout
) -> None:
    before = await follow_to_end(valkey)
    assert not await journal.was_replaced_by_operator()
    result = await turnout("accept")
    assert (result.exit_code, result.stderr) == (0, "")
    after = await follow_to_end(valkey)
    assert content(after) == content(before)
    assert after.position.epoch != before.position.epoch
    assert await journal.was_replaced_by_operator()


async def test_an_empty_server_can_be_accepted_too(valkey: Redis, turnout: Turnout) -> None:
    result = await turnout("accept")
    assert result.exit_code == 0
    assert (await follow_to_end(valkey)).position.seq == 0
    assert await ValkeyJournal(valkey, valkey, KEYS).was_replaced_by_operator()
