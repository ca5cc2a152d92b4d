"""Runs real processes under load and faults, heals all faults, and checks the history.

    python -m chaos.run --seed 7 --faults 50 --seconds 120 --topology sentinel

The seed determines the requests and the faults, but not the scheduling of the processes. The history goes to
test-results/chaos-SEED.jsonl.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final, get_args

import httpx

from chaos.checker.checker import check
from chaos.checker.oracle import digest
from chaos.checker.replay import parse_view
from chaos.checker.state_dump import digest_of
from chaos.clients.client import Client
from chaos.clients.load import Person
from chaos.clients.reader import Reader
from chaos.clients.views import PERSONAL_VIEWS, is_personal, views_of, without_personal
from chaos.clients.waiting import wait_until
from chaos.clients.watcher import Watcher
from chaos.clients.world import SharedWorld
from chaos.faults.cluster import SECRET, Cluster, Node
from chaos.faults.nemesis import Nemesis
from chaos.faults.topologies import CONFIRMATIONS, Topology
from chaos.history.collector import Collector
from chaos.history.events import AnyEvent, RunFinished, RunStarted, ViewRead, save
from chaos.history.excerpt import excerpt
from chaos.history.history_index import Violation
from chaos.history.recorder import Recorder
from turnout_core.domain.moderation_commands import OperatePerson
from turnout_core.domain.position import Position
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import JournalError
from turnout_core.journal.record import BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.clock import wall_ms
from turnout_core.runtime.tasks import cancel_and_wait
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

RESULTS: Final = Path(__file__).parents[2] / "test-results"
_PEOPLE: Final = 5
_SINGLE_SERVICE_RETRY_S: Final = 2.0  # for a client that knows one service only
_WATCHERS: Final = 4
_PAUSE_S: Final = 0.02  # between two commands of one person: the run tests faults, not throughput
_RECOVERY_TIMEOUT_S: Final = 45.0
_CONVERGENCE_TIMEOUT_S: Final = 20.0
_END_MARGIN_MS: Final = 3_000


@dataclass
class RunResult:
    """The result of a run."""

    seed: str
    events: list[AnyEvent]
    violations: list[Violation]
    faults: Counter[str]
    seconds: float
    path: Path | None = None

    def __str__(self) -> str:
        event_counts = Counter(type(each).__name__ for each in self.events)
        lines = [
            f"seed {self.seed}: {self.faults.total()} faults in {self.seconds:.0f} s: "
            + ", ".join(f"{count} {kind}" for kind, count in sorted(self.faults.items()) if count),
            f"  not injected: {', '.join(sorted(kind for kind, count in self.faults.items() if not count)) or 'none'}",
            f"  {event_counts['JournalRecord']} commits, {event_counts['Response']} responses",
            f"  {event_counts['UnknownOutcome']} attempts with an unknown outcome",
            f"  {event_counts['ViewRead']} reads, {event_counts['LiveView']} live messages",
        ]
        for each in self.violations[:10]:
            lines += [f"  {each}", *(f"      {line}" for line in excerpt(self.events, each))]
        lines.append(f"  {len(self.violations)} violations" + (f"; history: {self.path}" if self.path else ""))
        return "\n".join(lines)


class Run:
    """One run: a cluster, its load and its faults."""

    def __init__(self, seed: str, cluster: Cluster, *, ends: bool) -> None:
        self.cluster = cluster
        self.recorder = Recorder(clocks=cluster.clocks)
        self.world = SharedWorld(now_ms=wall_ms if ends else None)
        self._seed = seed
        self._collector = Collector(cluster.valkey_url)
        self._reader = Reader(cluster, self.views, self.recorder, Random(f"{seed}/reader"))
        self._watchers: list[Watcher] = []
        self._over = False

    async def execute(
        self, faults: int, seconds: float, *, each_kind: bool = False, only: Collection[str] = ()
    ) -> RunResult:
        """Runs load and faults, waits for convergence, and checks the history."""
        began_s = time.monotonic()
        nemesis = Nemesis(self.cluster, self.recorder, Random(f"{self._seed}/nemesis"), only)

        async def hurt() -> None:
            await nemesis.inject(faults, seconds, each_kind=each_kind)
            await nemesis.heal()

        events = await self.observe(hurt)
        return RunResult(self._seed, events, check(events), nemesis.counts, time.monotonic() - began_s)

    async def observe(self, hurt: Callable[[], Awaitable[None]]) -> list[AnyEvent]:
        """Runs load during ``hurt``, which must heal all faults, and waits for convergence. Returns the history."""
        async with running_beside(self._collector.run()):
            async with AsyncExitStack() as watcher_stack:
                async with self.people_acting():
                    await self._add_watchers()
                    await self._add_moderator()
                    await watcher_stack.enter_async_context(
                        running_beside(self._reader.run(), *(each.run() for each in self._watchers))
                    )
                    await hurt()
                    if not await self.cluster.wait_until_ready(_RECOVERY_TIMEOUT_S):
                        await self._report_unready()
                for each in self._watchers:
                    each.stop_breaking.set()
                await self._wait_for_last_ends()
                await self._wait_for_convergence()
            journal = await self._collector.finish()
        return [RunStarted(self._seed, SECRET), *self.recorder.events, RunFinished(wall_ms()), *journal]

    @asynccontextmanager
    async def people_acting(self) -> AsyncIterator[None]:
        """Runs the load for the duration of the block. At its end, each person finishes the current action."""
        everyone = [*map(self._person, range(_PEOPLE)), *map(self._single_service_person, self.cluster.commands)]
        tasks = [asyncio.create_task(self._act_until_over(person)) for person in everyone]
        try:
            yield
        finally:
            self._over = True
            await asyncio.gather(*tasks)

    def views(self) -> list[str]:
        """The views to watch now."""
        return views_of(self.world.events[-8:])

    def new_person(self, name: str) -> Person:
        """A person beside the load."""
        return Person(self._client(name), self.recorder, SharedWorld(), Random(f"{self._seed}/{name}/acts"))

    def _person(self, number: int) -> Person:
        rng = Random(f"{self._seed}/person/{number}")
        return Person(self._client(f"client/{number}"), self.recorder, self.world, rng)

    def _single_service_person(self, node: Node) -> Person:
        """Creates a person who uses one service only, so that a deposed leader gets requests as soon as it resumes."""
        name, services = f"{self._seed}/loyal/{node.name}", {node.name: self.cluster.clients[node.name]}
        client = Client(services, self.recorder, Random(f"{name}/client"), _SINGLE_SERVICE_RETRY_S, may_fail=True)
        return Person(client, self.recorder, self.world, Random(name))

    def _client(self, name: str) -> Client:
        commands = {each.name: self.cluster.clients[each.name] for each in self.cluster.commands}
        return Client(commands, self.recorder, Random(f"{self._seed}/{name}"))

    async def _act_until_over(self, person: Person) -> None:
        while not self._over:
            try:
                await person.act()
            except (KeyError, ValueError) as error:  # perhaps the response to another request
                self.recorder.add_missing_part(f"a response with the expected content: {error!r}")
            await asyncio.sleep(_PAUSE_S)

    async def _add_watchers(self) -> None:
        """Signs up the users of the live clients. They are not part of the load, so they never sign out."""
        watcher_world = SharedWorld()
        person = Person(self._client("watchers"), self.recorder, watcher_world, Random(f"{self._seed}/watchers"))
        while len(watcher_world.guests) < _WATCHERS:
            await person.sign_up()
        for number, guest in enumerate(watcher_world.guests):
            rng = Random(f"{self._seed}/watcher/{number}")
            watcher = Watcher(f"watcher-{number}", guest, self.cluster.gateways, self.views, self.recorder, rng)
            self._watchers.append(watcher)

    async def _add_moderator(self) -> None:
        """Signs up someone who is not part of the load, and makes them a moderator, as an operator does."""
        guest = await self.new_person("moderator").new_guest()
        if guest is None:
            return
        command = OperatePerson(action="add-moderator", user=guest.id, reason="for the run")
        arguments = ("moderator", "add", guest.id, "--reason", command.reason, "--valkey", self.cluster.valkey_url)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "turnout", *arguments, stdout=asyncio.subprocess.DEVNULL
        )
        self.recorder.add_operator_command(command.model_dump_json(), is_done=await process.wait() == 0)
        self.world.moderator = guest

    async def _wait_for_last_ends(self) -> None:
        """Waits until the last short event has ended. After that there are no new commits."""
        remaining_ms = max(self.world.short_ends, default=0) + _END_MARGIN_MS - self.recorder.wall_ms()
        await asyncio.sleep(max(0, remaining_ms) / 1000)

    async def _wait_for_convergence(self) -> None:
        """Waits until all gateways and live clients are at the head. The checker reports the others."""
        views = {view for each in self._watchers for view in each.model.views} | set(self.views())
        reads: list[tuple[str, Watcher | None]] = [(view, None) for view in without_personal(views)]
        reads += [(view, each) for view in PERSONAL_VIEWS for each in self._watchers]
        head_position = self.recorder.newest
        for gateway in self.cluster.gateways:
            for view, watcher in reads:
                if not await self._read_final(gateway, view, watcher, head_position):
                    self.recorder.add_missing_part(f"the last read of {view} at {gateway.name}")
                    break
        for command in self.cluster.commands:
            if not await wait_until(partial(self._has_reached, command, head_position), _CONVERGENCE_TIMEOUT_S):
                self.recorder.add_missing_part(f"{command.name} at {head_position}, where the journal ends")
        await self._collect_state_dumps()
        await wait_until(self._all_have_converged, _CONVERGENCE_TIMEOUT_S)
        for each in self._watchers:
            if not each.model.views:
                self.recorder.add_missing_part("a live client with views")
            each.record_final_views()

    async def _read_final(self, gateway: Node, view: str, watcher: Watcher | None, head_position: str | None) -> bool:
        user = (watcher.user, watcher.token) if watcher else None
        return await wait_until(
            lambda: self._reader.read(gateway, view, user, head_position, is_final=True), _CONVERGENCE_TIMEOUT_S
        )

    async def _has_reached(self, node: Node, head_position: str | None) -> bool:
        """True if the command service has reached ``head_position``."""
        with suppress(httpx.TransportError):
            position: str | None = (await self.cluster.clients[node.name].get("/readyz")).json()["position"]
            return position is not None and Position.parse(position).reaches(Position.parse(head_position or position))
        return False

    async def _collect_state_dumps(self) -> None:
        """Records the States in the memory of leader and standby, and the State that a new process reads."""
        for command in self.cluster.commands:
            dump = await command.dump_state(_CONVERGENCE_TIMEOUT_S)
            if dump is None:
                self.recorder.add_missing_part(f"the State of {command.name}")
            else:
                self.recorder.add_state_dump(command.name, *dump)
        journal = ValkeyJournal(connect(self.cluster.valkey_url), connect(self.cluster.valkey_url), KEYS)
        try:
            state = await Follower(journal, NullListener()).catch_up()
            self.recorder.add_state_dump("a new process", str(state.position), digest_of(state))
        except (JournalError, BrokenRecord, BrokenSnapshot) as error:
            self.recorder.add_missing_part(f"a State that can be read from the journal: {error}")
        finally:
            await journal.close()

    async def _all_have_converged(self) -> bool:
        return all(self._has_converged(each) for each in self._watchers)

    def _has_converged(self, watcher: Watcher) -> bool:
        """True if its views equal the last reads from the gateways."""
        for view, view_model in watcher.model.views.items():
            user = watcher.user if is_personal(view) else None
            read = next((each for each in reversed(self.recorder.events) if isinstance(each, ViewRead) and each.is_final
                         and (each.view, each.user) == (view, user)), None)  # fmt: skip
            if read is None or read.status != 200 or view_model.digest() != _view_digest(read):
                return False
        return bool(watcher.model.views)

    async def _report_unready(self) -> None:
        for node in self.cluster.nodes:
            with suppress(Exception):
                body = (await self.cluster.clients[node.name].get("/readyz")).text
                self.recorder.add_missing_part(f"the readiness of {node.name} after the last fault: {body}")


@asynccontextmanager
async def running_beside(*coroutines: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs ``coroutines`` for the duration of the block, and raises their first error at its end."""
    tasks = [asyncio.create_task(each) for each in coroutines]
    try:
        yield
    finally:
        await cancel_and_wait(*tasks)
        for task in tasks:
            error = None if task.cancelled() else task.exception()
            if error is not None:
                raise error


