"""A run with real processes: load, faults, live clients; then all is healed, and everything is checked.

    python -m chaos.run --seed 7 --faults 50 --seconds 120

The seed settles what the people ask for and what the nemesis does, not how the kernel schedules it all. The history
goes to test-results/chaos-SEED.jsonl.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx

from chaos.checker.checker import check
from chaos.checker.oracle import digest
from chaos.checker.replay import shown_by
from chaos.checker.state_dump import digest_of
from chaos.clients.client import Client
from chaos.clients.load import TAGS, WORDS, Person, SharedWorld
from chaos.clients.reader import Reader
from chaos.clients.waiting import becomes_true
from chaos.clients.watcher import Watcher
from chaos.faults.cluster import SECRET, Cluster, Node
from chaos.faults.nemesis import Nemesis
from chaos.history.collector import Collector
from chaos.history.events import AnyEvent, Began, Finished, Read, save
from chaos.history.excerpt import excerpt
from chaos.history.history_index import Violation
from chaos.history.recorder import Recorder
from turnout_core.domain.position import Position
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import JournalError
from turnout_core.journal.record import BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.clock import wall_ms
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

RESULTS: Final = Path(__file__).parents[2] / "test-results"
_PEOPLE: Final = 5
_LOYAL_S: Final = 2.0  # for how long somebody repeats a request who knows one service only
_WATCHERS: Final = 4
_PAUSE_S: Final = 0.02  # between two commands of one person: the faults are what is tested, not the throughput
_HEALED_S: Final = 45.0
_CONVERGED_S: Final = 20.0
_END_MARGIN_MS: Final = 3_000
_LISTS: Final = (
    "when=upcoming",
    f"when=upcoming&tag={TAGS[0]}",
    f"when=upcoming&q={WORDS[0]}&limit=3",
    "when=upcoming&limit=5",
)


@dataclass
class Outcome:
    """The result of a run."""

    seed: str
    events: list[AnyEvent]
    violations: list[Violation]
    faults: Counter[str]
    seconds: float
    path: Path | None = None

    def __str__(self) -> str:
        kinds = Counter(type(each).__name__.lower() for each in self.events)
        lines = [
            f"seed {self.seed}: {self.faults.total()} faults in {self.seconds:.0f} s: "
            + ", ".join(f"{count} {kind}" for kind, count in sorted(self.faults.items()) if count),
            f"  not once: {', '.join(sorted(kind for kind, count in self.faults.items() if not count)) or 'nothing'}",
            f"  {kinds['recorded']} commits, {kinds['answered']} answers, {kinds['unknown']} attempts without one",
            f"  {kinds['read']} reads, {kinds['shown']} live messages",
        ]
        for each in self.violations[:10]:
            lines += [f"  {each}", *(f"      {line}" for line in excerpt(self.events, each))]
        lines.append(f"  {len(self.violations)} violations" + (f"; history: {self.path}" if self.path else ""))
        return "\n".join(lines)


class Run:
    """One run: a cluster, its load and its faults."""

    def __init__(self, seed: str, cluster: Cluster, *, ends: bool) -> None:
        self.cluster = cluster
        self.recorder = Recorder()
        self.world = SharedWorld(now_ms=wall_ms if ends else None)
        self._seed = seed
        self._collector = Collector(cluster.valkey_url)
        self._reader = Reader(cluster, self.views, self.recorder, Random(f"{seed}/reader"))
        self._watchers: list[Watcher] = []
        self._over = False

    async def chaos(
        self, faults: int, seconds: float, *, each_kind: bool = False, only: Collection[str] = ()
    ) -> Outcome:
        """All of it."""
        started = time.monotonic()
        nemesis = Nemesis(self.cluster, self.recorder, Random(f"{self._seed}/nemesis"), only)
        async with _beside(self._collector.run()):
            async with AsyncExitStack() as watching:
                async with self.people():
                    await self._enter_watchers()
                    await watching.enter_async_context(
                        _beside(self._reader.run(), *(each.run() for each in self._watchers))
                    )
                    await nemesis.rage(faults, seconds, each_kind=each_kind)
                    await nemesis.heal()
                    if not await self.cluster.ready(_HEALED_S):
                        await self._tell_unready()
                for each in self._watchers:
                    each.calm.set()
                await self._last_ends()
                await self._converge()
            journal = await self._collector.finish()
        events = [Began(self._seed, SECRET), *self.recorder.events, Finished(wall_ms()), *journal]
        return Outcome(self._seed, events, check(events), nemesis.done, time.monotonic() - started)

    @asynccontextmanager
    async def people(self) -> AsyncIterator[None]:
        """Some people act meanwhile, and finish what they began."""
        everyone = [*map(self._person, range(_PEOPLE)), *map(self._loyal, self.cluster.commands)]
        tasks = [asyncio.create_task(self._live(person)) for person in everyone]
        try:
            yield
        finally:
            self._over = True
            await asyncio.gather(*tasks)

    def views(self) -> list[str]:
        """The views to watch now."""
        return [*(f"events?{each}" for each in _LISTS), *(f"events/{each.id}" for each in self.world.events[-8:])]

    def _person(self, number: int) -> Person:
        rng = Random(f"{self._seed}/person/{number}")
        return Person(self._client(f"client/{number}"), self.recorder, self.world, rng)

    def _loyal(self, node: Node) -> Person:
        """Asks the same service whatever it says, so that a deposed leader that wakes up is asked at once."""
        name, services = f"{self._seed}/loyal/{node.name}", {node.name: self.cluster.clients[node.name]}
        client = Client(services, self.recorder, Random(f"{name}/client"), _LOYAL_S, hopeless=True)
        return Person(client, self.recorder, self.world, Random(name))

    def _client(self, name: str) -> Client:
        commands = {each.name: self.cluster.clients[each.name] for each in self.cluster.commands}
        return Client(commands, self.recorder, Random(f"{self._seed}/{name}"))

    async def _live(self, person: Person) -> None:
        while not self._over:
            try:
                await person.act()
            except (KeyError, ValueError) as error:  # the answer of another request, perhaps: a finding, not the end
                self.recorder.missing(f"an answer that a person understands: {error!r}")
            await asyncio.sleep(_PAUSE_S)

    async def _enter_watchers(self) -> None:
        """Live clients are people who never sign out: nobody else acts for them."""
        strangers = SharedWorld()
        person = Person(self._client("watchers"), self.recorder, strangers, Random(f"{self._seed}/watchers"))
        while len(strangers.guests) < _WATCHERS:
            await person.sign_up()
        for number, guest in enumerate(strangers.guests):
            rng = Random(f"{self._seed}/watcher/{number}")
            watcher = Watcher(f"watcher-{number}", guest, self.cluster.gateways, self.views, self.recorder, rng)
            self._watchers.append(watcher)

    async def _last_ends(self) -> None:
        """Waits until the last short events have ended: from then on the journal is quiet."""
        left_ms = max(self.world.short_ends, default=0) + _END_MARGIN_MS - self.recorder.wall_ms()
        await asyncio.sleep(max(0, left_ms) / 1000)

    async def _converge(self) -> None:
        """Waits until every gateway and every live client holds the end; the checker tells who does not."""
        views = {view for each in self._watchers for view in each.model.held} | set(self.views())
        asks: list[tuple[str, Watcher | None]] = [(view, None) for view in sorted(views - {"me"})]
        asks += [("me", each) for each in self._watchers]
        end = self.recorder.newest
        for gateway in self.cluster.gateways:
            for view, watcher in asks:
                if not await self._read_last(gateway, view, watcher, end):
                    self.recorder.missing(f"the last read of {view} at {gateway.name}")
                    break
        for command in self.cluster.commands:
            if not await becomes_true(partial(self._stands_at, command, end), _CONVERGED_S):
                self.recorder.missing(f"{command.name} at {end}, where the journal ends")
        await self._hear_states()
        await becomes_true(self._all_have_all, _CONVERGED_S)
        for each in self._watchers:
            if not each.model.held:
                self.recorder.missing("a live client that holds anything")
            each.ready_for_more()

    async def _read_last(self, gateway: Node, view: str, watcher: Watcher | None, end: str | None) -> bool:
        user = (watcher.user, watcher.token) if watcher else None
        return await becomes_true(lambda: self._reader.read(gateway, view, user, end, last=True), _CONVERGED_S)

    async def _stands_at(self, node: Node, end: str | None) -> bool:
        """True if the leader or the standby has everything."""
        with suppress(httpx.TransportError):
            told: str | None = (await self.cluster.clients[node.name].get("/readyz")).json()["position"]
            return told is not None and Position.parse(told).reaches(Position.parse(end or told))
        return False

    async def _hear_states(self) -> None:
        """The states in memory of leader and standby, and the state a new process reads."""
        for command in self.cluster.commands:
            told = await command.held(_CONVERGED_S)
            if told is None:
                self.recorder.missing(f"the State of {command.name}")
            else:
                self.recorder.held(command.name, *told)
        journal = ValkeyJournal(connect(self.cluster.valkey_url), connect(self.cluster.valkey_url), KEYS)
        try:
            state = await Follower(journal, NullListener()).catch_up()
            self.recorder.held("a newcomer", str(state.position), digest_of(state))
        except (JournalError, BrokenRecord, BrokenSnapshot) as error:
            self.recorder.missing(f"a State from what the journal still has: {error}")
        finally:
            await journal.close()

    async def _all_have_all(self) -> bool:
        return all(self._has_all(each) for each in self._watchers)

    def _has_all(self, watcher: Watcher) -> bool:
        """True if it shows the gateways' last answer."""
        for view, held in watcher.model.held.items():
            user = watcher.user if view == "me" else None
            read = next((each for each in reversed(self.recorder.events) if isinstance(each, Read) and each.last
                         and (each.view, each.user) == (view, user)), None)  # fmt: skip
            if read is None or read.status != 200 or held.digest() != _digest_of(read):
                return False
        return bool(watcher.model.held)

    async def _tell_unready(self) -> None:
        for node in self.cluster.nodes:
            with suppress(Exception):
                said = (await self.cluster.clients[node.name].get("/readyz")).text
                self.recorder.missing(f"{node.name}, fit to serve after all was healed: {said}")


