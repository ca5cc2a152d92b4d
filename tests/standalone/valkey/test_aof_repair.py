"""A Valkey that refuses its files: zeros at the end are cut, anything else is told with its way out."""

import shutil
from pathlib import Path
from typing import Any

import psutil
import pytest
from history import EPOCH
from turnout_process import Product
from waiting import until

from turnout.valkey.aof_repair import mend
from turnout.valkey.embedded import Damaged, embedded_valkey
from turnout.valkey.valkey_process import last_complaint, last_words
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

NAMES = [f"name{number}" for number in range(9)]


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """The folder of a server that has ended."""
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
    """The message; a refused file stays as it is."""
    before = {each: each.read_bytes() for each in (data / "appendonlydir").iterdir()}
    with pytest.raises(Damaged) as raised:
        await names(data)
    assert {each: each.read_bytes() for each in (data / "appendonlydir").iterdir()} == before
    said = str(raised.value)
    assert len(said.splitlines()) == 1
    assert said.endswith("Restore from a backup: docs/backups.md")
    return said


async def test_zeros_at_the_end_are_cut_and_kept_beside(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = file(data)
    whole = log.read_bytes()
    for number in (1, 2):
        log.write_bytes(whole + b"\0" * 5000)
        assert await names(data) == NAMES
        assert log.read_bytes() == whole
        copy = log.with_name(f"{log.name}.before-cut.{number}")
        assert copy.read_bytes() == whole + b"\0" * 5000
        assert f"{log} ended in 5000 zero bytes, as a power loss leaves them: cut at byte {len(whole)}" in caplog.text
        assert copy.name in caplog.text


async def test_damage_in_the_middle_is_told_with_its_offset(data: Path) -> None:
    log = file(data)
    content = log.read_bytes()
    at = content.index(b"*1\r\n$5\r\nMULTI", content.index(b"name4"))
    log.write_bytes(content[:at] + b"!" + content[at + 1 :])
    assert await refusal(data) == f"{log} is damaged behind byte {at}. Restore from a backup: docs/backups.md"


async def test_zeros_in_a_transaction_are_damage(data: Path) -> None:
    log = file(data)
    content = log.read_bytes()
    at = content.rindex(b"*1\r\n$5\r\nMULTI")
    log.write_bytes(content[:-20] + bytes(4096))
    assert f"{log} is damaged behind byte {at}. " in await refusal(data)


async def test_zeros_in_a_file_that_is_not_the_last_are_damage(data: Path) -> None:
    log = file(data)
    shutil.copyfile(log, log.with_name("appendonly.aof.2.incr.aof"))
    with file(data, "manifest").open("a") as manifest:
        manifest.write("file appendonly.aof.2.incr.aof seq 2 type i\n")
    size = log.stat().st_size
    log.write_bytes(log.read_bytes() + bytes(100))
    assert f"{log} is damaged behind byte {size}. " in await refusal(data)


async def test_an_unknown_record_is_reported_in_the_words_of_valkey(data: Path) -> None:
    log = file(data)
    log.write_bytes(log.read_bytes().replace(b"RPUSH", b"RPUSJ"))
    assert "unknown command 'RPUSJ'" in await refusal(data)


async def test_a_damaged_base_is_named(data: Path) -> None:
    base = file(data, "base.rdb")
    base.write_bytes(base.read_bytes()[:20] + b"XXXX" + base.read_bytes()[24:])
    assert str(base) in await refusal(data)


async def test_a_product_whose_file_is_damaged_ends_at_once_with_one_sentence(tmp_path: Path) -> None:
    it = Product(tmp_path / "data").start()
    log = file(it.data)
    size = log.stat().st_size
    log.write_bytes(log.read_bytes() + b"?")
    (valkey,) = psutil.Process(it.pid).children()
    valkey.kill()
    await until(lambda: not it.running, 60)
    assert it.stop(0) == 1
    last = it.log.read_text().splitlines()[-1]
    assert last.startswith(f"turnout: {log} is damaged behind byte ")
    assert int(last.partition("behind byte ")[2].partition(".")[0]) >= size
    assert last.endswith(". Restore from a backup: docs/backups.md")


async def test_a_complaint_about_something_else_mends_nothing(data: Path) -> None:
    log = file(data)
    log.write_bytes(log.read_bytes() + bytes(100))
    damaged = log.read_bytes()
    for complaint in ("", "Failed opening Unix socket", "Invalid AOF manifest file format"):
        assert mend(data, complaint) is None
    assert mend(data / "nowhere", f"Bad file format reading the append only file {log.name}") is None
    assert log.read_bytes() == damaged


def test_only_what_was_said_since_is_a_complaint(tmp_path: Path) -> None:
    log = tmp_path / "valkey.log"
    assert (last_words(log), last_complaint(log, 0)) == ("", "")
    log.write_text("7:M 25 Nov 2026 00:46:29.200 # Bad file format\n")
    since = log.stat().st_size
    with log.open("a") as file:
        file.write("8:M 25 Nov 2026 00:46:30.200 * Ready to accept connections unix\n\n")
    assert last_words(log) == "Ready to accept connections unix"
    assert (last_complaint(log, 0), last_complaint(log, since)) == ("Bad file format", "")
