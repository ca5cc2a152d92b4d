"""The append-only file of a real server is rewritten, or an error has the reason."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from turnout.valkey.embedded import embedded_valkey
from turnout_command.snapshots.aof_rewrite import AofRewriter, RewriteFailed, RewriteRefused
from turnout_core.runtime.valkey_client import connect


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Redis]:
    """A server of its own, whose settings and permissions a test may change."""
    async with embedded_valkey(tmp_path / "data") as url, connect(url) as client:
        yield client


def _contain(folder: Path, text: bytes) -> bool:
    return any(text in path.read_bytes() for path in folder.rglob("*.aof"))


async def test_deleted_text_is_in_no_file_after_a_rewrite(valkey: Redis, tmp_path: Path) -> None:
    await valkey.set("note", "a secret")
    await valkey.delete("note")
    assert _contain(tmp_path, b"a secret")
    await AofRewriter(valkey).rewrite()
    assert not _contain(tmp_path, b"a secret")


async def test_a_rewrite_that_runs_already_does_not_count(valkey: Redis, tmp_path: Path) -> None:
    await valkey.config_set("rdb-key-save-delay", 20_000)  # us for each key, so that it runs for a while
    await valkey.mset({f"key{number}": "x" for number in range(20)})
    await valkey.set("note", "a secret")
    await valkey.bgrewriteaof()
    await valkey.delete("note")
    await AofRewriter(valkey).rewrite()
    assert not _contain(tmp_path, b"a secret")


async def test_a_file_is_mostly_dead_from_a_size_on(valkey: Redis) -> None:
    rewriter = AofRewriter(valkey)
    await valkey.set("note", "x" * (9 << 20))
    assert not await rewriter.is_mostly_dead()
    await valkey.set("note", "y" * (9 << 20))
    await valkey.delete("note")
    assert await rewriter.is_mostly_dead()
    await rewriter.rewrite()
    assert not await rewriter.is_mostly_dead()


async def test_a_server_that_forbids_a_rewrite_is_not_asked_again(valkey: Redis) -> None:
    await valkey.acl_setuser("default", enabled=True, commands=["-bgrewriteaof"])
    with pytest.raises(RewriteRefused, match="permissions"):
        await AofRewriter(valkey).rewrite()


async def test_a_rewrite_without_space_fails_and_loses_nothing(valkey: Redis, tmp_path: Path) -> None:
    (tmp_path / "data" / "appendonlydir" / "appendonly.aof.2.base.rdb").mkdir()  # the new file cannot get its name
    await valkey.set("note", "kept")
    with pytest.raises(RewriteFailed):
        await AofRewriter(valkey).rewrite()
    assert await valkey.get("note") == b"kept"
