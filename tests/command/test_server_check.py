"""The server check warns of settings that can lose acknowledged commands."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from waiting import until

from turnout.valkey.embedded import embedded_valkey
from turnout_command.app import CommandService, ServerNotDurable
from turnout_command.server_check import durability_warnings
from turnout_command.settings import Settings
from turnout_core.runtime.valkey_client import connect


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[str]:
    """A server whose settings this test may change."""
    async with embedded_valkey(tmp_path) as url:
        yield url


@pytest.fixture
async def valkey(own: str) -> AsyncIterator[Redis]:
    async with connect(own) as client:
        yield client


async def test_our_own_server_has_no_durability_warnings(valkey: Redis) -> None:
    assert await durability_warnings(valkey) == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("appendonly", "no"),
        ("appendfsync", "everysec"),
        ("no-appendfsync-on-rewrite", "yes"),
        ("maxmemory-policy", "allkeys-lru"),
    ],
)
async def test_each_setting_is_named_with_its_reason(valkey: Redis, setting: str, value: str) -> None:
    await valkey.config_set(setting, value)
    [warning] = await durability_warnings(valkey)
    assert warning.startswith(f"{setting} is {value}, should be")


async def test_unreadable_settings_are_a_warning(valkey: Redis, own: str) -> None:
    await valkey.acl_setuser("limited", enabled=True, nopass=True, commands=["+@all", "-config"], keys=["*"])
    async with Redis.from_url(own, username="limited", password="any") as limited:
        [warning] = await durability_warnings(limited)
    assert "cannot be read" in warning
    assert "appendfsync always" in warning


async def test_the_memory_of_the_server_is_a_metric(valkey: Redis, own: str) -> None:
    await valkey.config_set("maxmemory", "50mb")
    service = CommandService(Settings(valkey=own))

    def metric(name: str) -> float:
        return service.metrics.registry.get_sample_value(name) or 0

    async with service.running():
        await until(lambda: metric("turnout_valkey_memory_max_bytes") == 50 * 1024**2)
        assert 0 < metric("turnout_valkey_memory_bytes") < 50 * 1024**2


async def test_strict_refuses_a_server_that_is_not_durable_and_the_default_warns(
    valkey: Redis, own: str, caplog: pytest.LogCaptureFixture
) -> None:
    await valkey.config_set("appendfsync", "everysec")
    with pytest.raises(ServerNotDurable, match="appendfsync is everysec"):
        await CommandService(Settings(valkey=own, strict=True)).running().__aenter__()
    async with CommandService(Settings(valkey=own)).running() as writer:
        await until(lambda: writer.status().ready)
    assert "appendfsync is everysec" in caplog.text
