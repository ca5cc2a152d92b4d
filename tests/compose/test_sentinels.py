"""Valkey with replicas and Sentinels (compose.ha.yaml): any container may die under load."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from deployment import ROOT, Deployment, docker
from deployment_load import DeploymentLoad

ReportFigure = Callable[[str], None]
REPLICAS: Final = 2
WAIT_MAX_S: Final = 10.0


@pytest.fixture(scope="module")
def replicated(
    images: Deployment, tmp_path_factory: pytest.TempPathFactory, report_figure: ReportFigure
) -> Iterator[Deployment]:
    no_secrets = tmp_path_factory.mktemp("secrets")
    no_secrets.chmod(0o755)
    deployment = Deployment(no_secrets, override=ROOT / "compose.ha.yaml", images=images)
    try:
        report_figure(f"compose.ha.yaml: everything healthy after {deployment.up():.1f} s")
        deployment.wait_for_replicas(REPLICAS)
        yield deployment
    finally:
        deployment.remove()


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


def _replica(deployment: Deployment) -> str:
    primary = deployment.primary()
    return next(each for each in deployment.containers() if "-valkey" in each and each != primary)
