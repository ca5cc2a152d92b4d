"""A run without processes: real parts in one event loop, an in-memory journal, and faults at exact moments.

A run takes about two seconds, so each test run can try every planted bug. ``chaos.run`` uses real processes.
"""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from random import Random
from typing import Final

import httpx

from chaos.clients.client import Client
from chaos.clients.load import Person
from chaos.clients.views import PERSONAL_VIEWS, views_of, without_personal
from chaos.clients.world import Guest, SharedWorld
from chaos.history.events import AnyEvent, JournalRecord, RewrittenRecord, RunFinished, RunStarted
from chaos.history.recorder import Recorder
from chaos.simulation.api import running_api
from chaos.simulation.in_process import Gateway, Watcher
from chaos.simulation.links import ServerLink, SharedServer
from turnout_command.metrics import Metrics
from turnout_command.snapshots.snapshotter import make_snapshot
from turnout_command.write.batch import Success
from turnout_command.write.lease_config import LeaseConfig
from turnout_command.write.writer import Writer
from turnout_core.domain.moderation_commands import OperatePerson
from turnout_core.domain.rejections import Unavailable
from turnout_core.journal.port import JournalError
from turnout_core.journal.record import BrokenRecord
from turnout_core.runtime.clock import wall_ms

SECRET: Final = "a secret for simulations"
SCENARIOS: Final = (
    "without_faults", "lost_publications", "lost_append_responses", "new_gateway", "reconnecting_watchers",
    "deposed_writer", "deposed_idle_writer", "late_append_response", "clock_changes", "end_without_leader",
)  # fmt: skip
_LEASE_CONFIG: Final = LeaseConfig(
    lease_s=0.15, renew_s=0.04, heartbeat_s=0.05, append_timeout_s=1.0, clock_check_s=0.02, clock_settle_s=0.1
)
_PEOPLE: Final = 6
_SCENARIO_COMMANDS: Final = 30
_WORK_COMMANDS: Final = 250
_TIMEOUT_S: Final = 20.0
_PAUSE_S: Final = 0.002  # between two commands of one person
_LOOP_ITERATIONS_TO_COMMITTER: Final = 50  # enough for a request to pass through the app to the committer
_STEP_MS: Final = 3 * 60_000  # beyond the end of every short event
_END_MARGIN_MS: Final = 2_000  # the clock stands still, so the end of the run gets a margin for the last ends
_SCENARIO_TIMEOUT_S: Final = 3.0  # after that the run continues, and the checker reports the consequences


