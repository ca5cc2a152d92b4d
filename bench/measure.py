"""One measurement: clients on a server, changes at a pace, and what it cost."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import machine
from loadgen import Load, Report, load
from machine import Busy, Cores
from publisher import FloorTarget, Target, publish
from servers import Running, Server, Work

_WARM_UP_S: Final = 0.7
_DRAIN_MOST_S: Final = 3.0
SATURATED: Final = 0.97


@dataclass(frozen=True)
class Pace:
    """
    Attributes:
        rate: changes a second, over all events.
        batch: how many are made at once.
        merge: only for the floor: what is made at once goes out as one frame.
        full: more is offered than may be possible; count what arrives meanwhile, and wait for nothing.
    """

    rate: float
    batch: int = 1
    merge: bool = False
    full: bool = False


@dataclass(frozen=True)
class Figures:
    """
    Attributes:
        cpu_us: CPU time of the server for each delivery (a change that reached a client).
        per_s: deliveries a second.
        kept_up: how much of what was made arrived in time.
        server_share: of its core, used by the server.
        load_share: of the load's core, used by anybody; beyond 97 % the figures say nothing about the server.
        generator_share: of that core, used by the load generator itself.
        valkey_us: CPU time of Valkey for each change.
    """

    cpu_us: float
    per_s: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    changes: int
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
    def saturated(self) -> bool:
        return self.load_share > SATURATED


@dataclass(frozen=True)
class Bed:
    """A server with its clients, ready to be measured."""

    running: Running
    load: Load
    work: Work
    cores: Cores

    async def measure(self, pace: Pace, seconds: float, audience: int | None = None) -> Figures:
        """Lets changes happen for some seconds. ``audience``: the clients that one change reaches, if not all."""
        if not pace.full:
            await _make(self.running.target, pace, _WARM_UP_S, self.work)
            await asyncio.sleep(0.2)
        await self.load.ask("reset all" if pace.full else "reset")
        busy, cpu, valkey_cpu = Busy(self.cores.load), self.running.cpu_s(), self._valkey_cpu_s()
        start = time.monotonic()
        changes = await _make(self.running.target, pace, seconds, self.work)
        receivers = audience or self.work.clients
        due = changes * (receivers // self.work.events if self.work.rooms else receivers)
        load_share = busy.share()
        report = await self.load.report() if pace.full else await self._drained(due)
        took = time.monotonic() - start
        cpu, valkey_cpu = self.running.cpu_s() - cpu, self._valkey_cpu_s() - valkey_cpu
        return Figures(
            cpu_us=cpu / report.deliveries * 1e6 if report.deliveries else float("inf"),
            per_s=report.deliveries / (report.seconds if pace.full else seconds),
            p50_ms=report.p50_ms,
            p99_ms=report.p99_ms,
            max_ms=report.max_ms,
            changes=changes,
            deliveries=report.deliveries,
            frames=report.frames,
            kept_up=report.deliveries / due if due else 0.0,
            lost=report.lost,
            server_share=cpu / took,
            load_share=load_share,
            generator_share=report.cpu_share,
            valkey_us=valkey_cpu / changes * 1e6 if self.running.valkey_pid else None,
        )

    async def _drained(self, due: int) -> Report:
        until = time.monotonic() + _DRAIN_MOST_S
        while (report := await self.load.report()).deliveries < due and time.monotonic() < until:  # noqa: ASYNC110 - no Event tells
            await asyncio.sleep(0.02)
        return report

    def _valkey_cpu_s(self) -> float:
        return machine.cpu_s(self.running.valkey_pid) if self.running.valkey_pid else 0.0


@asynccontextmanager
async def bed(server: Server, work: Work, cores: Cores) -> AsyncIterator[Bed]:
    """Starts the server and connects all clients."""
    async with server.start(work, cores.server) as running, load(running.load_arguments(work)) as clients:
        await clients.ask("open")
        yield Bed(running, clients, work, cores)


async def _make(target: Target, pace: Pace, seconds: float, work: Work) -> int:
    if isinstance(target, FloorTarget):
        return await target.go(pace.rate, seconds, work.events, work.views, pace.batch, merge=pace.merge)
    return await publish(target, pace.rate, seconds, work.events, pace.batch)
