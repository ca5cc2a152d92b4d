"""Backups, also while services run."""

import gzip
import json
from pathlib import Path
from typing import Any, cast

from history import EPOCH
from redis.asyncio import Redis
from stored_journal import (
    END,
    LATER,
    MIDDLE,
    RunTurnout,
    file_names,
    flip_bit,
    long_history,
    rewrite_stream,
    save_snapshot,
    state_at,
)

from turnout.operations.export import export_to_file
from turnout.operations.journal_server import JournalServer
from turnout.operations.verify import verify
from turnout_core.domain.position import Position
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal

KEYS = Keys()


async def test_a_backup_holds_the_records_up_to_the_head(
    journal: ValkeyJournal, tmp_path: Path, turnout: RunTurnout
) -> None:
    file = tmp_path / "backup.gz"
    result = await turnout("export", file)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"{file}: test-12 to test-30, ")
    lines = gzip.decompress(file.read_bytes()).splitlines()
    assert json.loads(lines[0])["hash"] == long_history().head.hash
    assert [line[2:] for line in lines if line.startswith(b"r ")] == long_history().records[MIDDLE:]
    assert file.stat().st_mode & 0o777 == 0o600
    assert file_names(tmp_path) == ["backup.gz"]


async def test_export_to_the_standard_output(journal: ValkeyJournal, turnout: RunTurnout) -> None:
    result = await turnout("export", "-")
    assert gzip.decompress(result.stdout_bytes).endswith(b"\n")


async def test_an_existing_file_is_replaced_only_with_force(
    journal: ValkeyJournal, tmp_path: Path, turnout: RunTurnout
) -> None:
    file = tmp_path / "backup.gz"
    file.write_text("precious")
    result = await turnout("export", file)
    assert (result.exit_code, file.read_text()) == (2, "precious")
    assert (await turnout("export", file, "--force")).exit_code == 0
    assert file.read_bytes()[:2] == b"\x1f\x8b"


async def test_a_damaged_journal_is_not_exported(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path, turnout: RunTurnout
) -> None:
    await rewrite_stream(valkey, lambda seq, record: flip_bit(record, 50) if seq == 25 else record)
    result = await turnout("export", tmp_path / "backup.gz")
    assert result.exit_code == 1
    assert "run `turnout journal verify` to see what to do" in result.stderr
    assert file_names(tmp_path) == []


async def test_export_survives_a_concurrent_snapshot_and_trim(
    journal: ValkeyJournal, valkey: Redis, tmp_path: Path
) -> None:
    exported = await export_to_file(
        JournalServer(cast("Redis", ServerWithConcurrentSnapshot(valkey)), KEYS), tmp_path / "backup.gz", 0
    )
    assert (exported.header.base, exported.header.seq, exported.is_sound) == (LATER, END, True)


async def test_verify_survives_a_concurrent_snapshot_and_trim(journal: ValkeyJournal, valkey: Redis) -> None:
    report = await verify(JournalServer(cast("Redis", ServerWithConcurrentSnapshot(valkey)), KEYS))
    assert (report.damages, report.snapshots) == ((), (Position(EPOCH, LATER), Position(EPOCH, END)))


class ServerWithConcurrentSnapshot:
    """A server on which a service writes a snapshot and trims between the reads of the outline and of the stream."""

    def __init__(self, valkey: Redis) -> None:
        self._valkey = valkey
        self._once = iter([ValkeyJournal(valkey, valkey, KEYS)])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._valkey, name)

    async def xrange(self, *args: Any, **kwargs: Any) -> Any:
        for journal in self._once:
            await save_snapshot(journal, state_at(END))
            await journal.drop_snapshot(Position(EPOCH, MIDDLE), epoch=EPOCH)
            await journal.trim(Position(EPOCH, LATER))
        return await self._valkey.xrange(*args, **kwargs)
