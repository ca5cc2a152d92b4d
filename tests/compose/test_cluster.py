"""Valkey as a Cluster (compose.cluster.yaml): the primary of the journal's slot may die under load."""

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
REPLICAS: Final = 3
WAIT_MAX_S: Final = 10.0


@pytest.fixture(scope="module")
def clustered(servers_with_replicas: StartServers) -> Iterator[Deployment]:
    with servers_with_replicas("compose.cluster.yaml", REPLICAS) as deployment:
        yield deployment


async def test_no_command_fails_when_the_primary_of_the_slot_dies(
    clustered: Deployment, request: pytest.FixtureRequest, report_figure: ReportFigure
) -> None:
    load = DeploymentLoad(clustered, request.node.name)
    async with load.running():
        primary = await asyncio.to_thread(clustered.primary)
        await asyncio.to_thread(docker, "kill", primary)
        first_s = await load.seconds_to_acknowledgement(load.recorder.now())
        await load.wait_for_retries()
        await asyncio.to_thread(docker, "start", primary)
        await asyncio.to_thread(clustered.wait_for_replicas, REPLICAS)
        assert await asyncio.to_thread(clustered.primary) != primary
    longest_s = max(load.waits_s)
    report_figure(
        f"the primary of the slot killed: first command after {first_s:.2f} s, longest wait of one {longest_s:.2f} s"
    )
    assert load.violations() == []
    assert max(load.waits_s) <= WAIT_MAX_S
