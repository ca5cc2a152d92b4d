"""The composition root of a notifier. A notifier process serves ``create_app``; `turnout up` runs the service alone."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

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
from turnout_notifier.channels.mail import MailChannel
from turnout_notifier.channels.writer_requests import WriterRequests
from turnout_notifier.http import health
from turnout_notifier.notifier import Notifier
from turnout_notifier.plan.validity import examine
from turnout_notifier.queue.valkey import ValkeyQueue
from turnout_notifier.render.mail import MailStyle
from turnout_notifier.sending.sender import Route
from turnout_notifier.settings import Settings

_LEASE_TIMEOUT_S: Final = 1.0  # a slower renewal would be too late
_MAILS_AT_A_TIME: Final = 4  # connections to the mail server

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
        times = LeaseTimes()
        self.notifier = Notifier(
            self._journal,
            ValkeyLease(self._lease_valkey, times.lease_s, self._keys.notifier.lease),
            self._queue,
            [*self._mail_route(settings)],
            plan_commits=lambda _, __: (),
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
            await self._lease_valkey.aclose()
            await self._journal.close()

    async def try_access(self, valkey: Redis) -> None:
        """Tries the reads, subscriptions and scripts that a notifier needs, without effect. Raises RedisError."""
        await valkey.hlen(self._keys.head)
        async with valkey.pubsub() as pubsub:
            await pubsub.subscribe(self._keys.changes)
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
        site = self._site

        async def style() -> MailStyle:
            return MailStyle(mailer.sender, site, SignedLinks(await self._read_secret()))

        channel = MailChannel(mailer, style, WriterRequests(self._valkey, self._keys).report_bounce)
        return [Route("mail", channel, examine, is_gathered=True, parallel=_MAILS_AT_A_TIME)]

    async def _read_secret(self) -> str:
        if self._secret is None:
            self._secret = await shared_secret(self._valkey, self._keys)
        return self._secret


def create_app(service: NotifierService, settings: Settings) -> FastAPI:
    """The HTTP interface of ``service``: health and metrics; the caller runs the service."""
    app = FastAPI(title="Turnout notifier", version="0.1.0", telemetry=NO_TELEMETRY)
    install_problems(app, lambda _: None)
    app.include_router(health.routes(service.notifier, settings.metrics))
    add_fallback(app)
    return app