def _view_digest(read: ViewRead) -> str:
    _, page = parse_view(read.body)
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
) -> RunResult:
    """Starts the cluster and performs one run, with all kinds of faults or ``only`` some.

    With ``ends``, some events end during the run, which lasts until the last of them has ended.
    """
    async with cluster.running():
        return await Run(seed, cluster, ends=ends).execute(faults, seconds, each_kind=each_kind, only=only)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos.run", description=__doc__)
    parser.add_argument("--seed", default="")
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--topology", choices=get_args(Topology), default="single")
    parser.add_argument(
        "--confirmations", type=int, default=CONFIRMATIONS, help="replicas that must confirm a command (%(default)s)"
    )
    parser.add_argument("--only", nargs="*", default=(), help="kinds of faults; all without it")
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    seed: str = arguments.seed or str(time.time_ns() % 1_000_000)
    with tempfile.TemporaryDirectory(prefix="turnout-chaos-") as folder:
        cluster = Cluster(Path(folder), topology=arguments.topology, confirmations=arguments.confirmations)
        running = run(seed, arguments.faults, arguments.seconds, cluster, only=arguments.only, ends=True)
        result = asyncio.run(running)
        result.path = arguments.results / f"chaos-{arguments.topology}-{seed}.jsonl"
        save(result.events, result.path)
        if result.violations:
            for log in (*Path(folder).glob("*.log"), *Path(folder).glob("*/log")):
                name = "-".join(log.relative_to(folder).parts)
                shutil.copy(log, arguments.results / f"{result.path.stem}-{name}")
    sys.stdout.write(f"{arguments.topology}, {result}\n")
    sys.exit(bool(result.violations))


if __name__ == "__main__":
    main()
