"""Generated people and live clients on a deployment under faults. The checker verifies their history."""

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
from chaos.clients.load import TAGS, Person
from chaos.clients.world import SharedWorld
from chaos.history.events import JournalRecord, LiveView, Request, Response, RunStarted, ViewRead
from chaos.history.history_index import Violation
from chaos.history.recorder import Recorder

_PEOPLE: Final = 8
_WATCHERS: Final = 8
_PAUSE_S: Final = 0.05  # of each person, on average
_RETRY_AFTER_DEFAULT_S: Final = 1.0  # Retry-After of a 503
_RECONNECT_S: Final = 3.0  # after an attempt without a response
_ATTEMPT_TIMEOUT_S: Final = 10.0
_CONVERGENCE_TIMEOUT_S: Final = 20.0
_LISTS: Final = ("events?when=upcoming", f"events?when=upcoming&tag={TAGS[0]}")


class RetryingClient(Client):
    """Repeats each request until there is a response, after the pause of ``Retry-After``, and counts the attempts.

    Attributes:
        is_retrying: its present request had at least one attempt without a response.

    Args:
        attempts: gets the number of attempts of each request.
        waits_s: gets the seconds from the first attempt to the response.
    """

    def __init__(
        self, edge: httpx.AsyncClient, recorder: Recorder, rng: Random, attempts: list[int], waits_s: list[float]
    ) -> None:
        super().__init__({"edge": edge}, recorder, rng)
        self.is_retrying = False
        self._edge = edge
        self._recorder = recorder
        self._attempts = attempts
        self._waits_s = waits_s

    async def send(self, request: Request, token: str | None) -> Response | None:
        attempts, began_s = 1, time.monotonic()
        while not isinstance(response := await self._attempt_at_edge(request, token), Response):
            attempts += 1
            self.is_retrying = True
            await asyncio.sleep(response)
        self.is_retrying = False
        self._attempts.append(attempts)
        self._waits_s.append(time.monotonic() - began_s)
        return response

    async def _attempt_at_edge(self, request: Request, token: str | None) -> Response | float:
        """Returns the response, or the seconds until the next attempt."""
        began = self._recorder.now()
        headers = {
            "Content-Type": "application/json" if request.body else None,
            "Authorization": f"Bearer {token}" if token else None,
            "Idempotency-Key": request.key,
            "If-Match": request.if_match,
        }
        present = {name: value for name, value in headers.items() if value is not None}
        sent_ms = self._recorder.wall_ms()
        try:
            response = await self._edge.request(
                request.method, request.path, content=request.body.encode(), headers=present
            )
        except httpx.TransportError as error:
            self._recorder.add_unknown_outcome(request, began, "edge", f"{type(error).__name__}: {error}")
            return _RECONNECT_S
        return self._recorder.add_response(request, began, sent_ms, "edge", response) or _RETRY_AFTER_DEFAULT_S


class Watcher:
    """A live client that reconnects, to any gateway, and resumes its views.

    Attributes:
        outages: end (of the monotonic clock) and duration of each time without a connection, in seconds.
    """

    def __init__(self, name: str, url: str, recorder: Recorder, rng: Random) -> None:
        self.name = name
        self.model = ClientModel()
        self.views = list(_LISTS)
        self.connections = 0
        self.outages: list[tuple[float, float]] = []
        self.is_live = False
        self._url = url.replace("http", "ws", 1) + "/api/live"
        self._recorder = recorder
        self._rng = rng

    async def run(self) -> None:
        """Watches until it is cancelled."""
        lost_at, failures = time.monotonic(), 0
        while True:
            with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError, EOFError):
                async with connect(self._url, open_timeout=5, ping_interval=None, compression=None) as connection:
                    await self._watch(connection)
                    self.is_live, failures = True, 0
                    if self.connections:
                        now_s = time.monotonic()
                        self.outages.append((now_s, now_s - lost_at))
                    self.connections += 1
                    async for message in connection:
                        self._record_message(message)
            if self.is_live:
                self.is_live, lost_at = False, time.monotonic()
            failures += 1
            await asyncio.sleep(self._rng.uniform(0.05, min(2.0, 0.25 * 2**failures)))

    async def _watch(self, connection: ClientConnection) -> None:
        self._record_message(await asyncio.wait_for(connection.recv(), 5))
        for view in self.views:
            view_model = self.model.views.get(view)
            await connection.send(
                json.dumps({"type": "watch", "view": view, "at": view_model.at if view_model else None})
            )

    def record_final_views(self) -> None:
        for view in self.model.views:
            self._record_view(view, "rest", is_final=True)

    def _record_message(self, message: str | bytes) -> None:
        kind, view, _ = self.model.apply(message)
        if kind in ("snapshot", "patch"):
            self._record_view(view, kind)

    def _record_view(self, view: str, kind: str, *, is_final: bool = False) -> None:
        view_model = self.model.views[view]
        self._recorder.events.append(
            LiveView(
                self._recorder.now(),
                self.name,
                "edge",
                self.connections,
                kind,
                view,
                None,
                view_model.at,
                view_model.digest(),
                is_final,
            )
        )


