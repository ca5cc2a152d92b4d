"""The composition root of the command service."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from functools import partial

from fastapi import FastAPI
from redis.asyncio import Redis
from starlette.routing import BaseRoute

from turnout_command.http import attendees, choices, events, health, imports, me, moderation, session, unsubscribe
from turnout_command.http.direct_routes import DirectRoutes
from turnout_command.http.endpoint import CommandEndpoint
from turnout_command.http.hosts import guests, invitations, messages, requests, roles, webhooks
from turnout_command.http.openapi_extra import BODIES
from turnout_command.http.push_offer import PushOffer
from turnout_command.http.rate_limits import RateLimits
from turnout_command.http.ways_back import codes, mail, oidc, passkeys, recovery, sign_in
from turnout_command.http.ways_back.oidc_flow import OidcFlow
from turnout_command.metrics import Metrics
from turnout_command.server_check import ReplicationFindings, check_replication, durability_warnings
from turnout_command.settings import Settings
from turnout_command.sign_in.mail.code_mailer import CodeMailer
from turnout_command.sign_in.short_lived import ShortLivedSecrets
from turnout_command.snapshots.aof_rewrite import AofRewriter
from turnout_command.snapshots.due import SnapshotTimes
from turnout_command.snapshots.schedule import SnapshotSchedule, spawn_snapshotter
from turnout_command.write.forget_job import ForgetJob
from turnout_command.write.memory_guard import MemoryGuard
from turnout_command.write.memory_monitor import MemoryMonitor
from turnout_command.write.notifier_inbox import NotifierInbox
from turnout_command.write.operator_inbox import OperatorInbox
from turnout_command.write.replication_monitor import ReplicationMonitor
from turnout_command.write.writer import Writer
from turnout_core.journal.functions import call_function, load_functions
from turnout_core.journal.keys import Keys
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.port import JournalError
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.clock import since_boot_s
from turnout_core.runtime.startup import read_signing_secret
from turnout_core.runtime.tasks import supervised
from turnout_core.runtime.valkey_client import connect, connect_node
from turnout_core.runtime.valkey_url import parse_valkey_url
from turnout_core.web.fallback_routes import add_fallback
from turnout_core.web.identity import Identity, shared_secret
from turnout_core.web.openapi import complete_openapi
from turnout_core.web.problems import install_problems
from turnout_core.web.telemetry import NO_TELEMETRY

_LEASE_TIMEOUT_S = 1.0  # a slower renewal would be too late

log = logging.getLogger("turnout.command")


class ServerNotDurable(JournalError):
    """The journal's server could lose acknowledged commands, and the setting ``strict`` forbids such a server."""


