"""The composition root of a notifier. A notifier process serves ``create_app``; `turnout up` runs the service alone."""

import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from redis.asyncio import Redis

from turnout_core.journal.keys import Keys
from turnout_core.journal.leadership import LeaseTimes
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.startup import read_signing_secret
from turnout_core.runtime.tasks import supervised
from turnout_core.runtime.valkey_client import connect
from turnout_core.web.fallback_routes import add_fallback
from turnout_core.web.identity import shared_secret
from turnout_core.web.problems import install_problems
from turnout_core.web.signed_links import SignedLinks
from turnout_core.web.telemetry import NO_TELEMETRY
from turnout_core.web.webhook_secrets import WebhookSecrets
from turnout_notifier.channels.on_first_use import OnFirstUse
from turnout_notifier.channels.operator_webhooks import SignedTarget, read_operator_webhooks
from turnout_notifier.channels.port import Channel
from turnout_notifier.channels.writer_requests import WriterRequests
from turnout_notifier.http import health
from turnout_notifier.notifier import Notifier
from turnout_notifier.plan.validity import examine
from turnout_notifier.plan.webhooks import WebhookPlan
from turnout_notifier.queue.valkey import ValkeyQueue
from turnout_notifier.sending.sender import Route
from turnout_notifier.settings import Settings

if TYPE_CHECKING:
    from turnout_core.web.vapid import VapidKey
    from turnout_notifier.outgoing.client import OutgoingHttp

_LEASE_TIMEOUT_S: Final = 1.0  # a slower renewal would be too late
_MAILS_AT_A_TIME: Final = 4  # connections to the mail server
_POSTS_AT_A_TIME: Final = 20  # of each kind: a receiver that stalls holds one up

log = logging.getLogger("turnout.notifier")