class Simulation:
    """One run with two command services, two gateways, some people and two live clients."""

    def __init__(self, seed: str, scenarios: Sequence[str] = SCENARIOS) -> None:
        self._seed = seed
        self._scenarios = scenarios
        self._rng = Random(seed)
        self._now_ms = wall_ms()  # changed by scenarios only
        self._recorder = Recorder(wall_ms=self._wall_ms)
        self._world = SharedWorld(now_ms=self._wall_ms)
        self._server = SharedServer(_LEASE_CONFIG.lease_s, self._wall_ms)
        self._commands = [ServerLink(self._server), ServerLink(self._server)]
        self._writers = [
            Writer(link, link, Metrics(), config=_LEASE_CONFIG, now_ms=self._wall_ms) for link in self._commands
        ]
        self._gateways = [Gateway(f"gateway-{n}", ServerLink(self._server)) for n in (1, 2)]
        self._watchers: list[Watcher] = []
        self._watching: list[Guest] = []
        self._services: dict[str, httpx.AsyncClient] = {}
        self._person_numbers = itertools.count()
        self._over = False
        self._acting_people = 0
        self._people_may_act = asyncio.Event()
        self._people_may_act.set()

    async def run(self) -> list[AnyEvent]:
        """Performs the whole run. Returns its history."""
        async with AsyncExitStack() as stack:
            for number, writer in enumerate(self._writers, 1):
                self._services[f"command-{number}"] = await stack.enter_async_context(running_api(writer, SECRET))
                stack.push_async_callback(self._cancel_and_report, asyncio.create_task(writer.run()))
            for gateway in self._gateways:
                stack.push_async_callback(self._cancel_and_report, asyncio.create_task(gateway.follower.run()))
            try:
                async with asyncio.timeout(_TIMEOUT_S), asyncio.TaskGroup() as people:
                    for _ in range(_PEOPLE):
                        people.create_task(self._act_until_over(self.new_person(self._services)))
                    await self._run_scenarios()
                    self._over = True
            except Exception as error:  # noqa: BLE001 - any failure of a part is a finding
                self._recorder.add_missing_part(f"the end of the scenarios: {error!r}")
            await self._record_final_state()
        finished = RunFinished(self._now_ms + _END_MARGIN_MS)
        return [RunStarted(self._seed, SECRET), *self._recorder.events, finished, *self._journal_events()]

    def new_person(
        self, services: dict[str, httpx.AsyncClient], retry_for_s: float = 2 * _SCENARIO_TIMEOUT_S
    ) -> Person:
        """Creates a person with a new number. The same number would give the same keys."""
        number = next(self._person_numbers)
        rng, may_fail = Random(f"{self._seed}/client/{number}"), len(services) < len(self._services)
        client = Client(services, self._recorder, rng, retry_for_s, may_fail=may_fail)
        return Person(client, self._recorder, self._world, Random(f"{self._seed}/person/{number}"))

    async def _run_scenarios(self) -> None:
        await self._wait_for_commands()
        await self._add_watchers()
        await self._add_moderator()
        for scenario in self._scenarios:
            await getattr(self, f"_{scenario}")()
            await self._wait_for_commands()

    async def _add_watchers(self) -> None:
        await self._wait_for(lambda: len(self._world.guests) > 4)
        self._watching = [self._world.take_out(), self._world.take_out()]  # so that they never sign out
        await self._wait_until_gateways_are_current()
        self._watchers = [Watcher(f"watcher-{n}", guest, self._recorder) for n, guest in enumerate(self._watching, 1)]
        for watcher, gateway in zip(self._watchers, self._gateways, strict=False):
            watcher.connect(gateway, [*PERSONAL_VIEWS, *self._views()])

    async def _add_moderator(self) -> None:
        """Signs up someone whom the others do not know, and makes them a moderator, as the operator does."""
        guest = await self.new_person(self._services).new_guest()
        if guest is None:
            return
        command = OperatePerson(action="add-moderator", user=guest.id, reason="for the run")
        is_done = False
        with suppress(Unavailable):
            outcome = await self._writers[self._leader()].committer().submit(command, None)
            is_done = isinstance(outcome, Success)
        self._recorder.add_operator_command(command.model_dump_json(), is_done=is_done)
        self._world.moderator = guest

    async def _without_faults(self) -> None:
        """Load without faults."""
        person = self.new_person(self._services)
        for _ in range(3):
            await person.promote_a_waiter()
            await person.approve_more_than_fit()
            await person.returning.bring_a_guest_with_seats()
            await person.returning.replace_a_link()
            await person.moderating.hide()
            await person.telling.tell_those_who_stay(self._rng.choice(self._watching))
        await self._wait_for_commands(_WORK_COMMANDS)

    async def _lost_publications(self) -> None:
        """Publications are lost, and no heartbeat reveals the gap."""
        self._server.journal.loses_publications = True
        await self._wait_for_commands()
        self._server.journal.loses_publications = False

    async def _lost_append_responses(self) -> None:
        """Appends succeed, but their responses are lost."""
        before = self._recorder.unknown_outcomes
        for link in self._commands:
            link.loses_responses = True
        await self._wait_for(lambda: self._recorder.unknown_outcomes > before, _LEASE_CONFIG.append_timeout_s / 4)
        for link in self._commands:
            link.loses_responses = False

    async def _new_gateway(self) -> None:
        """A gateway starts from the newest snapshot and the stream, whose beginning has been trimmed."""
        link = ServerLink(self._server)
        gateway = Gateway("gateway-3", link)
        try:
            await make_snapshot(link)
            await self._wait_for_commands()
            await make_snapshot(link)
            await gateway.follower.catch_up()
        except (JournalError, BrokenRecord) as error:
            self._recorder.add_missing_part(f"a State that can be read from the journal: {error}")
            return
        for view in self._views():
            gateway.read(view, self._recorder)

    async def _reconnecting_watchers(self) -> None:
        """Live clients disconnect, miss commits, and resume at the other gateway."""
        for watcher in self._watchers:
            watcher.disconnect()
        await self._wait_for_commands()
        await self._wait_until_gateways_are_current()
        self._gateways.reverse()
        for watcher, gateway in zip(self._watchers, self._gateways, strict=False):
            watcher.connect(gateway, list(watcher.model.views))

    async def _deposed_writer(self) -> None:
        """The leader is cut off while it has commands in flight, and reconnects after a takeover."""
        deposed = self._leader()
        link = self._commands[deposed]
        link.is_cut = link.is_lease_cut = True
        deposed_client = self.new_person(self._only_service(deposed), retry_for_s=0.05)
        pending = [asyncio.create_task(deposed_client.join_twice()) for _ in range(4)]
        await self._wait_for(lambda: self._writers[1 - deposed].status().ready)
        leader_client = self.new_person(self._only_service(1 - deposed))
        for _ in range(5):
            await leader_client.act()
        link.is_cut = False
        await asyncio.gather(*pending)
        await self._wait_for(lambda: self._writers[deposed].status().role == "standby")
        link.is_lease_cut = False

    async def _deposed_idle_writer(self) -> None:
        """The leader is cut off while it is idle, and gets reads after a takeover."""
        self._people_may_act.clear()
        await self._wait_for(lambda: self._acting_people == 0)
        deposed = self._leader()
        link = self._commands[deposed]
        link.is_cut = link.is_lease_cut = True
        await self._wait_for(lambda: self._writers[1 - deposed].status().ready)
        leader_client = self.new_person(self._only_service(1 - deposed))
        deposed_client = self.new_person(self._only_service(deposed), retry_for_s=0.05)
        for _ in range(10):
            await leader_client.act()
            await deposed_client.read_session()
        link.is_cut = link.is_lease_cut = False
        self._people_may_act.set()

    async def _late_append_response(self) -> None:
        """The response to an append arrives after a takeover. The deposed leader gets reads just before."""
        self._people_may_act.clear()
        await self._wait_for(lambda: self._acting_people == 0)
        deposed = self._leader()
        link, journal = self._commands[deposed], self._server.records
        link.responses_released.clear()
        link.is_lease_cut = True
        appended = len(journal)
        deposed_client = self.new_person(self._only_service(deposed), retry_for_s=0.05)
        pending = asyncio.create_task(deposed_client.promote_a_waiter())
        await self._wait_for(lambda: len(journal) > appended)
        await self._wait_for(lambda: self._writers[1 - deposed].status().ready)
        leader_client = self.new_person(self._only_service(1 - deposed))
        await leader_client.promote_a_waiter()
        reads = [asyncio.create_task(deposed_client.read_session()) for _ in range(3)]
        for _ in range(_LOOP_ITERATIONS_TO_COMMITTER):
            await asyncio.sleep(0)
        link.responses_released.set()
        await asyncio.gather(pending, *reads)
        link.is_lease_cut = False
        self._people_may_act.set()

    async def _clock_changes(self) -> None:
        """Events end, reopen after the clock is set back, and end again."""
        person = self.new_person(self._services)
        for _ in range(3):
            await person.create_short()
        for step_ms in (_STEP_MS, -_STEP_MS, _STEP_MS):
            self._now_ms += step_ms
            await self._wait_for(self._are_ends_correct)
            await self._wait_for_commands()

    async def _end_without_leader(self) -> None:
        """Events end while the leader is cut off. The next leader must end each of them once."""
        person = self.new_person(self._services)
        for _ in range(3):
            await person.create_short()
        deposed = self._leader()
        link = self._commands[deposed]
        link.is_cut = link.is_lease_cut = True
        self._now_ms += _STEP_MS
        await self._wait_for(lambda: self._writers[1 - deposed].status().ready)
        await self._wait_for(self._are_ends_correct)
        link.is_cut = link.is_lease_cut = False
        await self._wait_for_commands()

    def _are_ends_correct(self) -> bool:
        """True if a gateway shows exactly those events as ended whose end has passed."""
        state = self._gateways[0].follower.state
        return state is not None and all(
            event.ended is (event.details.ends_at <= self._now_ms) for event in state.events.values()
        )

    def _wall_ms(self) -> int:
        return self._now_ms

    async def _cancel_and_report(self, task: "asyncio.Task[None]") -> None:
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 - any failure of a part is a finding
            self._recorder.add_missing_part(f"a part of a service, which failed: {error!r}")

    def _only_service(self, number: int) -> dict[str, httpx.AsyncClient]:
        name = list(self._services)[number]
        return {name: self._services[name]}

    def _leader(self) -> int:
        return next((n for n, each in enumerate(self._writers) if each.status().role == "leader"), 0)

    async def _record_final_state(self) -> None:
        """Waits for convergence and records the final views of gateways and live clients."""
        await self._wait_for(self._are_ends_correct)
        await self._wait_until_gateways_are_current()
        views = {view for each in self._watchers for view in each.model.views} | set(self._views())
        for gateway in self._gateways:
            for view in without_personal(views):
                gateway.read(view, self._recorder, is_final=True)
        for watcher in self._watchers:
            watcher.record_final_views()

    async def _act_until_over(self, person: Person) -> None:
        while not self._over:
            await self._people_may_act.wait()
            self._acting_people += 1
            await person.act()
            self._acting_people -= 1
            await asyncio.sleep(_PAUSE_S)

    async def _wait_for_commands(self, count: int = _SCENARIO_COMMANDS) -> None:
        goal = self._recorder.acknowledged + count
        await self._wait_for(lambda: self._recorder.acknowledged >= goal)

    async def _wait_until_gateways_are_current(self) -> None:
        """Waits until every gateway has reached the head of the journal, or until a time-out."""

        def is_current(gateway: Gateway) -> bool:
            state = gateway.follower.state
            return state is not None and state.position.seq == max(self._server.records, default=0)

        await self._wait_for(lambda: all(is_current(each) for each in self._gateways))

    async def _wait_for(self, condition: Callable[[], bool], timeout_s: float = _SCENARIO_TIMEOUT_S) -> None:
        """Waits for ``condition`` or until a time-out, after which the checker finds the cause. Reads random views."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not condition():
                    gateway = self._rng.choice(self._gateways)
                    if gateway.views.state is not None:
                        gateway.read(self._rng.choice(self._views()), self._recorder)
                    await asyncio.sleep(0.005)

    def _views(self) -> list[str]:
        return views_of(self._world.events[:6])

    def _journal_events(self) -> Sequence[AnyEvent]:
        rewritten = [
            RewrittenRecord(seq, *(each.decode() for each in versions)) for seq, *versions in self._server.overwritten
        ]
        return [*(JournalRecord(record.decode()) for _, record in sorted(self._server.records.items())), *rewritten]


async def simulate(seed: str, scenarios: Sequence[str] = SCENARIOS) -> list[AnyEvent]:
    """Runs one simulation with ``scenarios``. Returns its history."""
    return await Simulation(seed, scenarios).run()
