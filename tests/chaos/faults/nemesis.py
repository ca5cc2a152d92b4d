"""Injects faults into the cluster at times that the seed decides, and heals it."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from functools import partial
from random import Random
from typing import Final

from redis.exceptions import RedisError

from chaos.faults.clock_faults import KINDS as CLOCK_KINDS
from chaos.faults.clock_faults import run_wrong, set_all
from chaos.faults.cluster import Cluster, Node
from chaos.faults.process import Process
from chaos.faults.proxy import Mode
from chaos.faults.resource_faults import without_disk, without_memory
from chaos.history.recorder import Recorder
from turnout_core.runtime.valkey_client import connect

_CONCURRENT_FAULTS: Final = 2
_PAUSE_S: Final = (0.05, 0.6)
_LONG_RUN_ROUNDS: Final = 2  # a run of so many faults per kind starts with each kind once
_LONG_S: Final = (5.2, 8.0)  # longer than the response time-out of the journal's connection
_RESTARTS_MAX: Final = 4  # enough to outlast any fault of Valkey or of the connection to it
_UNREACHABLE_MESSAGE: Final = "cannot be reached"
_LEADER_SHARE: Final = 0.6  # share of the command service faults that hit the leader

FaultAction = Callable[[], Awaitable[None]]


class _TargetBusy(Exception):
    """Another fault of the target is active, so this one is skipped."""


class Nemesis:
    """Chooses and injects faults.

    Args:
        only: kinds of faults to inject; empty for all.

    Attributes:
        counts: number of injected faults by kind.
    """

    def __init__(self, cluster: Cluster, recorder: Recorder, rng: Random, only: Collection[str] = ()) -> None:
        self._cluster = cluster
        self._recorder = recorder
        self._rng = rng
        self._busy: set[str] = set()
        self._faults: list[tuple[int, str, FaultAction]] = [
            (4, "kill-command", lambda: self._kill(self._command())),
            (4, "stop-command", lambda: self._pause(self._command().process, 0.1, 3.0)),
            (2, "restart-command", lambda: self._restart(self._command())),
            (3, "kill-gateway", lambda: self._kill(self._gateway())),
            (2, "stop-gateway", lambda: self._pause(self._gateway().process, 0.1, 4.0)),
            (1, "restart-gateway", lambda: self._restart(self._gateway())),
            (3, "kill-valkey", self._kill_valkey),
            (3, "stop-valkey", lambda: self._pause(self._cluster.valkey, 0.1, 2.5)),
            (3, "cut", lambda: self._partition("cut")),
            (3, "hole", lambda: self._partition("hole")),
            (4, "deaf", lambda: self._partition("deaf")),
            (3, "client-kill", self._client_kill),
            (1, "snapshot", self._snapshot),
            (2, "restart-valkey", self._restart_valkey),
            (2, "out-of-memory", self._out_of_memory),
            (2, "full-disk", self._full_disk),
            (1, "stop-both-commands", self._pause_both_commands),
        ]
        if cluster.clocks:
            self._faults += [(1, kind, partial(self._wrong_clocks, kind)) for kind in CLOCK_KINDS]
        self._long: list[tuple[int, str, FaultAction]] = [
            (1, "long-stop-valkey", lambda: self._pause(self._cluster.valkey, *_LONG_S)),
            (1, "long-hole", lambda: self._partition("hole", *_LONG_S)),
            (1, "long-deaf", lambda: self._partition("deaf", *_LONG_S)),
        ]
        if only:
            self._faults, self._long = [each for each in (*self._faults, *self._long) if each[1] in only], []
        self.counts = Counter(dict.fromkeys((kind for _, kind, _ in (*self._faults, *self._long)), 0))

    @property
    def kinds(self) -> list[str]:
        """All kinds of faults except the long ones."""
        return [kind for _, kind, _ in self._faults]

    async def inject(self, faults: int, seconds: float, *, each_kind: bool = False) -> None:
        """Injects ``faults`` faults within ``seconds``. With ``each_kind``, each kind occurs before any repeats."""
        order: list[tuple[str, FaultAction]] = []
        if faults >= _LONG_RUN_ROUNDS * len(self.counts):
            order = [(kind, fault) for _, kind, fault in (*self._faults, *self._long)]
            self._rng.shuffle(order)
        ends_at = self._recorder.now() + seconds
        async with asyncio.TaskGroup() as tasks:
            slots = asyncio.Semaphore(_CONCURRENT_FAULTS)
            while self.counts.total() < faults:
                if each_kind and not order:
                    order = [(kind, fault) for _, kind, fault in self._faults]
                    self._rng.shuffle(order)
                kind, fault = order.pop() if order else self._choose_fault()
                await slots.acquire()
                if self._recorder.now() >= ends_at:
                    break
                tasks.create_task(self._inject_one(kind, fault)).add_done_callback(lambda _: slots.release())
                await asyncio.sleep(self._rng.uniform(*_PAUSE_S))

    async def heal(self) -> None:
        """Opens every proxy, and continues or starts every process."""
        for node in self._cluster.nodes:
            node.proxy.set("open")
            node.process.send(signal.SIGCONT)
        set_all([*self._cluster.clocks.values()], 0)
        self._cluster.valkey.send(signal.SIGCONT)
        for process in (self._cluster.valkey, *(node.process for node in self._cluster.nodes)):
            if not process.is_running:
                process.start()

    async def _inject_one(self, kind: str, fault: FaultAction) -> None:
        self.counts[kind] += 1
        try:
            await fault()
        except _TargetBusy:
            self.counts[kind] -= 1

    def _choose_fault(self) -> tuple[str, FaultAction]:
        faults = [*self._faults, *self._long]
        _, kind, fault = self._rng.choices(faults, [weight for weight, _, _ in faults])[0]
        return kind, fault

    def _command(self) -> Node:
        chance, chosen = self._rng.random(), self._rng.choice(self._cluster.commands)
        leaders = [each for each in self._cluster.commands if each.name == self._recorder.leader]
        return leaders[0] if leaders and chance < _LEADER_SHARE else chosen

    def _gateway(self) -> Node:
        return self._rng.choice(self._cluster.gateways)

    async def _kill(self, node: Node) -> None:
        seconds = self._rng.uniform(0, 1.5)
        self._reserve(node.name)
        self._recorder.add_fault("kill", node.name, seconds)
        await node.process.kill()
        await asyncio.sleep(seconds)
        node.process.start()
        await self._wait_until_restarted(node)

    async def _restart(self, node: Node) -> None:
        self._reserve(node.name)
        self._recorder.add_fault("restart", node.name)
        if not await node.process.stop():
            self._recorder.add_missing_part(f"the end of {node.name} after SIGTERM")
        node.process.start()
        await self._wait_until_restarted(node)

    async def _wait_until_restarted(self, node: Node) -> None:
        """Restarts the service as a supervisor does: it ends after 5 s if it finds no Valkey at its start."""
        is_alive = await self._cluster.wait_until_alive(node)
        for _ in range(_RESTARTS_MAX):
            if (
                is_alive
                or node.process.is_running
                or _UNREACHABLE_MESSAGE not in node.process.log_tail().rstrip().rpartition("\n")[2]
            ):
                break
            node.process.start()
            is_alive = await self._cluster.wait_until_alive(node)
        if not is_alive:
            self._recorder.add_missing_part(f"{node.name} after a restart: {node.process.log_tail()}")
        self._busy.discard(node.name)

    async def _pause(self, process: Process, min_s: float, max_s: float) -> None:
        seconds = self._rng.uniform(min_s, max_s)
        self._reserve(process.name)
        self._recorder.add_fault("stop", process.name, seconds)
        process.send(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        process.send(signal.SIGCONT)
        self._busy.discard(process.name)

    async def _pause_both_commands(self) -> None:
        """Pauses both command services at once, so that both may act as the leader afterwards."""
        seconds, nodes = self._rng.uniform(0.5, 4.0), self._cluster.commands
        if self._busy & {node.name for node in nodes}:
            raise _TargetBusy
        await asyncio.gather(*(self._pause(node.process, seconds, seconds) for node in nodes))

    async def _kill_valkey(self) -> None:
        seconds = self._rng.uniform(0, 0.8)
        self._reserve("valkey")
        self._recorder.add_fault("kill", "valkey", seconds)
        await self._cluster.valkey.kill()
        await asyncio.sleep(seconds)
        self._cluster.valkey.start()
        await self._cluster.wait_for_valkey()
        self._busy.discard("valkey")

    async def _restart_valkey(self) -> None:
        """Stops and starts Valkey cleanly, as an operator does."""
        self._reserve("valkey")
        self._recorder.add_fault("restart", "valkey")
        if not await self._cluster.valkey.stop():
            self._recorder.add_missing_part("the end of Valkey after SIGTERM")
        self._cluster.valkey.start()
        await self._cluster.wait_for_valkey()
        self._busy.discard("valkey")

    async def _out_of_memory(self) -> None:
        seconds = self._rng.uniform(0.3, 3.0)
        self._reserve("memory of valkey")
        self._recorder.add_fault("out-of-memory", "valkey", seconds)
        await without_memory(self._cluster.valkey_url, seconds)
        self._busy.discard("memory of valkey")

    async def _full_disk(self) -> None:
        seconds, free_bytes = self._rng.uniform(0.3, 2.0), self._rng.randrange(1000)
        self._reserve("valkey")
        self._recorder.add_fault("full-disk", "valkey", seconds)
        await without_disk(self._cluster.valkey, self._cluster.folder, free_bytes, seconds)
        await self._cluster.wait_for_valkey()
        self._busy.discard("valkey")

    async def _wrong_clocks(self, kind: str) -> None:
        """Wrong clocks for a time. Half of the time they outlive the leader, which is killed meanwhile."""
        self._reserve("clocks")
        seconds, clocks = self._rng.uniform(0.3, 3.0), self._cluster.clocks
        leader = next((each for each in self._cluster.commands if each.name == self._recorder.leader), None)
        wrong = [clocks[leader.name]] if kind == "clock-of-leader" and leader else [*clocks.values()]
        self._recorder.add_fault(kind, "clocks", seconds)
        await run_wrong(kind, wrong, self._rng, seconds)
        try:
            if leader is not None and self._rng.random() < 0.5:
                with suppress(_TargetBusy):
                    await self._kill(leader)
        finally:
            set_all(wrong, 0)
            self._busy.discard("clocks")

    async def _partition(self, mode: Mode, min_s: float = 0.1, max_s: float = 4.0) -> None:
        node = self._command() if self._rng.random() < 0.7 else self._gateway()
        seconds, resets = self._rng.uniform(min_s, max_s), self._rng.random() < 0.5
        self._reserve(f"link of {node.name}")
        self._recorder.add_fault(mode, f"link of {node.name}", seconds)
        node.proxy.set(mode)
        await asyncio.sleep(seconds)
        if resets:
            node.proxy.reset()
        node.proxy.set("open")
        self._busy.discard(f"link of {node.name}")

    async def _client_kill(self) -> None:
        kind = self._rng.choice(("normal", "pubsub"))
        self._recorder.add_fault("client-kill", kind)
        try:
            async with connect(self._cluster.valkey_url, answer_timeout_s=1) as valkey:
                await valkey.client_kill_filter(_type=kind, skipme=True)
        except RedisError:
            pass  # Valkey is down, so its clients are disconnected already

    async def _snapshot(self) -> None:
        """Runs the snapshotter, which trims the stream. Half of the time it is killed before its end."""
        node, is_killed, seconds = self._command(), self._rng.random() < 0.5, self._rng.uniform(0.2, 1.5)
        self._recorder.add_fault("snapshot", node.name, seconds if is_killed else 0)
        process = await asyncio.create_subprocess_exec(
            sys.executable, *self._cluster.snapshotter, "--valkey", f"redis://127.0.0.1:{node.proxy.port}",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(seconds if is_killed else 20):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _reserve(self, target: str) -> None:
        if target in self._busy:
            raise _TargetBusy
        self._busy.add(target)
