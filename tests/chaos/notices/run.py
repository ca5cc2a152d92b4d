"""Kills and stops notifiers under load, and checks every mail.

python -m chaos.notices.run --seed SEED --faults N [--bug BUG]...
"""

import argparse
import asyncio
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from mail_server import mail_server
from running_service import serving

from chaos.clients.waiting import wait_until
from chaos.faults.process import Process, free_port
from chaos.notices.bugs import BUGS
from chaos.notices.checker import Fault, Violation, check
from chaos.notices.load import Load
from chaos.notices.mail_arrivals import SlowSink
from chaos.notices.oracle import Oracle
from turnout.valkey.embedded import embedded_valkey
from turnout_core.domain.position import Position
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Head
from turnout_core.journal.record import GENESIS
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect
from turnout_notifier.queue.valkey import ValkeyQueue

_KEYS: Final = Keys()
_PARALLEL: Final = 4  # mails that a notifier sends at a time
_STOP_LONGEST_S: Final = 3.0  # longer than the lease
_PAUSE_S: Final = (0.2, 2.5)  # between faults
_QUIET_S: Final = 60.0  # for what waits at the end


@dataclass
class NoticesResult:
    """The result of a run."""

    seed: str
    violations: list[Violation]
    commands: int
    wanted: int
    arrived: int
    repeated: int
    faults: Counter[str]

    def __str__(self) -> str:
        rules = Counter(each.rule for each in self.violations)
        shown = "".join(f"\n  {each.rule}: {each.text}" for each in self.violations[:10])
        return (
            f"seed {self.seed}: {sum(self.faults.values())} faults {dict(self.faults)}, {self.commands} commands, "
            f"{self.wanted} notices to deliver, {self.arrived} delivered, {self.repeated} mails repeated, "
            f"violations: {dict(rules) or 'none'}{shown}"
        )


async def run(seed: str, faults: int, folder: Path, bugs: Sequence[str] = ()) -> NoticesResult:
    """Runs two notifiers under load with ``faults`` faults, and checks what arrived."""
    random = Random(seed)
    sink = SlowSink(Random(f"{seed} sink"))
    with ExitStack() as stack:
        stack.enter_context(mail_server(server=sink))
        async with (
            embedded_valkey(folder / "valkey") as url,
            serving(url, limits="off") as service,
            connect(url) as valkey,
        ):
            load, queue = Load(service, random), ValkeyQueue(valkey, _KEYS.notifier)
            await load.prepare()
            notifiers = [_notifier(number, url, sink.port, folder, bugs) for number in range(2)]
            for each in notifiers:
                each.start()
                stack.callback(each.send, signal.SIGKILL)

            async def has_cursor() -> bool:
                return await queue.cursor() is not None

            assert await wait_until(has_cursor, 60), notifiers[0].log_tail()
            first = await queue.cursor()
            assert first is not None
            end = asyncio.Event()
            loading = asyncio.create_task(load.run(end))
            nemesis = _Nemesis(notifiers, Random(f"{seed} faults"))
            await nemesis.run(faults)
            end.set()
            commands = await loading
            journal = ValkeyJournal(valkey, valkey, _KEYS)
            await _drain(queue, journal, notifiers)
            oracle = await _read_oracle(journal, first.seq)
            letters = await queue.dead_letters()
            for each in notifiers:
                await each.stop()
    dead = [Violation("dead", f"{each.queued.delivery.id}: {each.reason}") for each in letters]
    violations = dead + check(oracle.wanted, sink.arrivals, nemesis.faults, _PARALLEL)
    delivered = Counter(each for arrival in sink.arrivals for each in arrival.ids)
    return NoticesResult(
        seed, violations, commands,
        wanted=sum(not each.was_obsolete for each in oracle.wanted.values()),
        arrived=len(delivered),
        repeated=len({arrival.ids for arrival in sink.arrivals if any(delivered[each] > 1 for each in arrival.ids)}),
        faults=nemesis.kinds,
    )  # fmt: skip


class _Nemesis:
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


def _notifier(number: int, url: str, smtp_port: int, folder: Path, bugs: Sequence[str]) -> Process:
    env = {
        "TURNOUT_PORT": str(free_port()),
        "TURNOUT_VALKEY": url,
        "TURNOUT_SMTP": f"smtp://127.0.0.1:{smtp_port}",
        "TURNOUT_MAIL_FROM": "Turnout <turnout@here.example>",
        "TURNOUT_URL": "https://events.example",
        "PYTHONPATH": ":".join(sys.path),
    }
    arguments = [sys.executable, "-m", "chaos.notices.fast_notifier", *bugs]
    return Process(f"notifier-{number}", arguments, folder / f"notifier-{number}.log", env)


async def _drain(queue: ValkeyQueue, journal: ValkeyJournal, notifiers: Sequence[Process]) -> None:
    """Waits until all commits are planned, and nothing waits any more."""

    async def is_quiet() -> bool:
        cursor, head, size = await queue.cursor(), await journal.head(), await queue.size("mail")
        assert cursor is not None
        assert head is not None
        return cursor.seq >= head.position.seq and size.waiting == 0

    assert await wait_until(is_quiet, _QUIET_S), "\n".join(each.log_tail() for each in notifiers)


async def _read_oracle(journal: ValkeyJournal, first_seq: int) -> Oracle:
    head = await journal.head()
    assert head is not None
    beginning = Position(head.position.epoch, 0)
    oracle = Oracle.of(Head(beginning, GENESIS), first_seq)
    while records := await journal.read(oracle.state.position, 500):
        oracle.read(records)
    return oracle


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default="")
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--bug", action="append", choices=sorted(BUGS), default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="turnout-notices-") as folder:
        result = asyncio.run(run(options.seed or secrets.token_hex(4), options.faults, Path(folder), options.bug))
    sys.stdout.write(f"{result}\n")
    sys.exit(bool(result.violations))


if __name__ == "__main__":
    main()
