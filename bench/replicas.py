"""Measures the price of replicas, and the load that they take off the primary.

``python bench/replicas.py``: commands a second at 64 connections with ``TURNOUT_REPLICAS`` 0 and 1 on the same servers,
in turns; and the primary's CPU time and sent bytes while 1, 2 and 4 gateways follow its replicas, or the primary
itself.
"""

import asyncio
import json
import statistics
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import uvloop
from command_load import CONNECTIONS, cpu_s, percentile, run_load, sign_up
from command_servers import running_server
from servers import free_port

from chaos.faults.valkey_group import SentinelGroup
from chaos.faults.valkey_server import Server

ROUNDS: Final = 3
SECONDS: Final = 5.0
CHANGES_PER_S: Final = 200.0
GATEWAYS: Final = (1, 2, 4)


@asynccontextmanager
async def command_service(url: str, replicas: int) -> AsyncIterator[int]:
    """A command service that leads. Returns its port."""
    port = free_port()
    env = {"TURNOUT_VALKEY": url, "TURNOUT_PORT": str(port), "TURNOUT_REPLICAS": str(replicas), "TURNOUT_LIMITS": "off"}
    async with running_server("-m", "turnout_command", port=port, path="/healthz", **env):
        await _until_ready(port)
        yield port


async def measure_price(group: SentinelGroup) -> dict[str, Any]:
    """Commands a second and the p99 of the response in ms, for each number of replicas that must confirm."""
    rates: dict[int, list[float]] = {0: [], 1: []}
    p99_ms: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(ROUNDS):
        for replicas, measured in rates.items():
            async with command_service(group.url, replicas) as port:
                rate, durations_ms = await run_load(port, await sign_up(port), SECONDS)
            measured.append(rate)
            p99_ms[replicas].append(percentile(durations_ms, 0.99))
    ratio = statistics.median(rates[1]) / statistics.median(rates[0])
    return {
        "commands_per_s": {key: [round(each) for each in values] for key, values in rates.items()},
        "p99_ms": {key: [round(each, 1) for each in values] for key, values in p99_ms.items()},
        "ratio": round(ratio, 2),
    }


async def measure_gateways(group: SentinelGroup) -> dict[str, Any]:
    """The primary's CPU time in ms and sent KB for each second, at ``CHANGES_PER_S``, by number of gateways."""
    found: dict[str, Any] = {}
    async with command_service(group.url, 1) as port:
        guests = await sign_up(port)
        for read_from in ("replica", "primary"):
            for number in GATEWAYS:
                async with AsyncExitStack() as stack:
                    for _ in range(number):
                        await stack.enter_async_context(_gateway(group.url, read_from))
                    found[f"{number} on {read_from}"] = await _load_of(await group.primary(), port, guests)
    return found


async def _load_of(primary: Server, port: int, guests: list[tuple[str, str]]) -> dict[str, float]:
    before_s, before_bytes = cpu_s(primary.process.pid), await _sent_bytes(primary)
    rate, _ = await run_load(port, guests, SECONDS, rate=CHANGES_PER_S)
    sent_bytes = await _sent_bytes(primary) - before_bytes
    used_s = cpu_s(primary.process.pid) - before_s
    return {
        "changes_per_s": round(rate),
        "cpu_ms_per_s": round(used_s / SECONDS * 1000, 1),
        "sent_kb_per_s": round(sent_bytes / SECONDS / 1000),
    }


async def _sent_bytes(server: Server) -> int:
    return int((await server.info("stats"))["total_net_output_bytes"])


@asynccontextmanager
async def _gateway(url: str, read_from: str) -> AsyncIterator[None]:
    port = free_port()
    env = {"TURNOUT_VALKEY": url, "TURNOUT_PORT": str(port), "TURNOUT_READ_FROM": read_from}
    async with running_server("-m", "turnout_gateway", port=port, path="/healthz", **env):
        await _until_ready(port)
        yield


async def _until_ready(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="turnout-replicas-") as folder:
        async with SentinelGroup(Path(folder), replicas=1, sentinels=1).running() as group:
            result: dict[str, Any] = {"connections": CONNECTIONS, "price": await measure_price(group)}
            result["gateways"] = await measure_gateways(group)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
