"""Load on the deployment while containers are killed, replaced, added and removed."""

import asyncio
import time
from collections.abc import Callable

import httpx
import pytest
from deployment import Deployment, docker
from deployment_load import DeploymentLoad

ReportFigure = Callable[[str], None]
TAKEOVER_MAX_S = 3.0
RECONNECT_MAX_S = 5.0


@pytest.fixture
def load(deployment: Deployment, request: pytest.FixtureRequest) -> DeploymentLoad:
    return DeploymentLoad(deployment, request.node.name)


async def test_gateways_are_added_and_removed_under_load(deployment: Deployment, load: DeploymentLoad) -> None:
    async with load.running():
        await asyncio.to_thread(deployment.up, "--no-recreate", "--scale", "gateway=4")
        assert len(await asyncio.to_thread(deployment.containers, "gateway")) == 4
        for number in range(1, 5):
            await asyncio.to_thread(deployment.wait_until_ready, deployment.container("gateway", number))
        assert {each.connections for each in load.watchers} == {1}
        await asyncio.to_thread(deployment.up, "--no-recreate", "--scale", "gateway=2")
        await load.wait_until_all_live()
    assert load.violations() == []
    assert max(load.attempts) <= 2


async def test_a_killed_writer_is_replaced(
    deployment: Deployment, load: DeploymentLoad, report_figure: ReportFigure
) -> None:
    async with load.running():
        leader = await asyncio.to_thread(deployment.leader)
        began = load.recorder.now()
        await asyncio.to_thread(docker, "kill", leader)
        killed_at = load.recorder.now()
        takeover_s = killed_at - began + await load.seconds_to_acknowledgement(killed_at)
        await load.wait_for_commands()
        await asyncio.to_thread(docker, "start", leader)
    report_figure(f"takeover: {takeover_s:.2f} s")
    assert load.violations() == []
    assert max(load.attempts) <= 2
    assert takeover_s <= TAKEOVER_MAX_S


async def test_the_clients_of_a_killed_gateway_reconnect(
    deployment: Deployment, load: DeploymentLoad, report_figure: ReportFigure
) -> None:
    async with load.running():
        gateway = deployment.container("gateway", 1)
        await asyncio.to_thread(docker, "kill", gateway)
        await load.wait_until_all_live()
        await load.wait_for_commands()
        await asyncio.to_thread(docker, "start", gateway)
        await asyncio.to_thread(deployment.wait_until_ready, gateway)
    outages_s = load.outages_s()
    report_figure(f"live again: {len(outages_s)} clients after {max(outages_s, default=0):.2f} s at most")
    assert load.violations() == []
    assert max(load.attempts) <= 2
    assert outages_s
    assert max(outages_s) <= RECONNECT_MAX_S


async def test_a_killed_valkey_loses_no_acknowledged_command(
    deployment: Deployment, load: DeploymentLoad, report_figure: ReportFigure
) -> None:
    async with load.running():
        valkey = deployment.container("valkey")
        await asyncio.to_thread(docker, "kill", valkey)
        await asyncio.to_thread(deployment.wait_until_unready, deployment.container("gateway"))
        async with httpx.AsyncClient(base_url=deployment.url, timeout=10) as edge:
            assert (await edge.get("/api/events")).status_code == 200
        restarted_at = load.recorder.now()
        await asyncio.to_thread(docker, "start", valkey)
        recovery_s = await load.seconds_to_acknowledgement(restarted_at)
        for number in (1, 2):
            await asyncio.to_thread(deployment.wait_until_ready, deployment.container("gateway", number))
    report_figure(f"after the kill of Valkey: first acknowledged command {recovery_s:.2f} s after its restart")
    assert load.violations() == []


async def test_every_service_is_replaced_one_by_one(
    deployment: Deployment, load: DeploymentLoad, report_figure: ReportFigure
) -> None:
    async with load.running():
        before = {each: deployment.inspect(each)["Id"] for each in deployment.containers()}
        deployment.environment["TURNOUT_LOG_LEVEL"] = "warning"
        began = time.monotonic()
        await asyncio.to_thread(deployment.roll)
        await load.wait_until_all_live()
        after = {each: deployment.inspect(each)["Id"] for each in deployment.containers()}
    repeated = sum(each > 1 for each in load.attempts)
    report_figure(f"rolled in {time.monotonic() - began:.1f} s; {len(load.attempts)} commands, {repeated} repeated")
    assert before.keys() == after.keys()
    changed = {each.removeprefix(deployment.project) for each in after if before[each] != after[each]}
    assert changed >= {"-command-1", "-standby-1", "-gateway-1", "-gateway-2"}
    assert load.violations() == []
    assert max(load.attempts) <= 2


async def test_every_container_is_restarted_one_by_one(
    deployment: Deployment, load: DeploymentLoad, report_figure: ReportFigure
) -> None:
    async with load.running():
        for service in ("gateway-1", "gateway-2", "standby-1", "command-1", "valkey-1"):
            await _restart(deployment, load, service)
        outages_s = load.outages_s()
        restart_s = await _restart(deployment, load, "edge-1")  # no other edge takes its clients meanwhile
        edge_outages_s = load.outages_s()[len(outages_s) :]
    report_figure(
        f"longest time without a connection: {max(outages_s):.2f} s; {max(edge_outages_s):.2f} s by a restart of the "
        f"edge that took {restart_s:.2f} s"
    )
    assert max(outages_s) <= RECONNECT_MAX_S
    assert max(edge_outages_s) <= restart_s + RECONNECT_MAX_S
    assert load.violations() == []
    assert max(load.attempts) <= 2


async def _restart(deployment: Deployment, load: DeploymentLoad, service: str) -> float:
    """Restarts a container, and waits until all clients are served again. The seconds that the Engine needed."""
    container = f"{deployment.project}-{service}"
    began_s = time.monotonic()
    await asyncio.to_thread(docker, "restart", container)
    restart_s = time.monotonic() - began_s
    if "gateway" in service:
        await asyncio.to_thread(deployment.wait_until_ready, container)
    await load.wait_for_retries()
    await load.wait_for_commands()
    await load.wait_until_all_live()
    return restart_s


async def test_down_and_up_lose_no_acknowledged_command(deployment: Deployment, load: DeploymentLoad) -> None:
    async with load.running():
        pass
    deployment.compose("down")
    deployment.up()
    assert load.violations() == []
