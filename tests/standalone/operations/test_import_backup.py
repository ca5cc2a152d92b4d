"""An import replaces the journal completely or not at all."""

import gzip
from pathlib import Path

import pytest
from history import EPOCH
from redis.asyncio import Redis
from stored_journal import END, RunTurnout, append_one, content, flip_bit, follow_to_end, state_at

from turnout_core.domain.position import Position
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal

KEYS = Keys()


async def test_export_and_import_give_the_same_state_in_another_epoch(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    file = tmp_path / "backup.gz"
    await turnout("export", file)
    await valkey.flushall()
    result = await turnout("import", file)
    assert (result.exit_code, result.stderr) == (0, "")
    state = await follow_to_end(valkey)
    assert f"the journal is at {state.position} now" in result.stdout
    assert state.position.epoch != EPOCH
    assert content(state) == content(state_at(END))
    assert await valkey.get(KEYS.secret) == b"the secret"
    assert await valkey.exists(KEYS.lease) == 0
    assert (await turnout("verify")).exit_code == 0


async def test_appends_continue_after_an_import(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    await turnout("export", tmp_path / "backup.gz")
    await turnout("import", tmp_path / "backup.gz", "--force", "--yes")
    await append_one(journal, valkey)
    state = await follow_to_end(valkey)
    assert (state.position.seq, "late" in state.users) == (END + 1, True)
    assert (await turnout("verify")).exit_code == 0


async def test_import_from_the_standard_input(journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout) -> None:
    exported = await turnout("export", "-")
    await valkey.flushall()
    assert (await turnout("import", "-", stdin=exported.stdout_bytes)).exit_code == 0
    assert content(await follow_to_end(valkey)) == content(state_at(END))


async def test_import_up_to_an_earlier_position(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    await turnout("export", tmp_path / "backup.gz")
    await valkey.flushall()
    assert (await turnout("import", tmp_path / "backup.gz", "--to", "test-17")).exit_code == 0
    assert content(await follow_to_end(valkey)) == content(state_at(17))


async def test_a_journal_is_replaced_only_with_force_and_confirmation(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    await turnout("export", tmp_path / "backup.gz")
    for arguments, message in (((), "replace it with --force"), (("--force",), "confirm with --yes")):
        result = await turnout("import", tmp_path / "backup.gz", *arguments)
        assert result.exit_code == 2
        assert message in result.stderr
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)


async def test_environment_variables_do_not_confirm_an_import(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TURNOUT_IMPORT_FORCE", "TURNOUT_IMPORT_YES", "TURNOUT_EXPORT_FORCE"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("TURNOUT_IMPORT_TO", f"{EPOCH}-17")
    file = tmp_path / "backup.gz"
    assert (await turnout("export", file)).exit_code == 0
    assert (await turnout("export", file)).exit_code == 2
    for arguments, message in (((), "replace it with --force"), (("--force",), "confirm with --yes")):
        result = await turnout("import", file, *arguments)
        assert (result.exit_code, message in result.stderr) == (2, True)
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)


async def test_an_environment_variable_does_not_set_the_position_to_restore(
    journal: ValkeyJournal, valkey: Redis, turnout: RunTurnout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TURNOUT_RESTORE_TO", f"{EPOCH}-17")
    assert (await turnout("restore")).exit_code == 2
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)


async def test_an_import_is_refused_while_a_command_service_runs(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    await turnout("export", tmp_path / "backup.gz")
    await valkey.set(KEYS.lease, "a command service")
    result = await turnout("import", tmp_path / "backup.gz", "--force", "--yes")
    assert result.exit_code == 2
    assert "it has the lease, as a command service" in result.stderr
    assert (await follow_to_end(valkey)).position == Position(EPOCH, END)


async def test_other_files_are_refused(valkey: Redis, tmp_path: Path, turnout: RunTurnout) -> None:
    for name, content_ in (("text", b"hello"), ("zipped", gzip.compress(b"hello\n")), ("empty", b"")):
        (tmp_path / name).write_bytes(content_)
        result = await turnout("import", tmp_path / name)
        assert result.exit_code in (1, 2)
        assert "backup" in result.stderr
    result = await turnout("import", tmp_path / "missing")
    assert (result.exit_code, "cannot be read" in result.stderr) == (2, True)
    assert await valkey.exists(KEYS.head) == 0


async def test_a_backup_with_an_altered_byte_is_refused(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    file = tmp_path / "backup.gz"
    await turnout("export", file)
    await valkey.flushall()
    intact = file.read_bytes()
    unpacked = gzip.decompress(intact)
    damaged = [intact[:-9], intact[: len(intact) // 2], flip_bit(intact, len(intact) // 2)]
    damaged += [gzip.compress(flip_bit(unpacked, at)) for at in range(60, len(unpacked), len(unpacked) // 20)]
    damaged += [gzip.compress(unpacked[: unpacked.rindex(b"end ")])]
    for each in damaged:
        file.write_bytes(each)
        result = await turnout("import", file)
        assert result.exit_code in (1, 2)
        assert len(result.stderr.splitlines()) == 1
    assert await valkey.exists(KEYS.head, KEYS.stream, KEYS.snapshots) == 0
