"""While the disk is full no command is acknowledged. Once there is space, commands succeed again."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from turnout_process import TurnoutProcess
from waiting import until

from turnout.valkey.disk import FREE_BYTES_MIN, is_full
from turnout.valkey.embedded import DiskFull, EmbeddedError, embedded_valkey
from turnout.valkey.supervisor import supervise

_DISK = "4m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mounts a small disk."""
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
    """Fills a disk. Returns the file to delete for space."""
    file = folder / "fill"
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(4096)):
            pass
    return file


def post(url: str, number: int) -> httpx.Response:
    key = {"Idempotency-Key": f"full-disk-{number:010}"}
    return httpx.post(f"{url}/api/session", json={"name": "x" * 40}, headers=key, timeout=20)


async def test_commands_get_503_while_the_disk_is_full_and_succeed_once_there_is_space(disk: Path) -> None:
    turnout = TurnoutProcess(disk / "data")
    turnout.log = disk.parent / "up.log"
    turnout.start()
    try:
        filler = fill(disk)
        responses = [post(turnout.url, 0)]
        while responses[-1].status_code == 201:
            responses.append(post(turnout.url, len(responses)))
        *acknowledged, refused = responses
        assert refused.status_code == 503
        await until(lambda: "the disk is full: " in turnout.log.read_text(), 30)
        assert post(turnout.url, 10_000).status_code == 503
        filler.unlink()
        await until(turnout.is_ready, 30)
        for number, earlier in enumerate(acknowledged):
            repeated = post(turnout.url, number)
            assert (repeated.json()["user"], repeated.headers["idempotent-replayed"]) == (
                earlier.json()["user"],
                "true",
            )
        assert post(turnout.url, len(acknowledged)).status_code == 201
    finally:
        turnout.end()
    assert turnout.log.read_text().count("the disk is full: ") == 1
    assert "Traceback" not in turnout.log.read_text()


def test_a_start_on_a_full_disk_reports_the_full_disk(disk: Path) -> None:
    turnout = TurnoutProcess(disk / "data")
    turnout.log = disk.parent / "up.log"
    turnout.data.mkdir()
    fill(disk)
    with pytest.raises(RuntimeError, match=f"turnout: the disk is full: {turnout.data} has no room for the journal"):
        turnout.start()


async def test_opening_a_new_journal_on_a_full_disk_raises_disk_full(disk: Path) -> None:
    (disk / "data").mkdir()
    fill(disk)
    with pytest.raises(DiskFull, match="the disk is full: "):
        async with embedded_valkey(disk / "data"):  # Valkey creates its first files
            raise AssertionError


def test_a_disk_is_full_before_its_last_byte(disk: Path) -> None:
    assert not is_full(disk)
    filler = fill(disk)
    assert is_full(disk)
    with filler.open("r+b") as file:
        file.truncate(filler.stat().st_size - FREE_BYTES_MIN)
    assert not is_full(disk)
    assert [each.name for each in disk.iterdir()] == ["fill"]


class FullDiskServer:
    """A server whose first ``full_for`` restarts find a full disk, and all later ones fail otherwise."""

    def __init__(self, full_for: int) -> None:
        self._starts = iter([True] * full_for)

    async def start(self) -> None:
        if next(self._starts, False):
            raise DiskFull("the disk is full: no room")
        raise EmbeddedError("something else")

    async def wait_until_ended(self) -> str:
        return "it could not write"


async def test_a_full_disk_does_not_count_as_a_failed_start(caplog: pytest.LogCaptureFixture) -> None:
    async def no_pause(_: float) -> None: ...

    with pytest.raises(EmbeddedError, match="5 times in a row; something else"):
        await supervise(FullDiskServer(full_for=100), no_pause)
    assert caplog.text.count("the disk is full: no room; commands get 503 until there is space") == 1
