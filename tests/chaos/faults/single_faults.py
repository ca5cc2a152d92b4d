"""Faults of one Valkey: of its process, its resources and its links to the services."""

import asyncio
import signal
from random import Random
from typing import Final

from chaos.faults.proxy import Mode
from chaos.faults.resource_faults import without_disk, without_memory
from chaos.faults.targets import Fault, Targets
from chaos.faults.topologies import SingleServer
from chaos.history.recorder import Recorder

_LONG_S: Final = (5.2, 8.0)  # longer than the response time-out of the journal's connection
_COMMAND_SHARE: Final = 0.7  # share of the links that are those of command services


class SingleFaults:
    """Faults of the server of a run.

    Attributes:
        faults: short ones; ``long_faults``: those that outlast time-outs.
    """

    def __init__(self, server: SingleServer, recorder: Recorder, rng: Random, targets: Targets) -> None:
        self._server = server
        self._recorder = recorder
        self._rng = rng
        self._targets = targets
        self.faults = [
            Fault(3, "kill-valkey", self._kill),
            Fault(3, "stop-valkey", lambda: self._pause(0.1, 2.5)),
            Fault(3, "cut", lambda: self._partition("cut")),
            Fault(3, "hole", lambda: self._partition("hole")),
            Fault(4, "deaf", lambda: self._partition("deaf")),
            Fault(2, "restart-valkey", self._restart),
            Fault(2, "out-of-memory", self._out_of_memory),
            Fault(2, "full-disk", self._full_disk),
        ]
        self.long_faults = [
            Fault(1, "long-stop-valkey", lambda: self._pause(*_LONG_S)),
            Fault(1, "long-hole", lambda: self._partition("hole", *_LONG_S)),
            Fault(1, "long-deaf", lambda: self._partition("deaf", *_LONG_S)),
        ]

    async def _kill(self) -> None:
        seconds = self._rng.uniform(0, 0.8)
        with self._targets.reserved("valkey"):
            self._recorder.add_fault("kill", "valkey", seconds)
            await self._server.process.kill()
            await asyncio.sleep(seconds)
            self._server.process.start()
            await self._server.wait_until_answering()

    async def _restart(self) -> None:
        """Stops and starts Valkey cleanly, as an operator does."""
        with self._targets.reserved("valkey"):
            self._recorder.add_fault("restart", "valkey")
            if not await self._server.process.stop():
                self._recorder.add_missing_part("the end of Valkey after SIGTERM")
            self._server.process.start()
            await self._server.wait_until_answering()

    async def _pause(self, min_s: float, max_s: float) -> None:
        seconds = self._rng.uniform(min_s, max_s)
        with self._targets.reserved("valkey"):
            self._recorder.add_fault("stop", "valkey", seconds)
            self._server.process.send(signal.SIGSTOP)
            await asyncio.sleep(seconds)
            self._server.process.send(signal.SIGCONT)

    async def _out_of_memory(self) -> None:
        seconds = self._rng.uniform(0.3, 3.0)
        with self._targets.reserved("memory of valkey"):
            self._recorder.add_fault("out-of-memory", "valkey", seconds)
            await without_memory(self._server.url, seconds)

    async def _full_disk(self) -> None:
        seconds, free_bytes = self._rng.uniform(0.3, 2.0), self._rng.randrange(1000)
        with self._targets.reserved("valkey"):
            self._recorder.add_fault("full-disk", "valkey", seconds)
            await without_disk(self._server.process, self._server.folder, free_bytes, seconds)
            await self._server.wait_until_answering()

    async def _partition(self, mode: Mode, min_s: float = 0.1, max_s: float = 4.0) -> None:
        kind = "command" if self._rng.random() < _COMMAND_SHARE else "gateway"
        name = self._rng.choice([each for each in self._server.proxies if each.startswith(kind)])
        seconds, resets = self._rng.uniform(min_s, max_s), self._rng.random() < 0.5
        with self._targets.reserved(f"link of {name}"):
            proxy = self._server.proxies[name]
            self._recorder.add_fault(mode, f"link of {name}", seconds)
            proxy.set(mode)
            await asyncio.sleep(seconds)
            if resets:
                proxy.reset()
            proxy.set("open")
