"""The data folder and its files are private, whatever made them."""

import stat
from pathlib import Path

import pytest
from redis.asyncio import Redis

from turnout.valkey.embedded import EmbeddedError, embedded_server
from turnout.valkey.private_files import make_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_other_users_can_read_no_file_of_a_folder_that_was_there_before(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    (data / "valkey.log").touch(0o644)
    async with embedded_server(data) as server:
        async with Redis.from_url(server.url) as valkey:
            await valkey.set("secret", "x")
            await valkey.bgrewriteaof()
        assert mode(data) == 0o700
        readable = [path for path in data.rglob("*") if not path.is_socket() and mode(path) & 0o077]
        assert readable == []
        assert (data / "appendonlydir").is_dir()


def test_files_that_are_not_ours_stay_as_they_are(tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.touch()
    script.chmod(0o755)
    (tmp_path / "valkey.log").symlink_to(script)
    make_private(tmp_path)
    assert mode(script) == 0o755


def test_files_of_an_earlier_version_become_private(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").mkdir(0o755)
    aof = tmp_path / "appendonlydir" / "appendonly.aof.1.incr.aof"
    aof.touch()
    aof.chmod(0o644)
    make_private(tmp_path)
    assert (mode(aof), mode(aof.parent)) == (0o600, 0o700)


async def test_a_folder_that_cannot_be_private_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)

    def refuse(path: Path, _: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr("os.chmod", refuse)
    with pytest.raises(EmbeddedError, match="Operation not permitted; it has to belong to the user"):
        async with embedded_server(data):
            pass