class CommandService:
    """The command service. It connects on ``running``, so its OpenAPI needs no server.

    Raises CannotStart if a secret of the settings cannot be read, or a setting lacks another one.

    Attributes:
        settings: of this process.
        routes: the routes of commands; ``mount`` adds them to an app.
        writer: follows and writes the journal.
        metrics: of this process.
        replication: watches the primary and its replicas.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._keys = Keys()
        self._configured_secret = (
            read_signing_secret(settings.secret_file) if settings.secret_file is not None else None
        )
        self._valkey = connect(settings.valkey)
        self._lease_valkey = connect(settings.valkey, answer_timeout_s=_LEASE_TIMEOUT_S)
        replication = settings.replication()
        self._journal = ValkeyJournal(connect(settings.valkey), self._valkey, self._keys, replication=replication)
        self.metrics = Metrics()
        self._secrets = ShortLivedSecrets()
        memory = MemoryGuard()
        self._memory_monitor = MemoryMonitor(self._valkey, self._keys, memory, self.metrics)
        self.replication = ReplicationMonitor(
            lambda: connect(settings.valkey), settings.replicas, self.metrics, self._replication_warnings
        )
        self.writer = Writer(
            self._journal,
            ValkeyLease(
                self._lease_valkey,
                settings.lease_s,
                self._keys.writer_lease,
                replace(replication, timeout_s=_LEASE_TIMEOUT_S / 2),
            ),
            self.metrics,
            config=settings.lease_config(),
            inspect=self._inspect,
            jobs=[
                SnapshotSchedule(
                    self._journal,
                    lambda: spawn_snapshotter(settings.valkey),
                    self.metrics,
                    rewriter=AofRewriter(self._valkey, partial(connect_node, settings.valkey)),
                    memory=memory,
                    times=SnapshotTimes(settings.snapshot_commits, settings.snapshot_minutes),
                ).run,
                OperatorInbox(self._valkey, self._keys).run,
                NotifierInbox(self._valkey, self._keys).run,
                ForgetJob(settings.forget_days, lambda: self.writer.clock_trouble() is None, self.metrics).run,
            ],
            memory=memory,
            creation=settings.creation_policy(),
        )
        limits = RateLimits(self.metrics.limited, is_on=settings.limits == "on")
        self._endpoint = CommandEndpoint(self.writer, limits, settings.origins, settings.base_path)
        self._mailer = self._make_mailer()
        self._push = PushOffer(
            is_on=settings.push == "on",
            allows_private=settings.push_private == "allow",
            key_file=settings.push_key_file,
        )
        self.routes: list[BaseRoute] = []
        # The first match wins.
        for part in (
            attendees, events, session, recovery, me, requests, invitations, roles, guests, messages, moderation,
            imports,
        ):  # fmt: skip
            self.routes.extend(part.routes(self._endpoint).routes)
        hooks = webhooks.routes(
            self._endpoint,
            is_on=settings.event_webhooks == "on",
            allows_private=settings.webhook_private == "allow",
        )
        self.routes.extend(hooks.routes)
        self.routes.extend(choices.routes(self._endpoint, self._push).routes)
        self.routes.extend(unsubscribe.routes(self._endpoint).routes)
        self.routes.extend(self._ways_back())

    def _make_mailer(self) -> CodeMailer | None:
        mailer = self.settings.mailer()
        if mailer is None:
            return None
        return CodeMailer(self._secrets.mail_codes, mailer, lambda result: self.metrics.mails.labels(result).inc())

    def _make_oidc_flow(self) -> OidcFlow | None:
        config = self.settings.oidc_config()
        if config is None:
            return None
        # Its libraries take a fifth of the time of a start.
        from turnout_command.sign_in.oidc.relying_party import RelyingParty  # noqa: PLC0415

        sign_ins, group = self.metrics.sign_ins, self.settings.moderator_group
        return OidcFlow(
            self._endpoint, RelyingParty(config), group, lambda outcome: sign_ins.labels("provider", outcome).inc()
        )

    def _ways_back(self) -> list[BaseRoute]:
        endpoint, secrets, clock = self._endpoint, self._secrets, since_boot_s
        flow = self._make_oidc_flow()
        provider = flow.name if flow is not None else None
        return [
            *codes.routes(endpoint, secrets.device_codes, clock).routes,
            *mail.routes(endpoint, secrets.mail_codes, self._mailer, clock).routes,
            *passkeys.routes(endpoint, secrets, clock).routes,
            *oidc.routes(endpoint, flow).routes,
            *sign_in.routes(
                endpoint, secrets, clock, self.metrics, has_mail=self._mailer is not None, provider=provider
            ).routes,
        ]

    def mount(self, app: FastAPI) -> None:
        """Adds the routes to ``app``. Call it after other middleware is added, so that commands do not pass that."""
        app.router.routes.extend(self.routes)
        app.add_middleware(DirectRoutes, routes=self.routes)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Writer]:
        """Follows the journal, and writes while it has the lease.

        Raises:
            ServerNotDurable: the server is not durable, and ``strict`` is set.
            JournalDamaged: the journal is damaged; the message has the place and the remedy.
            NewerFormat: a newer version has written the journal.
        """
        try:
            await self.writer.prepare()
            async with (
                supervised(self.writer.run(), "the writer"),
                supervised(self._memory_monitor.run(), "the monitor of Valkey's memory"),
                supervised(self.replication.run(), "the monitor of Valkey's replicas"),
                supervised(self._mailer.run(), "the queue of mails") if self._mailer is not None else nullcontext(),
            ):
                try:
                    yield self.writer
                finally:
                    await self.writer.drain()
        finally:
            await self._lease_valkey.aclose()
            await self._journal.close()

    async def try_access(self, valkey: Redis) -> None:
        """Checks the permissions of a writer: releases a lease of an unused name. Raises RedisError."""
        await call_function(valkey, "turnout_release", [self._keys.lease, self._keys.holder], ["no owner"])

    async def _inspect(self) -> None:
        """Prepares and checks the server before each term, since it may have been replaced meanwhile."""
        await load_functions(self._valkey)  # the server may have those of an earlier version
        await self._memory_monitor.read()  # so that the first command of a term is refused, too, if there is no room
        secret = await self._secret()
        self._endpoint.identity = Identity(secret)
        self._push.use_secret(secret)
        for each in await durability_warnings(self._valkey):
            if self.settings.strict:
                raise ServerNotDurable(f"The journal's server is not durable: {each}")
            log.warning("the journal's server is not durable: %s", each)
        if self.settings.strict:
            for each in (await self._check_replication()).unsafe:
                raise ServerNotDurable(f"The journal's server is not durable: {each}")

    async def _replication_warnings(self) -> list[str]:
        """One sentence for each fault of the replicas. Raises Unreachable."""
        found = await self._check_replication()
        return [*found.unsafe, *found.unknown]

    async def _check_replication(self) -> ReplicationFindings:
        url = self.settings.valkey
        return await check_replication(
            self._valkey,
            self.settings.replicas,
            partial(connect_node, url),
            may_fail_over=parse_valkey_url(url).topology != "server",
        )

    async def _secret(self) -> str:
        return self._configured_secret or await shared_secret(self._valkey, self._keys)


def create_app(service: CommandService) -> FastAPI:
    """The HTTP interface of ``service``; the caller runs the service."""
    app = FastAPI(title="Turnout: commands", version="1", openapi_url="/api/openapi.json", telemetry=NO_TELEMETRY)
    service.mount(app)
    app.include_router(health.routes(service.writer, service.replication, service.metrics, service.settings.metrics))
    install_problems(app, lambda _: service.writer.position())
    add_fallback(app)
    complete_openapi(app, *BODIES)
    return app
