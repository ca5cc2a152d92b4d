"""Files that Valkey refuses: zeros at the end are cut; any other damage is reported with its remedy."""

import shutil
from pathlib import Path
from typing import Any

import psutil
import pytest
from history import EPOCH
from turnout_process import TurnoutProcess
from waiting import until

from turnout.valkey.aof_repair import repair
from turnout.valkey.embedded import DamagedServerFile, embedded_valkey
from turnout.valkey.valkey_process import last_line, last_warning
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

NAMES = [f"name{number}" for number in range(9)]


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """The data folder of a stopped server."""
    folder = tmp_path / "data"
    async with embedded_valkey(folder) as url, connect(url) as valkey:
        await ValkeyJournal(valkey, valkey, KEYS).create(EPOCH)
        for name in NAMES:
            async with valkey.pipeline(transaction=True) as both:
                both.set(name, name)
                both.rpush("names", name)
                await both.execute()
    return folder


def file(data: Path, kind: str = "incr.aof") -> Path:
    (found,) = (data / "appendonlydir").glob(f"*.{kind}")
    return found


async def names(data: Path) -> list[str]:
    async with embedded_valkey(data) as url, connect(url) as valkey:
        found: list[Any] = await valkey.lrange("names", 0, -1)
    return [name.decode() for name in found]


async def refusal(data: Path) -> str:
    """Returns the message of the failed start. The files must be unchanged."""
    before = {each: each.read_bytes() for each in (data / "appendonlydir").iterdir()}
    with pytest.raises(DamagedServerFile) as raised:
        await names(data)
    assert {each: each.read_bytes() for each in (data / "appendonlydir").iterdir()} == before
    message = str(raised.value)
    assert len(message.splitlines()) == 1
    assert message.endswith("Restore from a backup: docs/backups.md")
    return message


async def test_zeros_at_the_end_are_cut_after_a_copy(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = file(data)
    intact = log.read_bytes()
    for number in (1, 2):
        log.write_bytes(intact + b"\0" * 5000)
        assert await names(data) == NAMES
        assert log.read_bytes() == intact
        copy = log.with_name(f"{log.name}.before-cut.{number}")
        assert copy.read_bytes() == intact + b"\0" * 5000
        assert f"{log} ended in 5000 zero bytes, as a power loss leaves them: cut at byte {len(intact)}" in caplog.text
        assert copy.name in caplog.text


async def test_damage_in_the_middle_is_reported_with_its_offset(data: Path) -> None:
    log = file(data)
    content = log.read_bytes()
    at = content.index(b"*1\r\n$5\r\nMULTI", content.index(b"name4"))
    log.write_bytes(content[:at] + b"!" + content[at + 1 :])
    assert await refusal(data) == f"{log} is damaged after byte {at}. Restore from a backup: docs/backups.md"


async def test_zeros_in_a_transaction_are_damage(data: Path) -> None:
    log = file(data)
    content = log.read_bytes()
    at = content.rindex(b"*1\r\n$5\r\nMULTI")
    log.write_bytes(content[:-20] + bytes(4096))
    assert f"{log} is damaged after byte {at}. " in await refusal(data)


async def test_zeros_in_a_file_that_is_not_the_last_are_damage(data: Path) -> None:
    log = file(data)
    shutil.copyfile(log, log.with_name("appendonly.aof.2.incr.aof"))
    with file(data, "manifest").open("a") as manifest:
        manifest.write("file appendonly.aof.2.incr.aof seq 2 type i\n")
    size = log.stat().st_size
    log.write_bytes(log.read_bytes() + bytes(100))
    assert f"{log} is damaged after byte {size}. " in await refusal(data)


async def test_an_unknown_command_is_reported_with_valkeys_own_message(data: Path) -> None:
    log = file(data)
    log.write_bytes(log.read_bytes().replace(b"RPUSH", b"RPUSJ"))
    assert "unknown command 'RPUSJ'" in await refusal(data)


async def test_a_damaged_base_is_named(data: Path) -> None:
    base = file(data, "base.rdb")
    base.write_bytes(base.read_bytes()[:20] + b"XXXX" + base.read_bytes()[24:])
    assert str(base) in await refusal(data)


async def test_a_product_with_a_damaged_file_ends_at_once_with_one_line(tmp_path: Path) -> None:
    turnout = TurnoutProcess(tmp_path / "data").start()
    log = file(turnout.data)
    size = log.stat().st_size
    log.write_bytes(log.read_bytes() + b"?")
    (valkey,) = psutil.Process(turnout.pid).children()
    valkey.kill()
    await until(lambda: not turnout.is_running, 60)
    assert turnout.stop(0) == 1
    last = turnout.log.read_text().splitlines()[-1]
    assert last.startswith(f"turnout: {log} is damaged after byte ")
    assert int(last.partition("after byte ")[2].partition(".")[0]) >= size
    assert last.endswith(". Restore from a backup: docs/backups.md")


async def test_a_warning_about_something_else_repairs_no_file(data: Path) -> None:
    log = file(data)
    log.write_bytes(log.read_bytes() + bytes(100))
    damaged = log.read_bytes()
    for warning in ("", "Failed opening Unix socket", "Invalid AOF manifest file format"):
        assert repair(data, warning) is None
    assert repair(data / "nowhere", f"Bad file format reading the append only file {log.name}") is None
    assert log.read_bytes() == damaged


def test_last_warning_ignores_lines_before_the_offset(tmp_path: Path) -> None:
    log = tmp_path / "valkey.log"
    assert (last_line(log), last_warning(log, 0)) == ("", "")
    log.write_text("7:M 25 Nov 2026 00:46:29.200 # Bad file format\n")
    since = log.stat().st_size
    with log.open("a") as file:
        file.write("8:M 25 Nov 2026 00:46:30.200 * Ready to accept connections unix\n\n")
    assert last_line(log) == "Ready to accept connections unix"
    assert (last_warning(log, 0), last_warning(log, since)) == ("Bad file format", "")
