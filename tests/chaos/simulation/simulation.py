"""A run without processes: real parts in one event loop, an in-memory journal, and faults at exact moments.

A run takes about two seconds, so each test run can try every planted bug. ``chaos.run`` uses real processes.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from random import Random
from typing import Final

import httpx
from fastapi import FastAPI

from chaos.clients.client import Client
from chaos.clients.load import TAGS, WORDS, Person, SharedWorld
from chaos.history.events import AnyEvent, Began, Finished, Recorded, Rewritten
from chaos.history.recorder import Recorder
from chaos.simulation.in_process import Gateway, Watcher
from chaos.simulation.links import Link, Server
from turnout_command.http import attendees, events, session
from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.metrics import Metrics
from turnout_command.snapshots.snapshotter import make_snapshot
from turnout_command.write.leadership import LeaseConfig
from turnout_command.write.writer import Writer
from turnout_core.journal.port import JournalError
from turnout_core.journal.record import BrokenRecord
from turnout_core.runtime.clock import wall_ms
from turnout_core.web.identity import Identity
from turnout_core.web.problems import install_problems

SECRET: Final = "a secret for simulations"
SCENES: Final = (
    "work", "lossy_bus", "deaf_writer", "new_gateway", "dropped_watchers", "deposed_writer", "forgotten_writer",
    "late_answer", "time_passes", "end_without_leader",
)  # fmt: skip
_TERMS: Final = LeaseConfig(lease_s=0.15, renew_s=0.04, heartbeat_s=0.05, append_timeout_s=1.0, clock_check_s=0.02)
_PEOPLE: Final = 6
_SCENE_COMMANDS: Final = 30
_WORK_COMMANDS: Final = 250
_MOST_S: Final = 20.0
_PAUSE_S: Final = 0.002  # between two commands of one person
_TURNS_TO_ARRIVE: Final = 50  # of the loop, until a request has come through the app to the committer
_STEP_MS: Final = 3 * 60_000  # beyond the end of every short event
_LONG_MS: Final = 2_000  # a standing clock leaves no time for the end of an event
_PATIENCE_S: Final = 3.0  # a scene that does not come to its end has to be told by the checker, not by a hang


class Simulation:
    """Two command services, two gateways, some people, two live clients."""

    def __init__(self, seed: str, scenes: Sequence[str] = SCENES) -> None:
        self._seed = seed
        self._chosen = scenes
        self._rng = Random(seed)
        self._now_ms = wall_ms()  # stands still, and is set by scenes
        self._recorder = Recorder(wall_ms=self._wall_ms)
        self._world = SharedWorld(now_ms=self._wall_ms)
        self._server = Server(_TERMS.lease_s, self._wall_ms)
        self._commands = [Link(self._server), Link(self._server)]
        self._writers = [Writer(link, link, Metrics(), config=_TERMS, now_ms=self._wall_ms) for link in self._commands]
        self._gateways = [Gateway(f"gateway-{n}", Link(self._server)) for n in (1, 2)]
        self._watchers: list[Watcher] = []
        self._services: dict[str, httpx.AsyncClient] = {}
        self._number = itertools.count()
        self._over = False
        self._busy = 0
        self._gate = asyncio.Event()
        self._gate.set()

    async def play(self) -> list[AnyEvent]:
        """The whole run; gives its history."""
        async with AsyncExitStack() as stack:
            for number, writer in enumerate(self._writers, 1):
                self._services[f"command-{number}"] = await stack.enter_async_context(_served(writer))
                stack.push_async_callback(self._end, asyncio.create_task(writer.run()))
            for gateway in self._gateways:
                stack.push_async_callback(self._end, asyncio.create_task(gateway.follower.run()))
            try:
                async with asyncio.timeout(_MOST_S), asyncio.TaskGroup() as people:
                    for _ in range(_PEOPLE):
                        people.create_task(self._live(self.person(self._services)))
                    await self._scenes()
                    self._over = True
            except Exception as error:  # noqa: BLE001 - a part that broke down, or that never answers, is a finding
                self._recorder.missing(f"the end of the scenes: {error!r}")
            await self._curtain()
        finished = Finished(self._now_ms + _LONG_MS)
        return [Began(self._seed, SECRET), *self._recorder.events, finished, *self._journal()]

    def person(self, services: dict[str, httpx.AsyncClient], patience_s: float = 2 * _PATIENCE_S) -> Person:
        """Somebody new. Two of one number would draw the same keys, and the checker would take them for one."""
        number = next(self._number)
        rng, hopeless = Random(f"{self._seed}/client/{number}"), len(services) < len(self._services)
        client = Client(services, self._recorder, rng, patience_s, hopeless=hopeless)
        return Person(client, self._recorder, self._world, Random(f"{self._seed}/person/{number}"))

    async def _scenes(self) -> None:
        await self._more_commands()
        await self._enter_watchers()
        for scene in self._chosen:
            await getattr(self, f"_{scene}")()
            await self._more_commands()

    async def _enter_watchers(self) -> None:
        await self._until(lambda: len(self._world.guests) > 4)
        guests = [
            self._world.guests.pop(0),
            self._world.guests.pop(0),
        ]  # out of the shared world, where they might sign out
        await self._level()
        self._watchers = [Watcher(f"watcher-{n}", guest, self._recorder) for n, guest in enumerate(guests, 1)]
        for watcher, gateway in zip(self._watchers, self._gateways, strict=False):
            watcher.connect(gateway, ["me", *self._views()])

    async def _work(self) -> None:
        """Nothing fails."""
        person = self.person(self._services)
        for _ in range(3):
            await person.make_room()
        await self._more_commands(_WORK_COMMANDS)

    async def _lossy_bus(self) -> None:
        """Publications are lost, and no later one tells so."""
        self._server.journal.loses_publications = True
        await self._more_commands()
        self._server.journal.loses_publications = False

    async def _deaf_writer(self) -> None:
        """Appends take place, and the writer does not hear so."""
        unknown = self._recorder.unknown
        for link in self._commands:
            link.deaf = True
        await self._until(lambda: self._recorder.unknown > unknown, _TERMS.append_timeout_s / 4)
        for link in self._commands:
            link.deaf = False

    async def _new_gateway(self) -> None:
        """A gateway that starts: newest snapshot, then the stream, which no longer reaches back to the beginning."""
        link = Link(self._server)
        gateway = Gateway("gateway-3", link)
        try:
            await make_snapshot(link)
            await self._more_commands()
            await make_snapshot(link)
            await gateway.follower.catch_up()
        except (JournalError, BrokenRecord) as error:
            self._recorder.missing(f"a State from what the journal still has: {error}")
            return
        for view in self._views():
            gateway.read(view, self._recorder)

    async def _dropped_watchers(self) -> None:
        """Live clients go, miss something, and come back, each of them to the other gateway."""
        for watcher in self._watchers:
            watcher.drop()
        await self._more_commands()
        await self._level()
        self._gateways.reverse()
        for watcher, gateway in zip(self._watchers, self._gateways, strict=False):
            watcher.connect(gateway, list(watcher.model.held))

    async def _deposed_writer(self) -> None:
        """The writer is cut off amidst its work, comes back when another has taken over, and is the last to know."""
        old = self._leader()
        link = self._commands[old]
        link.cut = link.cut_lease = True
        here = self.person(self._only(old), patience_s=0.05)
        hasty = [asyncio.create_task(here.join_twice()) for _ in range(4)]
        await self._until(lambda: self._writers[1 - old].status().ready)
        elsewhere = self.person(self._only(1 - old))
        for _ in range(5):
            await elsewhere.act()
        link.cut = False
        await asyncio.gather(*hasty)
        await self._until(lambda: self._writers[old].status().role == "standby")
        link.cut_lease = False

    async def _forgotten_writer(self) -> None:
        """The writer is cut off while it has nothing to do, and then asked what it knows."""
        self._gate.clear()
        await self._until(lambda: self._busy == 0)
        old = self._leader()
        link = self._commands[old]
        link.cut = link.cut_lease = True
        await self._until(lambda: self._writers[1 - old].status().ready)
        elsewhere = self.person(self._only(1 - old))
        here = self.person(self._only(old), patience_s=0.05)
        for _ in range(10):
            await elsewhere.act()
            await here.who_am_i()
        link.cut = link.cut_lease = False
        self._gate.set()

    async def _late_answer(self) -> None:
        """The writer hears of its append when another has taken over, and is asked what it knows just before."""
        self._gate.clear()
        await self._until(lambda: self._busy == 0)
        old = self._leader()
        link, journal = self._commands[old], self._server.kept
        link.quick.clear()
        link.cut_lease = True
        appended = len(journal)
        here = self.person(self._only(old), patience_s=0.05)
        flying = asyncio.create_task(here.make_room())
        await self._until(lambda: len(journal) > appended)
        await self._until(lambda: self._writers[1 - old].status().ready)
        elsewhere = self.person(self._only(1 - old))
        await elsewhere.make_room()
        asking = [asyncio.create_task(here.who_am_i()) for _ in range(3)]
        for _ in range(_TURNS_TO_ARRIVE):
            await asyncio.sleep(0)
        link.quick.set()
        await asyncio.gather(flying, *asking)
        link.cut_lease = False
        self._gate.set()

    async def _time_passes(self) -> None:
        """Events end; a clock that was ahead is set right, and they come back; they end again."""
        person = self.person(self._services)
        for _ in range(3):
            await person.create_short()
        for step_ms in (_STEP_MS, -_STEP_MS, _STEP_MS):
            self._now_ms += step_ms
            await self._until(self._ends_are_right)
            await self._more_commands()

    async def _end_without_leader(self) -> None:
        """Events end while the leader is cut off: the next one has to end them, and nobody twice."""
        person = self.person(self._services)
        for _ in range(3):
            await person.create_short()
        old = self._leader()
        link = self._commands[old]
        link.cut = link.cut_lease = True
        self._now_ms += _STEP_MS
        await self._until(lambda: self._writers[1 - old].status().ready)
        await self._until(self._ends_are_right)
        link.cut = link.cut_lease = False
        await self._more_commands()

    def _ends_are_right(self) -> bool:
        """Every event is ended if its end has passed, and not if it has not, as far as one gateway knows."""
        state = self._gateways[0].follower.state
        return state is not None and all(
            event.ended is (event.details.ends_at <= self._now_ms) for event in state.events.values()
        )

    def _wall_ms(self) -> int:
        return self._now_ms

    async def _end(self, task: "asyncio.Task[None]") -> None:
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 - a part that broke down is a finding
            self._recorder.missing(f"a part of a service, which broke down: {error!r}")

    def _only(self, number: int) -> dict[str, httpx.AsyncClient]:
        name = list(self._services)[number]
        return {name: self._services[name]}

    def _leader(self) -> int:
        return next((n for n, each in enumerate(self._writers) if each.status().role == "leader"), 0)

    async def _curtain(self) -> None:
        """All is quiet: everyone has to hold the end of the history."""
        await self._until(self._ends_are_right)
        await self._level()
        views = {view for each in self._watchers for view in each.model.held} | set(self._views())
        for gateway in self._gateways:
            for view in sorted(views - {"me"}):
                gateway.read(view, self._recorder, last=True)
        for watcher in self._watchers:
            watcher.ready_for_more()

    async def _live(self, person: Person) -> None:
        while not self._over:
            await self._gate.wait()
            self._busy += 1
            await person.act()
            self._busy -= 1
            await asyncio.sleep(_PAUSE_S)

    async def _more_commands(self, count: int = _SCENE_COMMANDS) -> None:
        goal = self._recorder.acknowledged + count
        await self._until(lambda: self._recorder.acknowledged >= goal)

    async def _level(self) -> None:
        """Until every gateway has what the journal has, as far as that ever happens."""

        def level(gateway: Gateway) -> bool:
            state = gateway.follower.state
            return state is not None and state.position.seq == max(self._server.kept, default=0)

        await self._until(lambda: all(level(each) for each in self._gateways))

    async def _until(self, condition: Callable[[], bool], timeout_s: float = _PATIENCE_S) -> None:
        """Goes on in any case: what never comes true, the checker has to tell. Reads at random meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not condition():
                    gateway = self._rng.choice(self._gateways)
                    if gateway.views.state is not None:
                        gateway.read(self._rng.choice(self._views()), self._recorder)
                    await asyncio.sleep(0.005)

    def _views(self) -> list[str]:
        lists = ["when=upcoming", f"when=upcoming&tag={TAGS[0]}", f"when=upcoming&q={WORDS[0]}&limit=3"]
        return [*(f"events?{each}" for each in lists), *(f"events/{each.id}" for each in self._world.events[:6])]

    def _journal(self) -> Sequence[AnyEvent]:
        rewritten = [Rewritten(seq, *(each.decode() for each in both)) for seq, *both in self._server.overwritten]
        return [*(Recorded(record.decode()) for _, record in sorted(self._server.kept.items())), *rewritten]


@asynccontextmanager
async def _served(writer: Writer) -> AsyncIterator[httpx.AsyncClient]:
    """The command service's API on ``writer``, without a socket."""
    endpoint = CommandEndpoint(writer)
    endpoint.identity = Identity(SECRET)
    app = FastAPI()
    for part in (session, events, attendees):
        app.include_router(part.routes(endpoint))
    install_problems(app)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
        yield client


async def simulate(seed: str, scenes: Sequence[str] = SCENES) -> list[AnyEvent]:
    """The history of one simulation with these scenes."""
    return await Simulation(seed, scenes).play()