class DeploymentLoad:
    """The load on a deployment.

    Attributes:
        attempts: number of attempts of each finished command.
        waits_s: seconds from the first attempt of each finished command to its response.
    """

    def __init__(self, deployment: Deployment, seed: str) -> None:
        self.recorder = Recorder()
        self.attempts: list[int] = []
        self.waits_s: list[float] = []
        self.watchers: list[Watcher] = []
        self._deployment = deployment
        self._seed = seed
        self._world = SharedWorld()
        self._clients: list[RetryingClient] = []
        self._commits_before = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs the load for the duration of the block, then waits for convergence."""
        stop = asyncio.Event()
        self._commits_before = len(_records(self._deployment))
        limits = httpx.Limits(max_connections=4 * _PEOPLE)
        async with (
            httpx.AsyncClient(base_url=self._deployment.url, timeout=_ATTEMPT_TIMEOUT_S, limits=limits) as edge,
            asyncio.TaskGroup() as tasks,
        ):
            for number in range(_PEOPLE):
                rng = Random(f"{self._seed}/client/{number}")
                client = RetryingClient(edge, self.recorder, rng, self.attempts, self.waits_s)
                self._clients.append(client)
                rng = Random(f"{self._seed}/person/{number}")
                tasks.create_task(_act(Person(client, self.recorder, self._world, rng), rng, stop))
            watching = [tasks.create_task(self._watcher(number).run()) for number in range(_WATCHERS)]
            try:
                await until(lambda: all(each.is_live for each in self.watchers), 30)
                await self.wait_for_commands()
                yield
                await self.wait_for_commands()
                stop.set()
                await self._wait_for_convergence(edge)
            finally:
                stop.set()
                for each in watching:
                    each.cancel()

    async def wait_for_commands(self, count: int = 50) -> None:
        """Waits until ``count`` more commands were acknowledged."""
        goal = self.recorder.acknowledged + count
        await until(lambda: self.recorder.acknowledged >= goal, 60)

    async def wait_for_retries(self) -> None:
        """Waits until no client is retrying, so that the next fault hits no request for the second time."""
        await until(lambda: not any(each.is_retrying for each in self._clients), 60)

    async def seconds_to_acknowledgement(self, since_s: float) -> float:
        """Seconds from ``since_s`` (of the recorder's clock) to the first acknowledged command that began after it."""

        def first_ended_s() -> float | None:
            return min((ended for began, ended, _ in self.recorder.acknowledged_at if began >= since_s), default=None)

        await until(lambda: first_ended_s() is not None, 60)
        ended_s = first_ended_s()
        assert ended_s is not None
        return ended_s - since_s

    async def wait_until_all_live(self, timeout_s: float = 30) -> None:
        await until(lambda: all(each.is_live for each in self.watchers), timeout_s)

    def outages_s(self) -> list[float]:
        """The duration of each time that a watcher had no connection, in the order in which they ended."""
        return [seconds for _, seconds in sorted(ended for each in self.watchers for ended in each.outages)]

    def violations(self) -> list[Violation]:
        """Checks the history. Commits from before this load have no request in it, so they are ignored."""
        records = _records(self._deployment)
        secret = self._deployment.python(
            self._deployment.container("command"), "print(open('/run/secrets/session').read().strip())"
        ).strip()
        events = [RunStarted(self._seed, secret), *self.recorder.events, *(JournalRecord(each) for each in records)]
        violations = check(events)
        return [each for each in violations if not (each.rule == "phantom" and (each.seq or 0) <= self._commits_before)]

    def _watcher(self, number: int) -> Watcher:
        rng = Random(f"{self._seed}/watcher/{number}")
        watcher = Watcher(f"watcher-{number}", self._deployment.url, self.recorder, rng)
        self.watchers.append(watcher)
        return watcher

    async def _wait_for_convergence(self, edge: httpx.AsyncClient) -> None:
        """Waits until every gateway and every watcher has reached the end of the history."""
        await asyncio.sleep(0)
        head = len(await asyncio.to_thread(_records, self._deployment))

        def are_all_watching() -> bool:
            return all(
                self.recorder.newest is not None and each.is_live and set(_LISTS) <= set(each.model.views)
                for each in self.watchers
            )

        await until(are_all_watching, _CONVERGENCE_TIMEOUT_S)
        gateways = await asyncio.to_thread(self._deployment.containers, "gateway")
        for gateway in gateways:
            for view in _LISTS:
                self.recorder.add_view_read(await self._read(gateway, view, head))
        await self._wait_until_views_match(edge)
        for each in self.watchers:
            each.record_final_views()

    async def _read(self, gateway: str, view: str, head: int) -> ViewRead:
        """Reads a view at one gateway, without the edge."""
        epoch = (self.recorder.newest or "-").partition("-")[0]
        began = self.recorder.now()
        output = await asyncio.to_thread(self._deployment.python, gateway, _GET, f"/api/{view}&at_least={epoch}-{head}")
        position, _, body = output.partition("\n")
        return ViewRead(
            began, self.recorder.now(), gateway, view, None, None, 200, position, body.rstrip("\n"), is_final=True
        )

    async def _wait_until_views_match(self, edge: httpx.AsyncClient) -> None:
        """Waits until every live client shows the same items as a GET."""
        expected = {}
        for view in _LISTS:
            model = ClientModel()
            model.apply((await edge.get(f"/api/{view}")).content)
            expected[view] = model.views[view].digest()

        def is_same() -> bool:
            return all(
                each.model.views[view].digest() == digest for each in self.watchers for view, digest in expected.items()
            )

        with suppress(TimeoutError):  # the checker reports the differences
            await until(is_same, _CONVERGENCE_TIMEOUT_S)


async def _act(person: Person, rng: Random, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await person.act()
        await asyncio.sleep(rng.uniform(0, 2 * _PAUSE_S))


def _records(deployment: Deployment) -> list[str]:
    """Reads all records of the journal in a container of the command service."""
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
