"""Measures the cost of changes at a given rate on one server with clients."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import machine
from loadgen import LoadGenerator, Report, running_load_generator
from machine import Cores, CoreUsage
from publisher import FloorTarget, Published, Target, publish
from servers import RunningServer, Server, Workload

_WARM_UP_S: Final = 0.7
_DRAIN_MAX_S: Final = 3.0
SATURATED: Final = 0.97


@dataclass(frozen=True)
class Pace:
    """The rate of changes.

    Attributes:
        rate: changes a second, over all events.
        batch: number of changes at a time.
        merge: only for the floor: the changes of a batch share one frame.
    """

    rate: float
    batch: int = 1
    merge: bool = False


@dataclass(frozen=True)
class Figures:
    """The result of one measurement.

    Attributes:
        cpu_us: CPU time of the server per delivery (a change that reached a client).
        per_s: deliveries a second.
        answer_ms: median time until the target of the changes answered (see ``Published``).
        changes_per_s: changes that were made a second.
        kept_up: share of the changes that arrived in time.
        server_share: share of the server's core that the server used.
        load_share: share of the load's core that all processes used; above 97 % the load is the limit, not the server.
        generator_share: share of the load's core that the load generator used.
        valkey_us: CPU time of Valkey per change.
    """

    cpu_us: float
    per_s: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    answer_ms: float
    changes: int
    changes_per_s: float
    deliveries: int
    frames: int
    kept_up: float
    lost: int
    server_share: float
    load_share: float
    generator_share: float
    valkey_us: float | None

    @property
    def changes_per_frame(self) -> float:
        return self.deliveries / max(1, self.frames)

    @property
    def is_saturated(self) -> bool:
        return self.load_share > SATURATED


@dataclass(frozen=True)
class Setup:
    """A running server with its connected clients."""

    running: RunningServer
    load_generator: LoadGenerator
    workload: Workload
    cores: Cores

    async def measure(self, pace: Pace, seconds: float, audience: int | None = None) -> Figures:
        """Makes changes for ``seconds``. ``audience`` is the number of clients that one change reaches, if not all."""
        await _send_changes(self.running.target, pace, _WARM_UP_S, self.workload)
        await asyncio.sleep(0.2)
        await self.load_generator.send_command("reset")
        load_core_usage, cpu, valkey_cpu = CoreUsage(self.cores.load), self.running.cpu_s(), self._valkey_cpu_s()
        start = time.monotonic()
        published = await _send_changes(self.running.target, pace, seconds, self.workload)
        changes = published.changes
        receivers = audience or self.workload.clients
        expected_deliveries = changes * (receivers // self.workload.events if self.workload.rooms else receivers)
        load_share = load_core_usage.share()
        report = await self._wait_for_deliveries(expected_deliveries)
        elapsed_s = time.monotonic() - start
        cpu, valkey_cpu = self.running.cpu_s() - cpu, self._valkey_cpu_s() - valkey_cpu
        return Figures(
            cpu_us=cpu / report.deliveries * 1e6 if report.deliveries else float("inf"),
            per_s=report.deliveries / seconds,
            p50_ms=report.p50_ms,
            p99_ms=report.p99_ms,
            max_ms=report.max_ms,
            answer_ms=published.answer_ms,
            changes=changes,
            changes_per_s=changes / seconds,
            deliveries=report.deliveries,
            frames=report.frames,
            kept_up=report.deliveries / expected_deliveries if expected_deliveries else 0.0,
            lost=report.lost,
            server_share=cpu / elapsed_s,
            load_share=load_share,
            generator_share=report.cpu_share,
            valkey_us=valkey_cpu / changes * 1e6 if self.running.valkey_pid else None,
        )

    async def _wait_for_deliveries(self, expected_deliveries: int) -> Report:
        deadline_s = time.monotonic() + _DRAIN_MAX_S
        report = await self.load_generator.report()
        while report.deliveries < expected_deliveries and time.monotonic() < deadline_s:
            await asyncio.sleep(0.02)
            report = await self.load_generator.report()
        return report

    def _valkey_cpu_s(self) -> float:
        return machine.cpu_s(self.running.valkey_pid) if self.running.valkey_pid else 0.0


@asynccontextmanager
async def running_setup(server: Server, workload: Workload, cores: Cores) -> AsyncIterator[Setup]:
    """Starts the server and connects all clients."""
    async with (
        server.start(workload, cores.server) as running,
        running_load_generator(running.load_arguments(workload)) as clients,
    ):
        await clients.send_command("open")
        yield Setup(running, clients, workload, cores)


async def _send_changes(target: Target, pace: Pace, seconds: float, workload: Workload) -> Published:
    if isinstance(target, FloorTarget):
        return await target.run(pace.rate, seconds, workload.events, workload.views, pace.batch, merge=pace.merge)
    return await publish(target, pace.rate, seconds, workload.events, pace.batch)
