"""People and their screens while parts of the deployment die, are replaced, or come and go."""

import asyncio
import time
from collections.abc import Callable

import httpx
import pytest
from deployment import Deployment, docker
from deployment_load import Crowd

Tell = Callable[[str], None]
TAKEOVER_MAX_S = 3.0
LIVE_AGAIN_MAX_S = 5.0


@pytest.fixture
def crowd(deployment: Deployment, request: pytest.FixtureRequest) -> Crowd:
    return Crowd(deployment, request.node.name)


async def test_gateways_are_added_under_live_clients(deployment: Deployment, crowd: Crowd) -> None:
    async with crowd.acting():
        await asyncio.to_thread(deployment.up, "--no-recreate", "--scale", "gateway=4")
        assert len(await asyncio.to_thread(deployment.containers, "gateway")) == 4
        for number in range(1, 5):
            await asyncio.to_thread(deployment.until_fit, deployment.container("gateway", number))
        assert {each.links for each in crowd.watchers} == {1}
        await asyncio.to_thread(deployment.up, "--no-recreate", "--scale", "gateway=2")
        await crowd.all_live()
    assert crowd.verdict() == []
    assert max(crowd.attempts) <= 2


async def test_a_killed_writer_is_replaced(deployment: Deployment, crowd: Crowd, tell: Tell) -> None:
    async with crowd.acting():
        leader = await asyncio.to_thread(deployment.leader)
        began = crowd.recorder.now()
        await asyncio.to_thread(docker, "kill", leader)
        dead = crowd.recorder.now()
        takeover_s = dead - began + await crowd.acknowledged_after(dead)
        await crowd.more_commands()
        await asyncio.to_thread(docker, "start", leader)
    tell(f"takeover: {takeover_s:.2f} s")
    assert crowd.verdict() == []
    assert max(crowd.attempts) <= 2
    assert takeover_s <= TAKEOVER_MAX_S


async def test_the_clients_of_a_killed_gateway_are_live_again(deployment: Deployment, crowd: Crowd, tell: Tell) -> None:
    async with crowd.acting():
        gateway = deployment.container("gateway", 1)
        await asyncio.to_thread(docker, "kill", gateway)
        await crowd.all_live()
        await crowd.more_commands()
        await asyncio.to_thread(docker, "start", gateway)
        await asyncio.to_thread(deployment.until_fit, gateway)
    dark = [seconds for each in crowd.watchers for seconds in each.dark_s]
    tell(f"live again: {len(dark)} clients after {max(dark, default=0):.2f} s at most")
    assert crowd.verdict() == []
    assert max(crowd.attempts) <= 2
    assert dark
    assert max(dark) <= LIVE_AGAIN_MAX_S


async def test_a_killed_valkey_loses_nothing(deployment: Deployment, crowd: Crowd, tell: Tell) -> None:
    async with crowd.acting():
        valkey = deployment.container("valkey")
        await asyncio.to_thread(docker, "kill", valkey)
        await asyncio.to_thread(deployment.until_unfit, deployment.container("gateway"))
        async with httpx.AsyncClient(base_url=deployment.url, timeout=10) as edge:
            assert (await edge.get("/api/events")).status_code == 200
        moment = crowd.recorder.now()
        await asyncio.to_thread(docker, "start", valkey)
        back_s = await crowd.acknowledged_after(moment)
        for number in (1, 2):
            await asyncio.to_thread(deployment.until_fit, deployment.container("gateway", number))
    tell(f"after the kill of Valkey: writing again {back_s:.2f} s after its start")
    assert crowd.verdict() == []


async def test_every_service_is_replaced_one_by_one(deployment: Deployment, crowd: Crowd, tell: Tell) -> None:
    async with crowd.acting():
        before = {each: deployment.inspect(each)["Id"] for each in deployment.containers()}
        deployment.environment["TURNOUT_LOG_LEVEL"] = "warning"
        began = time.monotonic()
        await asyncio.to_thread(deployment.roll)
        await crowd.all_live()
        after = {each: deployment.inspect(each)["Id"] for each in deployment.containers()}
    tell(f"rolled in {time.monotonic() - began:.1f} s; {crowd.attempts.count(1)} commands at once, "
          f"{sum(each > 1 for each in crowd.attempts)} repeated")  # fmt: skip
    assert before.keys() == after.keys()
    changed = {each.removeprefix(deployment.project) for each in after if before[each] != after[each]}
    assert changed >= {"-command-1", "-standby-1", "-gateway-1", "-gateway-2"}
    assert crowd.verdict() == []
    assert max(crowd.attempts) <= 2


async def test_every_container_is_restarted_one_by_one(deployment: Deployment, crowd: Crowd, tell: Tell) -> None:
    async with crowd.acting():
        for service in ("gateway-1", "gateway-2", "standby-1", "command-1", "valkey-1", "edge-1"):
            container = f"{deployment.project}-{service}"
            await asyncio.to_thread(docker, "restart", container)
            if "gateway" in service:
                await asyncio.to_thread(deployment.until_fit, container)
            await crowd.recovered()
            await crowd.more_commands()
            await crowd.all_live()
    dark = [seconds for each in crowd.watchers for seconds in each.dark_s]
    tell(f"longest without a link: {max(dark):.2f} s")
    assert max(dark) <= LIVE_AGAIN_MAX_S
    assert crowd.verdict() == []
    assert max(crowd.attempts) <= 2


async def test_everything_is_there_after_down_and_up(deployment: Deployment, crowd: Crowd) -> None:
    async with crowd.acting():
        pass
    deployment.compose("down")
    deployment.up()
    assert crowd.verdict() == []
