"""The gateway as a whole: the replica, its views, and everybody who reads them."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from turnout_core.domain.changes import Commit
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Unavailable
from turnout_core.domain.state import Affected, State, User
from turnout_core.journal.follower import Follower
from turnout_core.journal.port import Journal, JournalError
from turnout_core.protocol.messages import Close
from turnout_core.runtime import gc_tuning
from turnout_core.runtime.tasks import run_all
from turnout_core.web.identity import Identity
from turnout_gateway.live.admission import Crowd
from turnout_gateway.live.audience import Client
from turnout_gateway.live.hub import Hub
from turnout_gateway.live.metrics import Metrics
from turnout_gateway.live.ports import Sink
from turnout_gateway.live.presence import Presence
from turnout_gateway.runtime.drain import drain
from turnout_gateway.runtime.flusher import Ticker
from turnout_gateway.runtime.presence_bus import Bus
from turnout_gateway.runtime.presence_sync import talk
from turnout_gateway.settings import Settings
from turnout_gateway.views.address import Address
from turnout_gateway.views.registry import Views
from turnout_gateway.wire.frame_out import Frame

AT_LEAST_TIMEOUT_S: Final = 1.0
_RETRY_S: Final = 0.5
_FAREWELL_S: Final = 0.5  # a courtesy: the others notice by themselves, and whoever stops us may wait 10 s in all

log = logging.getLogger("turnout.gateway")


class Gateway:
    """
    Args:
        name: of this gateway among the others; different for every process.
        secret: gives the identity, which lies in Valkey beside the journal.
    """

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        bus: Bus,
        identity: Callable[[], Awaitable[Identity]],
        name: str,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self.door = settings.door()
        self.allowance = settings.terms().allowance
        self.views = Views(settings.limits())
        self.presence = Presence(name)
        self.ticker = Ticker(self._tick, settings.tick_ms / 1000)
        self.hub = Hub(
            self.views,
            settings.terms(),
            stir=self.ticker.stir,
            looks=self.presence.look,
            doubt=self._look_at_head,
            clock=time.monotonic,
            now_ms=now_ms,
        )
        self.follower = Follower(journal, self)
        self.metrics = Metrics(self)
        self._settings = settings
        self._bus = bus
        self._journal = journal
        self._doubted: set[Client] = set()
        self._judging: asyncio.Task[None] | None = None
        self._make_identity = identity
        self._identity: Identity | None = None
        self._identify = asyncio.Event()
        self._identify.set()
        self._crowd = Crowd(self.door)
        self._now_ms = now_ms
        self._commits = 0  # that the next tick tells of
        self._commit_at_ms = 0  # of the first of them
        self._started = False
        self._draining = False

    # --- the life of a gateway

    async def run(self) -> None:
        """Follows, ticks and beats until it is cancelled."""
        await run_all(
            self.follower.run(), self._keep_identity(), self._pulse(),
            talk(self.presence, self._bus, self._show_presence),
        )  # fmt: skip

    async def drain(self) -> None:
        """Sends every client elsewhere. Returns when they are gone, at the latest after ``drain_s``."""
        if not self._draining:
            self._draining = True
            await drain(self.hub, self._settings.drain_s)
            with suppress(JournalError, TimeoutError):
                async with asyncio.timeout(_FAREWELL_S):
                    await self._bus.tell(self.presence.farewell())
            self.ticker.stop()

    def ready(self) -> bool:
        """Fit to serve."""
        ready = self._identity is not None and self.follower.is_ready() and not self._draining
        self._started = self._started or ready
        return ready

    def trouble(self) -> str:
        """Why it is not ready, in a sentence."""
        return "draining" if self._draining else (self.follower.trouble or "the writer has not been heard lately")

    def open(self) -> bool:
        """New links are taken: the replica has been up to date once, and this gateway is not about to stop."""
        self.ready()
        return self._started and not self._draining

    # --- the replica (turnout_core.journal.follower.Listener)

    def on_snapshot(self, state: State) -> None:
        self._identify.set()  # another history may have come with another secret
        if self.views.state is None:
            gc_tuning.tune()
        self.views.on_snapshot(state, self._now_ms())
        self.ticker.stir()

    def on_commits(self, commits: Sequence[tuple[Commit, Affected]]) -> None:
        self.views.on_commits(commits)
        if not self._commits:
            self._commit_at_ms = commits[0][0].at
        self._commits += len(commits)
        self.ticker.stir()

    async def wait_until_ready(self) -> None:
        await self.ticker.told()

    # --- reads

    def read(self, address: Address, asked: str) -> Frame:
        """The view's snapshot, as a frame. Raises EventNotFound, SignedOut, Unavailable."""
        view = self.views.open(address, self._now_ms())
        if self.views.changed:
            self.ticker.stir()
        frame = view.since(None, self.views.position, asked)
        self.views.read(address)
        return frame

    async def reach(self, at_least: Position | None) -> State:
        """Waits until the replica has ``at_least``. Raises Unavailable when it does not come."""
        self.open()
        if not self._started:
            raise Unavailable("The replica is not there yet.")
        if at_least is not None and not await self.follower.wait_for(at_least, AT_LEAST_TIMEOUT_S):
            raise Unavailable(f"The replica has not reached {at_least} yet.")
        state = self.follower.state
        assert state is not None  # noqa: S101 - it was ready once
        return state

    def user(self, cookies: str | None, authorization: str | None) -> User | None:
        """For whom these header values speak."""
        state = self.follower.state
        if self._identity is None or state is None:
            return None
        return self._identity.user(state, cookies, authorization)

    # --- live links

    def refuses(self, place: str, user: User | None, headers: Mapping[str, str]) -> Close | None:
        """Why a new link is not let in; None when it is."""
        if not self.door.welcomes(headers):
            refusal: Close | None = Close.FORBIDDEN
        elif self._draining:
            refusal = Close.DRAINING
        else:
            refusal = self._crowd.refuses(place, user.id if user else None)
        if refusal is not None:
            self.hub.counts.closed[refusal.name.lower()] += 1
        return refusal

    def enter(self, sink: Sink, user: User | None, place: str) -> Client:
        """A new client. Raises Unavailable."""
        client = self.hub.enter(sink, user, place)
        self._crowd.enter(client)
        return client

    def leave(self, client: Client) -> None:
        self._crowd.leave(client)
        self.hub.leave(client)

    def _tick(self) -> bool:
        commits, self._commits = self._commits, 0
        self.hub.tick()
        if commits:
            self.metrics.lag(max(0, self._now_ms() - self._commit_at_ms) / 1000)
        end_ms = self.views.next_end_ms()
        self.ticker.wake_in(None if end_ms is None else max(0.0, (end_ms - self._now_ms()) / 1000))
        return commits > 1

    def _show_presence(self, totals: Mapping[str, int]) -> None:
        for event, clients in totals.items():
            self.views.look(event, clients)
        if totals:
            self.ticker.stir()

    def _look_at_head(self, client: Client) -> None:
        """Finds out whether a client that is ahead has seen the future of this replica, or a history that is lost."""
        self._doubted.add(client)
        if self._judging is None:
            self._judging = asyncio.create_task(self._judge())

    async def _judge(self) -> None:
        """Asks the journal once for all who are in doubt by then: they may be many, and its connections are few."""
        try:
            while self._doubted:
                doubted, self._doubted = self._doubted, set()
                head = None
                with suppress(JournalError):
                    head = await self._journal.head()
                for client in doubted:
                    self.hub.judge(client, head.position if head else None)
        finally:
            self._judging = None

    async def _pulse(self) -> None:
        while True:
            await asyncio.sleep(self.hub.clients.step_s)
            self.open()
            if self.views.state is not None:
                self.hub.pulse()

    async def _keep_identity(self) -> None:
        while True:
            await self._identify.wait()
            try:
                self._identity = await self._make_identity()
            except JournalError as error:
                log.warning("waiting for Valkey: %s", error)
                await asyncio.sleep(_RETRY_S)
            else:
                self._identify.clear()
