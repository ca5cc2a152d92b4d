"""On a full disk nothing is acknowledged, and as soon as there is room all goes on."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from turnout_process import Product
from waiting import until

from turnout.valkey.disk import ROOM_BYTES, is_full
from turnout.valkey.embedded import DiskFull, EmbeddedError, embedded_valkey
from turnout.valkey.supervisor import keep

_DISK = "4m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> Path:
    """Takes all the room of a disk."""
    file = folder / "fill"
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(4096)):
            pass
    return file


def post(url: str, number: int) -> httpx.Response:
    key = {"Idempotency-Key": f"full-disk-{number:010}"}
    return httpx.post(f"{url}/api/session", json={"name": "x" * 40}, headers=key, timeout=20)


async def test_commands_get_503_while_the_disk_is_full_and_are_taken_once_there_is_room(disk: Path) -> None:
    it = Product(disk / "data")
    it.log = disk.parent / "up.log"
    it.start()
    try:
        filler = fill(disk)
        answers = [post(it.url, 0)]
        while answers[-1].status_code == 201:
            answers.append(post(it.url, len(answers)))
        *acknowledged, refused = answers
        assert refused.status_code == 503
        await until(lambda: "the disk is full: " in it.log.read_text(), 30)
        assert post(it.url, 10_000).status_code == 503
        filler.unlink()
        await until(it.ready, 30)
        for number, earlier in enumerate(acknowledged):
            again = post(it.url, number)
            assert (again.json()["user"], again.headers["idempotent-replayed"]) == (earlier.json()["user"], "true")
        assert post(it.url, len(acknowledged)).status_code == 201
    finally:
        it.end()
    assert it.log.read_text().count("the disk is full: ") == 1
    assert "Traceback" not in it.log.read_text()


def test_a_start_on_a_full_disk_says_so(disk: Path) -> None:
    it = Product(disk / "data")
    it.log = disk.parent / "up.log"
    it.data.mkdir()
    fill(disk)
    with pytest.raises(RuntimeError, match=f"turnout: the disk is full: {it.data} has no room for the journal"):
        it.start()


async def test_a_reader_whose_valkey_has_to_write_is_told_that_the_disk_is_full(disk: Path) -> None:
    (disk / "data").mkdir()
    fill(disk)
    with pytest.raises(DiskFull, match="the disk is full: "):
        async with embedded_valkey(disk / "data"):  # it makes the first files
            raise AssertionError


def test_a_disk_is_full_before_its_last_byte(disk: Path) -> None:
    assert not is_full(disk)
    filler = fill(disk)
    assert is_full(disk)
    with filler.open("r+b") as file:
        file.truncate(filler.stat().st_size - ROOM_BYTES)
    assert not is_full(disk)
    assert [each.name for each in disk.iterdir()] == ["fill"]


class Crammed:
    """A server that has ended, with a disk that is full for a while."""

    def __init__(self, full_for: int) -> None:
        self._starts = iter([True] * full_for)

    async def start(self) -> None:
        if next(self._starts, False):
            raise DiskFull("the disk is full: no room")
        raise EmbeddedError("something else")

    async def ended(self) -> str:
        return "it could not write"


async def test_a_full_disk_is_no_failed_start(caplog: pytest.LogCaptureFixture) -> None:
    async def no_pause(_: float) -> None: ...

    with pytest.raises(EmbeddedError, match="5 times in a row; something else"):
        await keep(Crammed(full_for=100), no_pause)
    assert caplog.text.count("the disk is full: no room; commands get 503 until there is space") == 1
