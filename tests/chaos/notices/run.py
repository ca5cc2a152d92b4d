"""Kills and stops notifiers under load, and checks every mail and every delivery to a webhook.

python -m chaos.notices.run --seed SEED --faults N [--bug BUG]...
"""

import argparse
import asyncio
import secrets
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from http_receiver import running
from mail_server import mail_server
from running_service import serving

from chaos.clients.waiting import wait_until
from chaos.faults.process import Process, free_port
from chaos.notices.bugs import BUGS
from chaos.notices.checker import Violation, check
from chaos.notices.load import Load
from chaos.notices.mail_arrivals import SlowSink
from chaos.notices.nemesis import Nemesis
from chaos.notices.oracle import Oracle
from chaos.notices.webhooks.checker import check_webhooks
from chaos.notices.webhooks.receiver import OPERATOR_PATH, OPERATOR_SECRET, FailingReceiver
from turnout.valkey.embedded import embedded_valkey
from turnout_core.domain.position import Position
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Head
from turnout_core.journal.record import GENESIS
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect
from turnout_notifier.channels.operator_webhooks import read_operator_webhooks
from turnout_notifier.delivery import CHANNELS
from turnout_notifier.queue.valkey import ValkeyQueue

_KEYS: Final = Keys()
_PARALLEL: Final = 4  # mails that a notifier sends at a time
_OPERATORS: Final = "webhooks"  # the file of the operator
_COMMANDS_BEFORE: Final = 300  # the first fault: people need something that could be repeated
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
    webhooks: int
    posts: int
    faults: Counter[str]

    def __str__(self) -> str:
        rules = Counter(each.rule for each in self.violations)
        shown = "".join(f"\n  {each.rule}: {each.text}" for each in self.violations[:10])
        return (
            f"seed {self.seed}: {sum(self.faults.values())} faults {dict(self.faults)}, {self.commands} commands, "
            f"{self.wanted} notices to deliver, {self.arrived} delivered, {self.repeated} mails repeated, "
            f"{self.webhooks} deliveries to webhooks that must come, {self.posts} posts, "
            f"violations: {dict(rules) or 'none'}{shown}"
        )


async def run(seed: str, faults: int, folder: Path, bugs: Sequence[str] = ()) -> NoticesResult:
    """Runs two notifiers under load with ``faults`` faults, and checks what arrived."""
    random = Random(seed)
    sink = SlowSink(Random(f"{seed} sink"))
    receiver = FailingReceiver(Random(f"{seed} receiver"))
    with ExitStack() as stack:
        stack.enter_context(mail_server(server=sink))
        async with (
            embedded_valkey(folder / "valkey") as url,
            running(receiver),
            serving(url, limits="off", webhook_private="allow") as service,
            connect(url) as valkey,
        ):
            load, queue = Load(service, receiver, random), ValkeyQueue(valkey, _KEYS.notifier)
            await load.prepare()
            operators = folder / _OPERATORS
            operators.write_text(f"{receiver.url(OPERATOR_PATH)} {OPERATOR_SECRET}\n")
            (operator,) = read_operator_webhooks(operators, allows_private=True)
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

            async def has_begun() -> bool:
                return load.count >= _COMMANDS_BEFORE

            assert await wait_until(has_begun, 120)
            nemesis = Nemesis(notifiers, Random(f"{seed} faults"))
            await nemesis.run(faults)
            end.set()
            await loading
            journal = ValkeyJournal(valkey, valkey, _KEYS)
            await _drain(queue, journal, notifiers)
            oracle = await _read_oracle(journal, first.seq, operator)
            letters = await queue.dead_letters()
            for each in notifiers:
                await each.stop()
    dead = [Violation("dead", f"{each.queued.delivery.id}: {each.reason}") for each in letters]
    expected = oracle.webhooks.expected()
    violations = [
        *dead,
        *check(oracle.wanted, sink.arrivals, nemesis.faults, _PARALLEL),
        *check_webhooks(
            expected, receiver.posts, load.paths | {operator: OPERATOR_PATH}, receiver.secrets, nemesis.faults
        ),
    ]
    delivered = Counter(each for arrival in sink.arrivals for each in arrival.ids)
    return NoticesResult(
        seed, violations, load.count,
        wanted=sum(not each.was_obsolete for each in oracle.wanted.values()),
        arrived=len(delivered),
        repeated=len({arrival.ids for arrival in sink.arrivals if any(delivered[each] > 1 for each in arrival.ids)}),
        webhooks=sum(each.must_come for each in expected.values()),
        posts=len(receiver.posts),
        faults=nemesis.kinds,
    )  # fmt: skip


def _notifier(number: int, url: str, smtp_port: int, folder: Path, bugs: Sequence[str]) -> Process:
    env = {
        "TURNOUT_PORT": str(free_port()),
        "TURNOUT_VALKEY": url,
        "TURNOUT_SMTP": f"smtp://127.0.0.1:{smtp_port}",
        "TURNOUT_MAIL_FROM": "Turnout <turnout@here.example>",
        "TURNOUT_URL": "https://events.example",
        "TURNOUT_WEBHOOKS": str(folder / _OPERATORS),
        "TURNOUT_WEBHOOK_PRIVATE": "allow",
        "PYTHONPATH": ":".join(sys.path),
    }
    arguments = [sys.executable, "-m", "chaos.notices.fast_notifier", *bugs]
    return Process(f"notifier-{number}", arguments, folder / f"notifier-{number}.log", env)


async def _drain(queue: ValkeyQueue, journal: ValkeyJournal, notifiers: Sequence[Process]) -> None:
    """Waits until all commits are planned, and nothing waits any more."""

    async def is_quiet() -> bool:
        cursor, head = await queue.cursor(), await journal.head()
        waiting = [(await queue.size(each)).waiting for each in CHANNELS]
        assert cursor is not None
        assert head is not None
        return cursor.seq >= head.position.seq and not any(waiting)

    assert await wait_until(is_quiet, _QUIET_S), "\n".join(each.log_tail() for each in notifiers)


async def _read_oracle(journal: ValkeyJournal, first_seq: int, operator: str) -> Oracle:
    head = await journal.head()
    assert head is not None
    beginning = Position(head.position.epoch, 0)
    oracle = Oracle.of(Head(beginning, GENESIS), first_seq, operator)
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