@asynccontextmanager
async def _beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs ``work`` meanwhile. What goes wrong in it goes wrong here."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result


def _digest_of(read: Read) -> str:
    _, page = shown_by(read.body)
    return digest(page.order, page.items)


async def run(
    seed: str,
    faults: int,
    seconds: float,
    cluster: Cluster,
    *,
    each_kind: bool = False,
    only: Collection[str] = (),
    ends: bool = False,
) -> Outcome:
    """One run of a cluster that is not running yet, with all kinds of faults or ``only`` some.

    With ``ends``, some events end meanwhile, and the run lasts until the last of them has ended.
    """
    async with cluster.running():
        return await Run(seed, cluster, ends=ends).chaos(faults, seconds, each_kind=each_kind, only=only)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos.run", description=__doc__)
    parser.add_argument("--seed", default="")
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    seed: str = arguments.seed or str(time.time_ns() % 1_000_000)
    with tempfile.TemporaryDirectory(prefix="turnout-chaos-") as folder:
        outcome = asyncio.run(run(seed, arguments.faults, arguments.seconds, Cluster(Path(folder)), ends=True))
        outcome.path = arguments.results / f"chaos-{seed}.jsonl"
        save(outcome.events, outcome.path)
        if outcome.violations:
            for log in Path(folder).glob("*.log"):
                shutil.copy(log, arguments.results / f"chaos-{seed}-{log.name}")
    sys.stdout.write(f"{outcome}\n")
    sys.exit(bool(outcome.violations))


if __name__ == "__main__":
    main()
