"""Valkey with replicas and Sentinels (compose.ha.yaml): any container may die under load."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Final

import pytest
from deployment import Deployment, docker
from deployment_load import DeploymentLoad

pytestmark = pytest.mark.alone

ReportFigure = Callable[[str], None]
StartServers = Callable[[str, int], AbstractContextManager[Deployment]]
REPLICAS: Final = 2
WAIT_MAX_S: Final = 10.0


@pytest.fixture(scope="module")
def replicated(servers_with_replicas: StartServers) -> Iterator[Deployment]:
    with servers_with_replicas("compose.ha.yaml", REPLICAS) as deployment:
        yield deployment


async def test_no_command_fails_when_any_container_dies(
    replicated: Deployment, request: pytest.FixtureRequest, report_figure: ReportFigure
) -> None:
    victims: dict[str, Callable[[], str]] = {
        "the primary": replicated.primary,
        "a replica": lambda: _replica(replicated),
        "a Sentinel": lambda: replicated.container("sentinel-1"),
        "the primary again": replicated.primary,
        "the leader": replicated.leader,
        "a gateway": lambda: replicated.container("gateway"),
        "the edge": lambda: replicated.container("edge"),
    }
    load = DeploymentLoad(replicated, request.node.name)
    async with load.running():
        for name, find in victims.items():
            container = await asyncio.to_thread(find)
            waited = len(load.waits_s)
            await asyncio.to_thread(docker, "kill", container)
            killed_at = load.recorder.now()
            if name == "the edge":  # nobody else takes its clients
                await asyncio.to_thread(docker, "start", container)
            first_s = await load.seconds_to_acknowledgement(killed_at)
            await load.wait_for_retries()
            await asyncio.to_thread(docker, "start", container)
            await asyncio.to_thread(replicated.wait_for_replicas, REPLICAS)
            await load.wait_until_all_live()
            longest_s = max(load.waits_s[waited:])
            report_figure(f"{name} killed: first command after {first_s:.2f} s, longest wait of one {longest_s:.2f} s")
    assert load.violations() == []
    assert max(load.waits_s) <= WAIT_MAX_S


def test_a_service_may_only_ask_sentinels_who_is_the_primary(replicated: Deployment) -> None:
    output = replicated.python(replicated.container("gateway"), _PROBES)
    assert output.split() == ["masters", "replicas"]


def test_the_user_of_replicas_reads_no_key(replicated: Deployment) -> None:
    output = docker("exec", replicated.container("valkey"), "sh", "-c", _AS_REPLICATION)
    assert output.split() == ["PONG", "NOPERM", "NOPERM"]


def _replica(deployment: Deployment) -> str:
    primary = deployment.primary()
    return next(each for each in deployment.containers() if "-valkey" in each and each != primary)


_PROBES: Final = """
import asyncio
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError
from turnout_core.runtime.valkey_url import parse_valkey_url
from turnout_gateway.settings import Settings

async def main():
    address = parse_valkey_url(Settings().valkey)
    host, port = address.seeds[0]
    async with Redis(host=host, port=port, protocol=3, **address.sentinel_options) as sentinel:
        probes = {
            "masters": ("SENTINEL", "MASTERS"),
            "replicas": ("SENTINEL", "REPLICAS", "turnout"),
            "failover": ("SENTINEL", "FAILOVER", "turnout"),
            "monitor": ("SENTINEL", "MONITOR", "other", "127.0.0.1", "6379", "1"),
            "set": ("SENTINEL", "SET", "turnout", "quorum", "1"),
            "config": ("SENTINEL", "CONFIG", "GET", "*"),
            "shutdown": ("SHUTDOWN",),
        }
        for name, words in probes.items():
            try:
                await sentinel.execute_command(*words)
            except NoPermissionError:
                continue
            print(name)

asyncio.run(main())
"""
_AS_REPLICATION: Final = """
export REDISCLI_AUTH=$(cat /run/secrets/replication)
for words in ping "get {turnout}:head" "config get appendonly"; do
  valkey-cli --no-auth-warning --user replication $words | cut -d' ' -f1
done
"""
