"""Injects faults into the cluster at random moments that the seed decides, and heals it."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from random import Random
from typing import Final

from redis.exceptions import RedisError

from chaos.faults.cluster import Cluster, Node
from chaos.faults.process import Process
from chaos.faults.proxy import Mode
from chaos.faults.resource_faults import without_disk, without_memory
from chaos.history.recorder import Recorder
from turnout_core.runtime.valkey_client import connect

_AT_ONCE: Final = 2
_GAP_S: Final = (0.05, 0.6)
_LONG_RUN: Final = 2  # as many faults as kinds, so often: each kind takes place, and then whatever the dice say
_LONG_S: Final = (5.2, 8.0)  # more than the journal's connection waits for an answer
_STARTS_MOST: Final = 4  # after the first: no fault of Valkey, or of the link to it, takes longer
_NO_VALKEY: Final = "cannot be reached"
_LEADER: Final = 0.6  # how often a fault of a command service hits the one that writes

Fault = Callable[[], Awaitable[None]]


class _Taken(Exception):
    """The target is being hurt already, so this fault does not take place."""


class Nemesis:
    """
    Args:
        only: these kinds of faults; all of them where it is empty.

    Attributes:
        done: faults by kind.
    """

    def __init__(self, cluster: Cluster, recorder: Recorder, rng: Random, only: Collection[str] = ()) -> None:
        self._cluster = cluster
        self._recorder = recorder
        self._rng = rng
        self._busy: set[str] = set()
        self._faults: list[tuple[int, str, Fault]] = [
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
            (1, "stop-both-commands", self._stop_both),
        ]
        self._long: list[tuple[int, str, Fault]] = [
            (1, "long-stop-valkey", lambda: self._pause(self._cluster.valkey, *_LONG_S)),
            (1, "long-hole", lambda: self._partition("hole", *_LONG_S)),
            (1, "long-deaf", lambda: self._partition("deaf", *_LONG_S)),
        ]
        if only:
            self._faults, self._long = [each for each in (*self._faults, *self._long) if each[1] in only], []
        self.done = Counter(dict.fromkeys((kind for _, kind, _ in (*self._faults, *self._long)), 0))

    @property
    def kinds(self) -> list[str]:
        """All but the long ones."""
        return [kind for _, kind, _ in self._faults]

    async def rage(self, faults: int, seconds: float, *, each_kind: bool = False) -> None:
        """Until so many ``faults`` or ``seconds``; with ``each_kind``, each of ``kinds`` before one is repeated."""
        order: list[tuple[str, Fault]] = []
        if faults >= _LONG_RUN * len(self.done):
            order = [(kind, fault) for _, kind, fault in (*self._faults, *self._long)]
            self._rng.shuffle(order)
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
        faults = [*self._faults, *self._long]
        _, kind, fault = self._rng.choices(faults, [weight for weight, _, _ in faults])[0]
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
        """As a supervisor has it: who finds no Valkey at its start gives up after 5 s, to be started again."""
        back = await self._cluster.alive(node)
        for _ in range(_STARTS_MOST):
            if back or node.process.running or _NO_VALKEY not in node.process.last_words().rstrip().rpartition("\n")[2]:
                break
            node.process.start()
            back = await self._cluster.alive(node)
        if not back:
            self._recorder.missing(f"{node.name}, which was started again: {node.process.last_words()}")
        self._busy.discard(node.name)

    async def _pause(self, process: Process, least_s: float, most_s: float) -> None:
        seconds = self._rng.uniform(least_s, most_s)
        self._take(process.name)
        self._recorder.fault("stop", process.name, seconds)
        process.send(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        process.send(signal.SIGCONT)
        self._busy.discard(process.name)

    async def _stop_both(self) -> None:
        """Neither command service gets any time: when they do again, each of them may think that it leads."""
        seconds, nodes = self._rng.uniform(0.5, 4.0), self._cluster.commands
        if self._busy & {node.name for node in nodes}:
            raise _Taken
        await asyncio.gather(*(self._pause(node.process, seconds, seconds) for node in nodes))

    async def _kill_valkey(self) -> None:
        seconds = self._rng.uniform(0, 0.8)
        self._take("valkey")
        self._recorder.fault("kill", "valkey", seconds)
        await self._cluster.valkey.kill()
        await asyncio.sleep(seconds)
        self._cluster.valkey.start()
        await self._cluster.answering()
        self._busy.discard("valkey")

    async def _restart_valkey(self) -> None:
        """As by an operator."""
        self._take("valkey")
        self._recorder.fault("restart", "valkey")
        if not await self._cluster.valkey.stop():
            self._recorder.missing("the end of Valkey, which was told to stop")
        self._cluster.valkey.start()
        await self._cluster.answering()
        self._busy.discard("valkey")

    async def _out_of_memory(self) -> None:
        seconds = self._rng.uniform(0.3, 3.0)
        self._take("memory of valkey")
        self._recorder.fault("out-of-memory", "valkey", seconds)
        await without_memory(self._cluster.valkey_url, seconds)
        self._busy.discard("memory of valkey")

    async def _full_disk(self) -> None:
        seconds, room_bytes = self._rng.uniform(0.3, 2.0), self._rng.randrange(1000)
        self._take("valkey")
        self._recorder.fault("full-disk", "valkey", seconds)
        await without_disk(self._cluster.valkey, self._cluster.folder, room_bytes, seconds)
        await self._cluster.answering()
        self._busy.discard("valkey")

    async def _partition(self, mode: Mode, least_s: float = 0.1, most_s: float = 4.0) -> None:
        node = self._command() if self._rng.random() < 0.7 else self._gateway()
        seconds, resets = self._rng.uniform(least_s, most_s), self._rng.random() < 0.5
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
