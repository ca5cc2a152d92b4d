"""A gateway: wires its parts together, runs them and drains them."""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Unavailable
from turnout_core.domain.state import State
from turnout_core.journal.port import Journal, JournalError
from turnout_core.runtime.open_files import UNLIMITED
from turnout_core.runtime.tasks import run_all
from turnout_core.web.connection_budget import ConnectionBudget
from turnout_core.web.identity import Credentials, Identity
from turnout_gateway.live.admission import Admission, AdmissionPolicy, Peer
from turnout_gateway.live.audience import Client
from turnout_gateway.live.hub import Hub, HubConfig
from turnout_gateway.live.metrics import Metrics
from turnout_gateway.live.presence import Presence
from turnout_gateway.pictures.pictures import Pictures
from turnout_gateway.pictures.worker_process import WorkerProcess
from turnout_gateway.replica import Replica
from turnout_gateway.runtime.drain import drain
from turnout_gateway.runtime.flusher import Flusher
from turnout_gateway.runtime.head_lookup import HeadLookup
from turnout_gateway.runtime.presence_bus import PresenceBus
from turnout_gateway.runtime.presence_sync import sync
from turnout_gateway.settings import Settings
from turnout_gateway.views.kinds import KINDS, Kinds
from turnout_gateway.views.registry import ViewRegistry
from turnout_gateway.views.shares import ANYONE, Owner
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import VISITOR, Address, Viewer
from turnout_gateway.wire.frame_out import Frame

_RETRY_S: Final = 0.5
_DEPARTURE_TIMEOUT_S: Final = 0.5  # short: other gateways also notice a missing gateway, and a stop has 10 s in all

log = logging.getLogger("turnout.gateway")


