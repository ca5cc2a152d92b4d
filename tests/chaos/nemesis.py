"""Hurts the cluster, at random moments, as the seed says; and heals it."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from redis.exceptions import RedisError

from chaos.cluster import Cluster, Node
from chaos.process import Process
from chaos.proxy import Mode
from chaos.recorder import Recorder
from turnout_core.connection import connect

_AT_ONCE: Final = 2
_GAP_S: Final = (0.05, 0.6)
_LEADER: Final = 0.6  # how often a fault of a command service hits the one that writes

Fault = Callable[[], Awaitable[None]]


class _Taken(Exception):
    """The target is being hurt already, so this fault does not take place."""


class Nemesis:
    """
    Attributes:
        done: faults by kind.
    """

    def __init__(self, cluster: Cluster, recorder: Recorder, rng: Random) -> None:
        self.done: Counter[str] = Counter()
        self._cluster = cluster
        self._recorder = recorder
        self._rng = rng
        self._busy: set[str] = set()
        self._faults: list[tuple[int, str, Fault]] = [
            (4, "kill-command", lambda: self._kill(self._command())),
            (4, "stop-command", lambda: self._pause(self._command().process, 3.0)),
            (2, "restart-command", lambda: self._restart(self._command())),
            (3, "kill-gateway", lambda: self._kill(self._gateway())),
            (2, "stop-gateway", lambda: self._pause(self._gateway().process, 4.0)),
            (1, "restart-gateway", lambda: self._restart(self._gateway())),
            (3, "kill-valkey", self._kill_valkey),
            (3, "stop-valkey", lambda: self._pause(self._cluster.valkey, 2.5)),
            (3, "cut", lambda: self._partition("cut")),
            (3, "hole", lambda: self._partition("hole")),
            (4, "deaf", lambda: self._partition("deaf")),
            (3, "client-kill", self._client_kill),
            (1, "snapshot", self._snapshot),
        ]

    @property
    def kinds(self) -> list[str]:
        return [kind for _, kind, _ in self._faults]

    async def rage(self, faults: int, seconds: float, *, each_kind: bool = False) -> None:
        """Until so many ``faults``, or so many ``seconds``; with ``each_kind``, all kinds before one is repeated."""
        order: list[tuple[str, Fault]] = []
        ends_at = self._recorder.now() + seconds
        async with asyncio.TaskGroup() as going:
            room = asyncio.Semaphore(_AT_ONCE)
            while self.done.total() < faults:
                if each_kind and not order:
                    order = [(kind, fault) for _, kind, fault in self._faults]
                    self._rng.shuffle(order)
                kind, fault = order.pop() if order else self._any()
                await room.acquire()
                if self._recorder.now() >= ends_at:
                    break
                going.create_task(self._one(kind, fault)).add_done_callback(lambda _: room.release())
                await asyncio.sleep(self._rng.uniform(*_GAP_S))

    async def heal(self) -> None:
        """Everything runs, and every link is open."""
        for node in self._cluster.nodes:
            node.proxy.set("open")
            node.process.send(signal.SIGCONT)
        self._cluster.valkey.send(signal.SIGCONT)
        for process in (self._cluster.valkey, *(node.process for node in self._cluster.nodes)):
            if not process.running:
                process.start()

    async def _one(self, kind: str, fault: Fault) -> None:
        self.done[kind] += 1
        try:
            await fault()
        except _Taken:
            self.done[kind] -= 1

    def _any(self) -> tuple[str, Fault]:
        weights = [weight for weight, _, _ in self._faults]
        _, kind, fault = self._rng.choices(self._faults, weights)[0]
        return kind, fault

    def _command(self) -> Node:
        chance, chosen = self._rng.random(), self._rng.choice(self._cluster.commands)
        leads = [each for each in self._cluster.commands if each.name == self._recorder.leader]
        return leads[0] if leads and chance < _LEADER else chosen

    def _gateway(self) -> Node:
        return self._rng.choice(self._cluster.gateways)

    async def _kill(self, node: Node) -> None:
        seconds = self._rng.uniform(0, 1.5)
        self._take(node.name)
        self._recorder.fault("kill", node.name, seconds)
        await node.process.kill()
        await asyncio.sleep(seconds)
        node.process.start()
        await self._back(node)

    async def _restart(self, node: Node) -> None:
        self._take(node.name)
        self._recorder.fault("restart", node.name)
        if not await node.process.stop():
            self._recorder.missing(f"the end of {node.name}, which was told to stop")
        node.process.start()
        await self._back(node)

    async def _back(self, node: Node) -> None:
        if not await self._cluster.alive(node):
            self._recorder.missing(f"{node.name}, which was started again: {node.process.last_words()}")
        self._busy.discard(node.name)

    async def _pause(self, process: Process, most_s: float) -> None:
        seconds = self._rng.uniform(0.1, most_s)
        self._take(process.name)
        self._recorder.fault("stop", process.name, seconds)
        process.send(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        process.send(signal.SIGCONT)
        self._busy.discard(process.name)

    async def _kill_valkey(self) -> None:
        seconds = self._rng.uniform(0, 0.8)
        self._take("valkey")
        self._recorder.fault("kill", "valkey", seconds)
        await self._cluster.valkey.kill()
        await asyncio.sleep(seconds)
        self._cluster.valkey.start()
        await self._cluster.answering()
        self._busy.discard("valkey")

    async def _partition(self, mode: Mode) -> None:
        node = self._command() if self._rng.random() < 0.7 else self._gateway()
        seconds, resets = self._rng.uniform(0.1, 4.0), self._rng.random() < 0.5
        self._take(f"link of {node.name}")
        self._recorder.fault(mode, f"link of {node.name}", seconds)
        node.proxy.set(mode)
        await asyncio.sleep(seconds)
        if resets:
            node.proxy.reset()
        node.proxy.set("open")
        self._busy.discard(f"link of {node.name}")

    async def _client_kill(self) -> None:
        kind = self._rng.choice(("normal", "pubsub"))
        self._recorder.fault("client-kill", kind)
        try:
            async with connect(self._cluster.valkey_url, answer_timeout_s=1) as valkey:
                await valkey.client_kill_filter(_type=kind, skipme=True)
        except RedisError:
            pass  # it is down, and its clients with it

    async def _snapshot(self) -> None:
        """A snapshot is made, and the stream trimmed; or, half of the time, it is killed amidst that."""
        node, killed, seconds = self._command(), self._rng.random() < 0.5, self._rng.uniform(0.2, 1.5)
        self._recorder.fault("snapshot", node.name, seconds if killed else 0)
        process = await asyncio.create_subprocess_exec(
            sys.executable, *self._cluster.snapshotter, "--valkey", f"redis://127.0.0.1:{node.proxy.port}",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(seconds if killed else 20):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _take(self, target: str) -> None:
        if target in self._busy:
            raise _Taken
        self._busy.add(target)
