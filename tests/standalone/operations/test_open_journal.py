"""A server, or a data folder, whether its product runs or not."""

from pathlib import Path

from history import BEGINNING, EPOCH
from stored_journal import FENCE_NOW, Turnout, file_names, long_history

from turnout.valkey.embedded import embedded_valkey
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()


async def test_the_folder_of_a_product_that_does_not_run(tmp_path: Path, turnout: Turnout) -> None:
    folder, history = tmp_path / "data", long_history()
    async with embedded_valkey(folder) as url, connect(url) as valkey:
        await valkey.set(KEYS.fence, FENCE_NOW)
        journal = ValkeyJournal(valkey, valkey, KEYS)
        await journal.create(EPOCH)
        await journal.append(FENCE_NOW, BEGINNING, history.records, history.head)
        running = await turnout("verify", "--data", folder)
    stopped = await turnout("verify", "--data", folder)
    assert (running.exit_code, running.stdout) == (0, stopped.stdout)
    restored = await turnout("restore", "--to", "test-9", "--data", folder)
    assert f"{folder}/turnout-test-30.backup.gz" in restored.stdout
    empty = tmp_path / "empty"
    imported = await turnout("import", folder / "turnout-test-30.backup.gz", "--data", empty)
    assert imported.exit_code == 0
    assert "30 " not in (await turnout("tail", "--data", empty)).stdout


async def test_a_folder_without_a_journal_stays_as_it_is(tmp_path: Path, turnout: Turnout) -> None:
    result = await turnout("verify", "--data", tmp_path)
    assert (result.exit_code, result.stderr) == (2, f"there is no journal in the folder {tmp_path}\n")
    assert file_names(tmp_path) == []


async def test_no_target(turnout: Turnout) -> None:
    result = await turnout("verify", server=None)
    assert result.exit_code == 2
    assert "--valkey URL" in result.stderr


async def test_a_server_that_does_not_answer(tmp_path: Path, turnout: Turnout) -> None:
    result = await turnout("verify", "--valkey", f"unix://{tmp_path}/nobody")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