class Gateway:
    """One gateway: a replica, its views, their clients and the presence between gateways.

    Args:
        load_identity: loads the token secret and makes the reader of tokens. Raises JournalError.
        name: identifies this gateway to the others; different for every process.
        open_files: the limit of the process.

    Attributes:
        budget: the connections that the process can hold.
        now_ms: the clock, in ms since 1970 (UTC).
        pictures: of events; ``drain`` ends the process that draws them.
    """

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        bus: PresenceBus,
        load_identity: Callable[[], Awaitable[Identity]],
        name: str,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        kinds: Kinds = KINDS,
        open_files: int = UNLIMITED,
    ) -> None:
        self.config: HubConfig = settings.hub_config()
        self.views = ViewRegistry(settings.view_limits(), kinds)
        self._flusher = Flusher(self._flush)
        self._presence = Presence(name)
        self.hub = Hub(
            self.views,
            self.config,
            request_flush=self._flusher.request_flush,
            on_viewers_changed=self._presence.set_own_viewers,
            on_ahead=self._look_up_head,
            clock=time.monotonic,
            now_ms=now_ms,
        )
        self.budget = ConnectionBudget(open_files, settings.links)
        self._policy: AdmissionPolicy = settings.admission_policy().within(self.budget)
        self.admission = Admission(self._policy, self.hub, lambda: self._is_draining or self.follower.is_outdated)
        self._head_lookup = HeadLookup(journal, self.hub.resolve_ahead)
        self._replica = Replica(journal, self.views, self._flusher, self._request_identity, time.monotonic)
        self.follower = self._replica.follower
        self.metrics = Metrics(self.hub, self.follower, self.is_ready)
        self.pictures = Pictures(WorkerProcess())
        self._bus = bus
        self._drain_s = settings.drain_s
        self._load_identity = load_identity
        self._identity: Identity | None = None
        self._identity_requested = asyncio.Event()
        self._identity_requested.set()
        self.now_ms = now_ms
        self._has_been_ready = False
        self._is_draining = False

    async def run(self) -> None:
        """Follows, flushes and sends heartbeats until it is cancelled."""
        await run_all(
            self.follower.run(), self._load_identity_on_request(), self._keep_alive(),
            sync(self._presence, self._bus, self._show_viewers),
        )  # fmt: skip

    async def drain(self) -> None:
        """Sends every client to another gateway. Returns when all are disconnected, at the latest after ``drain_s``."""
        if not self._is_draining:
            self._is_draining = True
            await drain(self.hub, self._drain_s)
            await self.pictures.close()
            with suppress(JournalError, TimeoutError):
                async with asyncio.timeout(_DEPARTURE_TIMEOUT_S):
                    await self._bus.publish(self._presence.encode_departure())
            self._flusher.stop()

    def is_ready(self) -> bool:
        """True if the replica is up to date and this gateway is not draining."""
        is_ready = self._identity is not None and self.follower.is_ready() and not self._is_draining
        self._has_been_ready = self._has_been_ready or is_ready
        return is_ready

    def not_ready_reason(self) -> str:
        """The reason why the gateway is not ready, for operators."""
        return "draining" if self._is_draining else (self.follower.trouble or "no heartbeat from the writer lately")

    def accepts_connections(self) -> bool:
        """True if the replica has been up to date once, can be read, and this gateway is not draining."""
        self.is_ready()
        return self._has_been_ready and not self._is_draining and not self.follower.is_outdated

    def open(self, address: Address, viewer: Viewer, opener: Owner = ANYONE) -> View:
        """See ``Replica.open``."""
        return self._replica.open(address, viewer, opener)

    def read(self, address: Address, requested_as: str, viewer: Viewer, opener: Owner = ANYONE) -> Frame:
        """See ``Replica.read``."""
        return self._replica.read(address, requested_as, viewer, opener)

    async def wait_for(self, at_least: Position | None) -> State:
        """See ``Replica.wait_for``.

        Raises:
            Unavailable: the replica has not been up to date yet, or the journal is of a newer format: its views would
                silently lack what this version cannot read.
        """
        self.is_ready()
        if not self._has_been_ready:
            raise Unavailable("The replica is not loaded yet.")
        if self.follower.is_outdated:
            raise Unavailable(self.not_ready_reason())
        return await self._replica.wait_for(at_least)

    def find_viewer(self, headers: Mapping[str, str], scheme: str) -> Viewer:
        """The viewer whom a request with these headers identifies; see ``identify_peer``."""
        state = self.follower.state
        if self._identity is None or state is None:
            return VISITOR
        credentials = Credentials(headers.get("cookie"), headers.get("authorization"), scheme)
        return Viewer.of(self._identity.signed_in(state, credentials))

    def identify_peer(self, address: str, headers: Mapping[str, str], scheme: str | None = None) -> Peer:
        """The peer at ``address`` that sent a request with these headers. Names of headers are in lower case.

        ``scheme`` is that of the request; None takes it from the headers of a trusted proxy.
        """
        scheme = scheme or self._policy.scheme(address, headers)
        remote_address = sys.intern(self._policy.remote_address(address, headers))  # its links share the text
        return Peer(self.find_viewer(headers, scheme), remote_address, headers, scheme)

    def _flush(self) -> None:
        since_ms, self._replica.unsent_since_ms = self._replica.unsent_since_ms, None
        self.hub.flush()
        if since_ms is not None:
            self.metrics.observe_lag(max(0, self.now_ms() - since_ms) / 1000)

    def _look_up_head(self, client: Client) -> None:
        self._head_lookup.add(client)

    def _show_viewers(self, totals: Mapping[str, int]) -> None:
        for event, clients in totals.items():
            self.views.set_viewers(event, clients)
        if totals:
            self._flusher.request_flush()

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(self.hub.clients.step_s)
            self.is_ready()
            if self.follower.is_outdated:
                await drain(self.hub, self._drain_s)  # an upgraded gateway serves them
            if self.views.state is not None:
                self.hub.keep_alive()

    def _request_identity(self) -> None:
        self._identity_requested.set()  # another history may have another secret

    async def _load_identity_on_request(self) -> None:
        while True:
            await self._identity_requested.wait()
            try:
                self._identity = await self._load_identity()
                self.views.sign_with(self._identity.links)
            except JournalError as error:
                log.warning("token secret not loaded, retrying in %.1f s: %s", _RETRY_S, error)
                await asyncio.sleep(_RETRY_S)
            else:
                self._identity_requested.clear()
