"""Injects faults into notifiers."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

from chaos.faults.process import Process
from chaos.notices.checker import Fault

_STOP_LONGEST_S: Final = 3.0  # longer than the lease
_PAUSE_S: Final = (0.2, 2.5)  # between faults


class Nemesis:
    """Kills and stops notifiers at random.

    Attributes:
        faults: those so far.
        kinds: number of faults of each kind.
    """

    def __init__(self, notifiers: Sequence[Process], random: Random) -> None:
        self.faults: list[Fault] = []
        self.kinds: Counter[str] = Counter()
        self._notifiers = notifiers
        self._random = random

    async def run(self, faults: int) -> None:
        """Injects ``faults`` faults."""
        for _ in range(faults):
            await asyncio.sleep(self._random.uniform(*_PAUSE_S))
            kind = self._random.choice(("kill", "kill", "stop", "kill-both", "restart"))
            self.kinds[kind] += 1
            begin_s = time.time()
            victim = self._random.choice(self._notifiers)
            match kind:
                case "kill":
                    await victim.kill()
                case "kill-both":
                    await asyncio.gather(*(each.kill() for each in self._notifiers))
                case "stop":
                    victim.send(signal.SIGSTOP)
                    await asyncio.sleep(self._random.uniform(0, _STOP_LONGEST_S))
                    victim.send(signal.SIGCONT)
                case "restart":
                    await victim.stop()
            self.faults.append(Fault(begin_s, time.time()))
            for each in self._notifiers:
                if not each.is_running:
                    each.start()
