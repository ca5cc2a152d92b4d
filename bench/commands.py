"""Compares durable commands with a bare FastAPI route and with PostgreSQL.

``python bench/commands.py [--seconds 5] [--rounds 3]``: rounds alternate between the servers; the median counts. The
times are those at half of PostgreSQL's rate, or of our own where it is not installed.
"""

import argparse
import asyncio
import json
import os
import signal
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvloop
from command_load import CONNECTIONS, cpu_s, percentile, run_load, sign_up
from command_servers import COMMAND_SERVERS, CORES, missing_servers, running_server
from servers import free_port

from turnout.valkey.embedded import embedded_valkey


@dataclass
class CommandFigures:
    """The figures of one server: commands a second and CPU time of each round; response times at half rate."""

    per_s: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    p50_ms: float = 0
    p99_ms: float = 0

    def rate(self) -> float:
        return statistics.median(self.per_s)


async def measure_commands(seconds: float, rounds: int) -> dict[str, CommandFigures]:
    """Measures all installed servers in turns."""
    missing = missing_servers()
    async with AsyncExitStack() as stack:
        servers = {
            name: await stack.enter_async_context(start())
            for name, start in COMMAND_SERVERS.items()
            if name not in missing
        }
        figures = {name: CommandFigures() for name in servers}
        with_accounts = {name: await sign_up(server.port) for name, server in servers.items() if name != "bare"}
        guests = {name: with_accounts.get(name, with_accounts["durable"]) for name in servers}
        for _ in range(rounds):
            for name, server in servers.items():
                before = cpu_s(server.pid)
                rate, durations_ms = await run_load(server.port, guests[name], seconds)
                figures[name].per_s.append(rate)
                figures[name].cpu_us.append((cpu_s(server.pid) - before) / len(durations_ms) * 1e6)
        half = figures["postgres" if "postgres" in figures else "durable"].rate() / 2
        for name, server in servers.items():
            _, durations_ms = await run_load(server.port, guests[name], seconds, rate=half)
            figures[name].p50_ms = percentile(durations_ms, 0.5)
            figures[name].p99_ms = percentile(durations_ms, 0.99)
    return figures


async def measure_takeover(url: str) -> float:
    """Measures the seconds from ``kill -9`` of the leader to the first command that the standby acknowledges."""
    ports = free_port(), free_port()
    starts = [
        running_server("-m", "turnout_command", port=port, path="/healthz", TURNOUT_VALKEY=url, TURNOUT_PORT=str(port))
        for port in ports
    ]
    async with starts[0] as leader, starts[1], httpx.AsyncClient() as client:
        while (await client.get(f"http://127.0.0.1:{ports[0]}/readyz")).status_code != 200:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
        leader.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        while True:
            response = await client.post(f"http://127.0.0.1:{ports[1]}/api/session", json={"name": "Ada"})
            if response.status_code == 201:
                return time.monotonic() - killed
            await asyncio.sleep(0.005)


async def main(seconds: float, rounds: int, takeovers: int) -> None:
    os.sched_setaffinity(0, {CORES.load})
    result: dict[str, Any] = {"connections": CONNECTIONS, "seconds": seconds, "rounds": rounds}
    figures = await measure_commands(seconds, rounds)
    for name, each in figures.items():
        result |= {
            f"{name}_per_s": [round(rate) for rate in each.per_s],
            f"{name}_cpu_us": [round(used) for used in each.cpu_us],
            f"{name}_p50_ms": round(each.p50_ms, 2),
            f"{name}_p99_ms": round(each.p99_ms, 2),
        }
    result["missing"] = missing_servers()
    result["ratio"] = round(figures["durable"].rate() / figures["bare"].rate(), 3)
    if "postgres" in figures:
        result["ratio_to_postgres"] = round(figures["durable"].rate() / figures["postgres"].rate(), 3)
    with tempfile.TemporaryDirectory() as data:
        async with embedded_valkey(Path(data)) as url:
            result["takeover_s"] = [round(await measure_takeover(url), 2) for _ in range(takeovers)]
    print(json.dumps(result))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=5)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--takeovers", type=int, default=3)
    options = arguments.parse_args()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(options.seconds, options.rounds, options.takeovers))
