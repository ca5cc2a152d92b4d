"""Opens the journal of a server, or of a data folder whose product runs or not."""

from pathlib import Path

from history import BEGINNING, EPOCH
from stored_journal import FENCE, RunTurnout, file_names, long_history

from turnout.valkey.embedded import embedded_valkey
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()


async def test_the_data_folder_of_a_stopped_product(tmp_path: Path, turnout: RunTurnout) -> None:
    folder, history = tmp_path / "data", long_history()
    async with embedded_valkey(folder) as url, connect(url) as valkey:
        await valkey.set(KEYS.fence, FENCE)
        journal = ValkeyJournal(valkey, valkey, KEYS)
        await journal.create(EPOCH)
        await journal.append(FENCE, BEGINNING, history.records, history.head)
        running = await turnout("verify", "--data", folder)
    stopped = await turnout("verify", "--data", folder)
    assert (running.exit_code, running.stdout) == (0, stopped.stdout)
    restored = await turnout("restore", "--to", "test-9", "--data", folder)
    assert f"{folder}/turnout-test-30.backup.gz" in restored.stdout
    empty = tmp_path / "empty"
    imported = await turnout("import", folder / "turnout-test-30.backup.gz", "--data", empty)
    assert imported.exit_code == 0
    assert "30 " not in (await turnout("tail", "--data", empty)).stdout


async def test_a_folder_without_a_journal_is_not_changed(tmp_path: Path, turnout: RunTurnout) -> None:
    result = await turnout("verify", "--data", tmp_path)
    assert (result.exit_code, result.stderr) == (2, f"there is no journal in the folder {tmp_path}\n")
    assert file_names(tmp_path) == []


async def test_a_missing_target_is_refused(turnout: RunTurnout) -> None:
    result = await turnout("verify", server=None)
    assert result.exit_code == 2
    assert "--valkey URL" in result.stderr


async def test_an_unreachable_server_is_reported_in_one_line(tmp_path: Path, turnout: RunTurnout) -> None:
    result = await turnout("verify", "--valkey", f"unix://{tmp_path}/missing")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
