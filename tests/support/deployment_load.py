"""People and live clients on a deployment under faults; the checker verifies their history."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random
from typing import Final

import httpx
from deployment import Deployment
from waiting import until
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from chaos.checker.checker import check
from chaos.clients.client import Client
from chaos.clients.client_model import ClientModel
from chaos.clients.load import TAGS, Person, SharedWorld
from chaos.history.events import Answered, Asked, Began, Read, Recorded, Shown
from chaos.history.history_index import Violation
from chaos.history.recorder import Recorder

_PEOPLE: Final = 8
_WATCHERS: Final = 8
_PAUSE_S: Final = 0.05  # of each person, on average
_RETRY_AFTER_S: Final = 1.0  # what a 503 says
_RECONNECT_S: Final = 3.0  # where not even a 503 came
_ATTEMPT_S: Final = 10.0
_CONVERGED_S: Final = 20.0
_LISTS: Final = ("events?when=upcoming", f"events?when=upcoming&tag={TAGS[0]}")


class Polite(Client):
    """Repeats what was not answered, after the second that ``Retry-After`` asks for, and takes down how often.

    Attributes:
        repeating: it has something that was not answered yet.
    """

    def __init__(self, edge: httpx.AsyncClient, recorder: Recorder, rng: Random, attempts: list[int]) -> None:
        super().__init__({"edge": edge}, recorder, rng)
        self.repeating = False
        self._edge = edge
        self._notes = recorder
        self._attempts = attempts

    async def do(self, asked: Asked, token: str | None) -> Answered | None:
        attempts = 1
        while not isinstance(answered := await self._once(asked, token), Answered):
            attempts += 1
            self.repeating = True
            await asyncio.sleep(answered)
        self.repeating = False
        self._attempts.append(attempts)
        return answered

    async def _once(self, asked: Asked, token: str | None) -> Answered | float:
        """The answer, or after how many seconds to ask again."""
        began = self._notes.now()
        headers = {
            "Content-Type": "application/json" if asked.body else None,
            "Authorization": f"Bearer {token}" if token else None,
            "Idempotency-Key": asked.key,
            "If-Match": asked.if_match,
        }
        given = {name: value for name, value in headers.items() if value is not None}
        sent_ms = self._notes.wall_ms()
        try:
            response = await self._edge.request(asked.method, asked.path, content=asked.body.encode(), headers=given)
        except httpx.TransportError as error:
            self._notes.silent(asked, began, "edge", f"{type(error).__name__}: {error}")
            return _RECONNECT_S
        return self._notes.answered(asked, began, sent_ms, "edge", response) or _RETRY_AFTER_S


class Watcher:
    """A live client: it comes back when its link ends, to whichever gateway, and goes on with what it holds.

    Attributes:
        dark_s: for how long it was without a link, each time.
    """

    def __init__(self, name: str, url: str, recorder: Recorder, rng: Random) -> None:
        self.name = name
        self.model = ClientModel()
        self.views = list(_LISTS)
        self.links = 0
        self.dark_s: list[float] = []
        self.live = False
        self._url = url.replace("http", "ws", 1) + "/api/live"
        self._recorder = recorder
        self._rng = rng

    async def run(self) -> None:
        """Watches until it is cancelled."""
        lost_at, failures = time.monotonic(), 0
        while True:
            with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError, EOFError):
                async with connect(self._url, open_timeout=5, ping_interval=None, compression=None) as link:
                    await self._watch(link)
                    self.live, failures = True, 0
                    if self.links:
                        self.dark_s.append(time.monotonic() - lost_at)
                    self.links += 1
                    async for message in link:
                        self._show(message)
            if self.live:
                self.live, lost_at = False, time.monotonic()
            failures += 1
            await asyncio.sleep(self._rng.uniform(0.05, min(2.0, 0.25 * 2**failures)))

    async def _watch(self, link: ClientConnection) -> None:
        self._show(await asyncio.wait_for(link.recv(), 5))
        for view in self.views:
            held = self.model.held.get(view)
            await link.send(json.dumps({"type": "watch", "view": view, "at": held.at if held else None}))

    def ready_for_more(self) -> None:
        for view in self.model.held:
            self._record(view, "rest", last=True)

    def _show(self, message: str | bytes) -> None:
        kind, view, _ = self.model.take(message)
        if kind in ("snapshot", "patch"):
            self._record(view, kind)

    def _record(self, view: str, kind: str, *, last: bool = False) -> None:
        held = self.model.held[view]
        self._recorder.events.append(
            Shown(self._recorder.now(), self.name, "edge", self.links, kind, view, None, held.at, held.digest(), last)
        )


class Crowd:
    """
    Attributes:
        attempts: how many each command took until it was answered.
    """

    def __init__(self, deployment: Deployment, seed: str) -> None:
        self.recorder = Recorder()
        self.attempts: list[int] = []
        self.watchers: list[Watcher] = []
        self._deployment = deployment
        self._seed = seed
        self._world = SharedWorld()
        self._polite: list[Polite] = []
        self._before = 0

    @asynccontextmanager
    async def acting(self) -> AsyncIterator[None]:
        """All people act and watch while the block runs; then they stop, and everything has to converge."""
        stop = asyncio.Event()
        self._before = len(_records(self._deployment))
        limits = httpx.Limits(max_connections=4 * _PEOPLE)
        async with (
            httpx.AsyncClient(base_url=self._deployment.url, timeout=_ATTEMPT_S, limits=limits) as edge,
            asyncio.TaskGroup() as tasks,
        ):
            for number in range(_PEOPLE):
                client = Polite(edge, self.recorder, Random(f"{self._seed}/client/{number}"), self.attempts)
                self._polite.append(client)
                rng = Random(f"{self._seed}/person/{number}")
                tasks.create_task(_act(Person(client, self.recorder, self._world, rng), rng, stop))
            watching = [tasks.create_task(self._watcher(number).run()) for number in range(_WATCHERS)]
            try:
                await until(lambda: all(each.live for each in self.watchers), 30)
                await self.more_commands()
                yield
                await self.more_commands()
                stop.set()
                await self._converged(edge)
            finally:
                stop.set()
                for each in watching:
                    each.cancel()

    async def more_commands(self, many: int = 50) -> None:
        """Until so many more were acknowledged."""
        goal = self.recorder.acknowledged + many
        await until(lambda: self.recorder.acknowledged >= goal, 60)

    async def recovered(self) -> None:
        """Until nobody has to repeat anything, so that the next fault is not the second one for somebody."""
        await until(lambda: not any(each.repeating for each in self._polite), 60)

    async def acknowledged_after(self, moment: float) -> float:
        """Seconds from ``moment`` (of the recorder's clock) to the first acknowledged command that began after it."""

        def first() -> float | None:
            return min((ended for began, ended, _ in self.recorder.acknowledged_at if began >= moment), default=None)

        await until(lambda: first() is not None, 60)
        found = first()
        assert found is not None
        return found - moment

    async def all_live(self, timeout_s: float = 30) -> None:
        await until(lambda: all(each.live for each in self.watchers), timeout_s)

    def verdict(self) -> list[Violation]:
        """All that anybody was told and that is not so. Commits of earlier crowds are known to nobody here."""
        records = _records(self._deployment)
        secret = self._deployment.python(
            self._deployment.container("command"), "print(open('/run/secrets/session').read().strip())"
        ).strip()
        events = [Began(self._seed, secret), *self.recorder.events, *(Recorded(each) for each in records)]
        found = check(events)
        return [each for each in found if not (each.rule == "phantom" and (each.seq or 0) <= self._before)]

    def _watcher(self, number: int) -> Watcher:
        rng = Random(f"{self._seed}/watcher/{number}")
        watcher = Watcher(f"watcher-{number}", self._deployment.url, self.recorder, rng)
        self.watchers.append(watcher)
        return watcher

    async def _converged(self, edge: httpx.AsyncClient) -> None:
        """Waits until every gateway and every watcher has reached the end of the history."""
        await asyncio.sleep(0)
        head = len(await asyncio.to_thread(_records, self._deployment))

        def there() -> bool:
            return all(
                self.recorder.newest is not None and each.live and set(_LISTS) <= set(each.model.held)
                for each in self.watchers
            )

        await until(there, _CONVERGED_S)
        gateways = await asyncio.to_thread(self._deployment.containers, "gateway")
        for gateway in gateways:
            for view in _LISTS:
                self.recorder.read(await self._read(gateway, view, head))
        await self._at_rest(edge)
        for each in self.watchers:
            each.ready_for_more()

    async def _read(self, gateway: str, view: str, head: int) -> Read:
        """The answer of one gateway, asked without the edge."""
        epoch = (self.recorder.newest or "-").partition("-")[0]
        began = self.recorder.now()
        said = await asyncio.to_thread(self._deployment.python, gateway, _GET, f"/api/{view}&at_least={epoch}-{head}")
        position, _, body = said.partition("\n")
        return Read(began, self.recorder.now(), gateway, view, None, None, 200, position, body.rstrip("\n"), last=True)

    async def _at_rest(self, edge: httpx.AsyncClient) -> None:
        """Until every live client shows what GET answers."""
        expected = {}
        for view in _LISTS:
            model = ClientModel()
            model.take((await edge.get(f"/api/{view}")).content)
            expected[view] = model.held[view].digest()

        def same() -> bool:
            return all(
                each.model.held[view].digest() == digest for each in self.watchers for view, digest in expected.items()
            )

        with suppress(TimeoutError):  # the verdict tells who differs, and where
            await until(same, _CONVERGED_S)


async def _act(person: Person, rng: Random, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await person.act()
        await asyncio.sleep(rng.uniform(0, 2 * _PAUSE_S))


def _records(deployment: Deployment) -> list[str]:
    """The journal, read by the service that writes it."""
    return deployment.python(deployment.container("command"), _JOURNAL).splitlines()


_JOURNAL: Final = """
import asyncio, sys
from turnout_command.settings import Settings
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

async def main():
    async with connect(Settings().valkey) as valkey:
        for _, fields in await valkey.xrange(KEYS.stream):
            sys.stdout.buffer.write(fields[b"r"] + b"\\n")

asyncio.run(main())
"""
_GET: Final = """
import sys, urllib.request
with urllib.request.urlopen("http://127.0.0.1:8000" + sys.argv[1], timeout=5) as answer:
    print(answer.headers["Turnout-Position"])
    print(answer.read().decode())
"""