class NotifierService:
    """A notifier with its connections to Valkey. It connects only within ``running``.

    Raises CannotStart if a secret of ``settings`` cannot be read, or a setting lacks another one.

    Args:
        site: public address of the site, if ``settings`` has none.

    Attributes:
        notifier: ready once its replica is up to date.
    """

    def __init__(self, settings: Settings, site: str | None = None) -> None:
        self._keys = Keys()
        self._secret = read_signing_secret(settings.secret_file) if settings.secret_file is not None else None
        self._site = settings.url or site
        self._valkey = connect(settings.valkey)
        self._lease_valkey = connect(settings.valkey, answer_timeout_s=_LEASE_TIMEOUT_S)
        self._journal = ValkeyJournal(self._valkey, connect(settings.valkey), self._keys)
        self._queue = ValkeyQueue(self._valkey, self._keys.notifier)
        self._writer = WriterRequests(self._valkey, self._keys)
        self._clients: list[OutgoingHttp] = []
        operators = self._read_operators(settings)
        webhooks = WebhookPlan(operators, settings.event_webhooks == "on")
        times = LeaseTimes()
        self.notifier = Notifier(
            self._journal,
            ValkeyLease(self._lease_valkey, times.lease_s, self._keys.notifier.lease),
            self._queue,
            [
                *self._mail_route(settings),
                *self._push_route(settings),
                self._webhook_route(settings, operators, webhooks),
            ],
            plan_commits=webhooks.plan,
            times=times,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Notifier]:
        """Runs the notifier, and drains it at the end."""
        try:
            async with supervised(self.notifier.run(), "the notifier"):
                try:
                    yield self.notifier
                finally:
                    await self.notifier.drain()
        finally:
            for each in self._clients:
                await each.aclose()
            await self._lease_valkey.aclose()
            await self._journal.close()

    async def try_access(self, valkey: Redis) -> None:
        """Tries the reads, subscriptions and scripts that a notifier needs, without effect. Raises RedisError."""
        await valkey.hlen(self._keys.head)
        async with valkey.pubsub() as pubsub:
            await pubsub.ssubscribe(self._keys.changes)
            await pubsub.get_message(timeout=1)
        await valkey.eval("return redis.call('ZREM', KEYS[1], '')", 1, self._keys.notifier.queue("mail"))

    def _mail_route(self, settings: Settings) -> list[Route]:
        """The route of mail; none without a mail server, or without the address with which links begin."""
        mailer = settings.mailer()
        if mailer is None:
            return []
        if self._site is None:
            log.warning("no notices are mailed: set TURNOUT_URL, the public address of the site, for the links in them")
            return []
        # Its templates and calendars take 4 MB.
        from turnout_notifier.channels.mail import MailChannel  # noqa: PLC0415
        from turnout_notifier.render.mail import MailStyle  # noqa: PLC0415

        site = self._site

        async def style() -> MailStyle:
            return MailStyle(mailer.sender, site, SignedLinks(await self._read_secret()))

        channel = MailChannel(mailer, style, self._writer.report_bounce)
        return [Route("mail", channel, examine, is_gathered=True, parallel=_MAILS_AT_A_TIME)]

    def _push_route(self, settings: Settings) -> list[Route]:
        """The route of push; none if it is off."""
        if settings.push == "off":
            return []
        configured = _read_push_key(settings.push_key_file) if settings.push_key_file is not None else None
        contact = self._site if self._site is not None and self._site.startswith("https:") else ""

        def make() -> Channel:
            from turnout_core.web.vapid import VapidKey  # noqa: PLC0415
            from turnout_notifier.channels.push import PushChannel  # noqa: PLC0415
            from turnout_notifier.channels.push_token import PushTokens  # noqa: PLC0415

            made: list[PushTokens] = []

            async def tokens() -> PushTokens:
                if not made:
                    key = configured or VapidKey.derive(await self._read_secret())
                    made.append(PushTokens(key, contact, time.time))
                return made[0]

            http = self._client(allows_private=settings.push_private == "allow")
            return PushChannel(http, tokens, self._writer.forget_push)

        return [Route("push", OnFirstUse(make), examine, is_gathered=False, parallel=_POSTS_AT_A_TIME)]

    def _webhook_route(self, settings: Settings, operators: Mapping[str, SignedTarget], plan: WebhookPlan) -> Route:

        def make() -> Channel:
            from turnout_notifier.channels.webhook import WebhookChannel  # noqa: PLC0415

            async def secrets() -> WebhookSecrets:
                return WebhookSecrets(await self._read_secret())

            http = self._client(allows_private=settings.webhook_private == "allow")
            return WebhookChannel(http, secrets, operators, self._writer.forget_webhook)

        return Route("webhook", OnFirstUse(make), plan.examine, is_gathered=False, parallel=_POSTS_AT_A_TIME)

    def _client(self, *, allows_private: bool) -> "OutgoingHttp":
        from turnout_notifier.outgoing.client import OutgoingHttp  # noqa: PLC0415

        client = OutgoingHttp(allows_private=allows_private)
        self._clients.append(client)
        return client

    def _read_operators(self, settings: Settings) -> Mapping[str, SignedTarget]:
        if settings.webhooks is None:
            return {}
        return read_operator_webhooks(settings.webhooks, allows_private=settings.webhook_private == "allow")

    async def _read_secret(self) -> str:
        if self._secret is None:
            self._secret = await shared_secret(self._valkey, self._keys)
        return self._secret


def _read_push_key(file: Path) -> "VapidKey":
    from turnout_core.web.vapid import VapidKey  # noqa: PLC0415 - its library takes 8 MB

    return VapidKey.read(file)


def create_app(service: NotifierService, settings: Settings) -> FastAPI:
    """The HTTP interface of ``service``: health and metrics; the caller runs the service."""
    app = FastAPI(title="Turnout notifier", version="0.1.0", telemetry=NO_TELEMETRY)
    install_problems(app, lambda _: None)
    app.include_router(health.routes(service.notifier, settings.metrics))
    add_fallback(app)
    return app
