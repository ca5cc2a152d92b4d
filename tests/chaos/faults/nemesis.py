"""Injects faults into the cluster at times that the seed decides, and heals it."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from functools import partial
from random import Random
from typing import Final

from redis.exceptions import RedisError

from chaos.faults.clock_faults import KINDS as CLOCK_KINDS
from chaos.faults.clock_faults import run_wrong, set_all
from chaos.faults.cluster import Cluster, Node
from chaos.faults.group_faults import GroupFaults
from chaos.faults.process import Process
from chaos.faults.single_faults import SingleFaults
from chaos.faults.targets import Fault, TargetBusy, Targets
from chaos.faults.topologies import SingleServer
from chaos.history.recorder import Recorder
from turnout_core.runtime.valkey_client import connect

_CONCURRENT_FAULTS: Final = 2
_PAUSE_S: Final = (0.05, 0.6)
_LONG_RUN_ROUNDS: Final = 2  # a run of so many faults per kind starts with each kind once
_RESTARTS_MAX: Final = 4  # enough to outlast any fault of Valkey or of the connection to it
_UNREACHABLE_MESSAGE: Final = "cannot be reached"
_LEADER_SHARE: Final = 0.6  # share of the command service faults that hit the leader


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
        self._targets = Targets()
        servers = cluster.servers
        self._server_faults = (
            SingleFaults(servers, recorder, rng, self._targets)
            if isinstance(servers, SingleServer)
            else GroupFaults(servers, recorder, rng, self._targets)
        )
        self._faults = [
            Fault(4, "kill-command", lambda: self._kill(self._command())),
            Fault(4, "stop-command", lambda: self._pause(self._command().process, 0.1, 3.0)),
            Fault(2, "restart-command", lambda: self._restart(self._command())),
            Fault(3, "kill-gateway", lambda: self._kill(self._gateway())),
            Fault(2, "stop-gateway", lambda: self._pause(self._gateway().process, 0.1, 4.0)),
            Fault(1, "restart-gateway", lambda: self._restart(self._gateway())),
            Fault(3, "client-kill", self._client_kill),
            Fault(1, "snapshot", self._snapshot),
            Fault(1, "stop-both-commands", self._pause_both_commands),
            *self._server_faults.faults,
        ]
        if cluster.clocks:
            self._faults += [Fault(1, kind, partial(self._wrong_clocks, kind)) for kind in CLOCK_KINDS]
        self._long = self._server_faults.long_faults
        if only:
            self._faults, self._long = [each for each in (*self._faults, *self._long) if each.kind in only], []
        self._order: list[Fault] = []
        self.counts = Counter(dict.fromkeys((each.kind for each in (*self._faults, *self._long)), 0))

    @property
    def kinds(self) -> list[str]:
        """All kinds of faults except the long ones."""
        return [each.kind for each in self._faults]

    async def inject(self, faults: int, seconds: float, *, each_kind: bool = False) -> None:
        """Injects ``faults`` faults within ``seconds``. With ``each_kind``, each kind occurs before any repeats."""
        if faults >= _LONG_RUN_ROUNDS * len(self.counts):
            self._order = [*self._faults, *self._long]
            self._rng.shuffle(self._order)
        ends_at = self._recorder.now() + seconds
        async with asyncio.TaskGroup() as tasks:
            slots = asyncio.Semaphore(_CONCURRENT_FAULTS)
            while self.counts.total() < faults:
                if each_kind and not self._order:
                    self._order = [*self._faults]
                    self._rng.shuffle(self._order)
                is_ordered = bool(self._order)
                fault = self._order.pop() if is_ordered else self._choose_fault()
                await slots.acquire()
                if self._recorder.now() >= ends_at:
                    break
                injecting = tasks.create_task(self._inject_one(fault, is_ordered=is_ordered))
                injecting.add_done_callback(lambda _: slots.release())
                await asyncio.sleep(self._rng.uniform(*_PAUSE_S))

    async def heal(self) -> None:
        """Ends every fault: restores links and clocks, and continues or starts every process."""
        set_all([*self._cluster.clocks.values()], 0)
        for node in self._cluster.nodes:
            node.process.send(signal.SIGCONT)
        await self._cluster.servers.heal()
        for node in self._cluster.nodes:
            if not node.process.is_running:
                node.process.start()

    async def _inject_one(self, fault: Fault, *, is_ordered: bool) -> None:
        self.counts[fault.kind] += 1
        try:
            await fault.inject()
        except TargetBusy:
            self.counts[fault.kind] -= 1
            if is_ordered:
                self._order.insert(0, fault)  # its turn comes later

    def _choose_fault(self) -> Fault:
        faults = [*self._faults, *self._long]
        return self._rng.choices(faults, [each.weight for each in faults])[0]

    def _command(self) -> Node:
        chance, chosen = self._rng.random(), self._rng.choice(self._cluster.commands)
        leaders = [each for each in self._cluster.commands if each.name == self._recorder.leader]
        return leaders[0] if leaders and chance < _LEADER_SHARE else chosen

    def _gateway(self) -> Node:
        return self._rng.choice(self._cluster.gateways)

    async def _kill(self, node: Node) -> None:
        seconds = self._rng.uniform(0, 1.5)
        with self._targets.reserved(node.name):
            self._recorder.add_fault("kill", node.name, seconds)
            await node.process.kill()
            await asyncio.sleep(seconds)
            node.process.start()
            await self._wait_until_restarted(node)

    async def _restart(self, node: Node) -> None:
        with self._targets.reserved(node.name):
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

    async def _pause(self, process: Process, min_s: float, max_s: float) -> None:
        seconds = self._rng.uniform(min_s, max_s)
        with self._targets.reserved(process.name):
            self._recorder.add_fault("stop", process.name, seconds)
            process.send(signal.SIGSTOP)
            await asyncio.sleep(seconds)
            process.send(signal.SIGCONT)

    async def _pause_both_commands(self) -> None:
        """Pauses both command services at once, so that both may act as the leader afterwards."""
        seconds, nodes = self._rng.uniform(0.5, 4.0), self._cluster.commands
        with self._targets.reserved(*(node.name for node in nodes)):
            for node in nodes:
                self._recorder.add_fault("stop", node.name, seconds)
                node.process.send(signal.SIGSTOP)
            await asyncio.sleep(seconds)
            for node in nodes:
                node.process.send(signal.SIGCONT)

    async def _wrong_clocks(self, kind: str) -> None:
        """Wrong clocks for a time. Half of the time they outlive the leader, which is killed meanwhile."""
        with self._targets.reserved("clocks"):
            seconds, clocks = self._rng.uniform(0.3, 3.0), self._cluster.clocks
            leader = next((each for each in self._cluster.commands if each.name == self._recorder.leader), None)
            wrong = [clocks[leader.name]] if kind == "clock-of-leader" and leader else [*clocks.values()]
            self._recorder.add_fault(kind, "clocks", seconds)
            await run_wrong(kind, wrong, self._rng, seconds)
            try:
                if leader is not None and self._rng.random() < 0.5:
                    with suppress(TargetBusy):
                        await self._kill(leader)
            finally:
                set_all(wrong, 0)

    async def _client_kill(self) -> None:
        kind = self._rng.choice(("normal", "pubsub"))
        self._recorder.add_fault("client-kill", kind)
        try:
            async with connect(self._cluster.valkey_url, answer_timeout_s=1) as valkey:
                await valkey.client_kill_filter(_type=kind, skipme=True)
        except RedisError:
            pass  # the primary is down, so its clients are disconnected already

    async def _snapshot(self) -> None:
        """Runs the snapshotter, which trims the stream. Half of the time it is killed before its end."""
        node, is_killed, seconds = self._command(), self._rng.random() < 0.5, self._rng.uniform(0.2, 1.5)
        self._recorder.add_fault("snapshot", node.name, seconds if is_killed else 0)
        process = await asyncio.create_subprocess_exec(
            sys.executable, *self._cluster.snapshotter, "--valkey", node.valkey_url,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(seconds if is_killed else 20):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
