"""The composition root of the command service."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from redis.asyncio import Redis
from starlette.routing import BaseRoute
from starlette.types import Lifespan

from turnout_command.http import attendees, events, session
from turnout_command.http import health as probes
from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.openapi_extra import BODIES
from turnout_command.metrics import Metrics
from turnout_command.server_check import memory, shortcomings
from turnout_command.settings import Settings
from turnout_command.snapshots.schedule import Housekeeping, spawn_snapshotter
from turnout_command.write.leadership import LeaseConfig
from turnout_command.write.writer import Writer
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.port import JournalError
from turnout_core.journal.valkey import LEASE, ValkeyJournal, call, load_functions
from turnout_core.runtime.startup import read_secret
from turnout_core.runtime.tasks import supervised
from turnout_core.runtime.valkey_client import connect
from turnout_core.web.fallback_routes import add_fallback
from turnout_core.web.identity import Identity, shared_secret
from turnout_core.web.problems import complete_openapi, install_problems

_LEASE_ANSWER_S = 1.0  # a renewal that takes longer is of no use
_MEMORY_LOOK_S = 5.0

log = logging.getLogger("turnout.command")


class Unfit(JournalError):
    """The journal's server could lose what was acknowledged, and the operator wants none of that (``strict``)."""


class CommandService:
    """Everything that writes. Connects to nothing before it is ``running``, so its OpenAPI can be had without a server.

    Making one raises CannotStart where the settings name a secret that is not there.

    Attributes:
        routes: the API; ``mount`` adds them to an app.
        writer: tells who leads, and where.
        metrics: to be rendered.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._given_secret = read_secret(settings.secret_file) if settings.secret_file is not None else None
        self._answers = connect(settings.valkey)
        self._lease = connect(settings.valkey, answer_timeout_s=_LEASE_ANSWER_S)
        self._journal = ValkeyJournal(connect(settings.valkey), self._answers)
        self.metrics = Metrics()
        self.writer = Writer(
            self._journal,
            ValkeyLease(self._lease, settings.lease_s),
            self.metrics,
            config=LeaseConfig(lease_s=settings.lease_s, renew_s=settings.lease_s / 4),
            inspect=self._inspect,
            housekeeping=Housekeeping(
                self._journal,
                lambda: spawn_snapshotter(settings.valkey),
                self.metrics,
                commits=settings.snapshot_commits,
                minutes=settings.snapshot_minutes,
            ).run,
        )
        self._endpoint = CommandEndpoint(self.writer)
        self.routes: list[BaseRoute] = []
        for part in (attendees, events, session):  # in the order in which addresses are compared
            self.routes.extend(part.routes(self._endpoint).routes)

    def mount(self, app: FastAPI) -> None:
        """Adds the routes to ``app``. Not by ``include_router``, which compares each address several times over."""
        app.router.routes.extend(self.routes)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Writer]:
        """Follows, and writes whenever it has the lease.

        Raises:
            Unfit: the server's settings, with ``strict``.
            JournalDamaged: the journal is damaged; the message says where, and what to do.
        """
        try:
            await self.writer.prepare()
            async with (
                supervised(self.writer.run(), "the writer"),
                supervised(self._look_at_memory(), "the look at Valkey's memory"),
            ):
                try:
                    yield self.writer
                finally:
                    await self.writer.drain()
        finally:
            await self._lease.aclose()
            await self._journal.close()

    async def _inspect(self) -> None:
        """Before each term, since the server may be another one by then."""
        await load_functions(self._answers)  # those of this version, whatever an earlier one left there
        self._endpoint.identity = Identity(await self._secret())
        for each in await shortcomings(self._answers):
            if self._settings.strict:
                raise Unfit(f"The journal's server is not durable: {each}")
            log.warning("the journal's server is not durable: %s", each)

    async def _look_at_memory(self) -> None:
        while True:
            with suppress(JournalError):
                used, most = await memory(self._answers)
                self.metrics.memory.set(used)
                self.metrics.memory_max.set(most)
            await asyncio.sleep(_MEMORY_LOOK_S)

    async def _secret(self) -> str:
        return self._given_secret or await shared_secret(self._answers)


async def may_write(valkey: Redis) -> None:
    """Does what only a writer may, and what changes nothing: gives back a lease that nobody has. Raises RedisError."""
    await call(valkey, "turnout_release", [LEASE], ["nobody"])


def create_app(settings: Settings | None = None) -> FastAPI:
    """The command service as an app of its own."""
    service = CommandService(settings or Settings())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with service.running():
            yield

    return compose(service, lifespan)


def compose(service: CommandService, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The app around a ``service`` that somebody else runs, or that ``lifespan`` does."""
    app = FastAPI(title="Turnout: commands", version="1", lifespan=lifespan, openapi_url="/api/openapi.json")
    service.mount(app)
    app.include_router(probes.routes(service.writer, service.metrics))
    install_problems(app, lambda _: service.writer.position())
    add_fallback(app)
    complete_openapi(app, *BODIES)
    return app
