"""Takeover between real processes: killed, stopped and paused writers."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from turnout_command.settings import Settings
from turnout_core.runtime.valkey_client import connect

TAKEOVER_S = 5.0  # a lease of 1.5 s and a margin for a busy machine; bench/commands.py measures it
PATIENCE_S = 60


class Service:
    """One command service in a process of its own."""

    def __init__(self, url: str, lease_s: float) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.environment = {"TURNOUT_VALKEY": url, "TURNOUT_PORT": str(self.port), "TURNOUT_LEASE_S": str(lease_s)}
        self.process: asyncio.subprocess.Process | None = None
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}")

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "turnout_command", env=os.environ | self.environment, stderr=asyncio.subprocess.PIPE
        )

    async def role(self) -> str:
        try:
            return str((await self.client.get("/readyz")).json()["role"])
        except httpx.TransportError:
            return "away"

    async def wait_for_role(self, role: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while await self.role() != role:  # noqa: ASYNC110 - another process has no event to wait for
                await asyncio.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def wait_until_stopped(self) -> int:
        assert self.process is not None
        return await asyncio.wait_for(self.process.wait(), PATIENCE_S)

    async def sign_up(self, name: str = "Ada") -> httpx.Response:
        return await self.client.post("/api/session", json={"name": name})


@asynccontextmanager
async def leader_and_standby(url: str, lease_s: float = 0.5) -> AsyncIterator[tuple[Service, Service]]:
    """A running leader and a running standby."""
    services = [Service(url, lease_s), Service(url, lease_s)]
    try:
        await asyncio.gather(*(service.start() for service in services))
        async with asyncio.timeout(PATIENCE_S):
            while sorted(roles := [await each.role() for each in services]) != ["leader", "standby"]:  # noqa: ASYNC110 - see above
                await asyncio.sleep(0.02)
        leads = roles.index("leader")
        yield services[leads], services[1 - leads]
    finally:
        for service in services:
            await service.client.aclose()
            if service.process is not None and service.process.returncode is None:
                service.process.kill()
                await service.process.wait()


async def time_of_first_acknowledgement(service: Service) -> float:
    """Monotonic time at which ``service`` acknowledges its first command; retries as a client does."""
    async with asyncio.timeout(PATIENCE_S):
        while (await service.sign_up()).status_code != 201:  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.01)
    return time.monotonic()


async def test_a_killed_writer_is_replaced_in_time_and_loses_nothing(valkey_url: str) -> None:
    async with leader_and_standby(valkey_url, Settings().lease_s) as (leader, standby):
        token = (await leader.sign_up("Olga")).json()["token"]
        killed = time.monotonic()
        leader.signal(signal.SIGKILL)
        assert await time_of_first_acknowledgement(standby) - killed < TAKEOVER_S
        me = await standby.client.get("/api/session", headers={"Authorization": f"Bearer {token}"})
        assert me.json()["user"]["name"] == "Olga"


async def test_a_stopped_writer_hands_over_and_exits(valkey_url: str) -> None:
    async with leader_and_standby(valkey_url) as (leader, standby):
        leader.signal(signal.SIGTERM)
        assert await leader.wait_until_stopped() == 0
        await standby.wait_for_role("leader")


async def test_a_resumed_writer_acknowledges_nothing(valkey_url: str) -> None:
    async with leader_and_standby(valkey_url) as (old, new):
        old.signal(signal.SIGSTOP)
        request = asyncio.create_task(old.sign_up("Eve"))  # waits in its socket until it resumes
        await new.wait_for_role("leader")
        position = (await new.sign_up()).headers["turnout-position"]
        old.signal(signal.SIGCONT)
        refused = await request
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        await old.wait_for_role("standby")
        async with connect(valkey_url) as valkey:
            assert await valkey.xlen("{turnout}:journal") == int(position.rsplit("-", 1)[1])
        assert old.process is not None
        assert old.process.stderr is not None
        logged = b""
        async with asyncio.timeout(PATIENCE_S):
            while b"nothing was written since" not in logged:
                logged += await old.process.stderr.readline()
