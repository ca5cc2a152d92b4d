"""A new connection needs no file but its socket."""

import builtins
import io
from typing import Any

import pytest
from redis.exceptions import RedisError

from turnout_core.runtime.valkey_client import connect, connect_node

URLS = (
    "redis://127.0.0.1:1",
    "unix:///nowhere/valkey.sock",
    "redis+sentinel://127.0.0.1:1/turnout",
    "redis+cluster://127.0.0.1:1",
)


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Any, *_: Any, **__: Any) -> None:
        raise OSError(24, "Too many open files", path)

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(io, "open", refuse)


@pytest.mark.usefixtures("no_files")
@pytest.mark.parametrize("url", URLS)
async def test_a_connection_without_free_files_fails_as_one_that_is_refused(url: str) -> None:
    async with connect(url) as valkey:
        with pytest.raises(RedisError):
            await valkey.ping()


@pytest.mark.usefixtures("no_files")
async def test_so_does_one_to_a_replica() -> None:
    async with connect_node(URLS[0], "127.0.0.1", 1) as valkey:
        with pytest.raises(RedisError):
            await valkey.ping()
