"""Valkey as a Cluster (compose.cluster.yaml): the primary of the journal's slot may die under load."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from deployment import ROOT, Deployment, docker
from deployment_load import DeploymentLoad

pytestmark = pytest.mark.alone

ReportFigure = Callable[[str], None]
REPLICAS: Final = 3
WAIT_MAX_S: Final = 10.0


@pytest.fixture(scope="module")
def clustered(
    images: Deployment, tmp_path_factory: pytest.TempPathFactory, report_figure: ReportFigure
) -> Iterator[Deployment]:
    no_secrets = tmp_path_factory.mktemp("secrets")
    no_secrets.chmod(0o755)
    deployment = Deployment(no_secrets, override=ROOT / "compose.cluster.yaml", images=images)
    try:
        report_figure(f"compose.cluster.yaml: everything healthy after {deployment.up():.1f} s")
        deployment.wait_for_replicas(REPLICAS)
        yield deployment
    finally:
        deployment.remove()


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
