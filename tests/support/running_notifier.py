"""A running notifier, and people with mail addresses whose events it follows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from mail_server import MailServer
from running_service import Guest, RunningService
from waiting import until

from turnout_core.domain.person_commands import SetMail
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect
from turnout_notifier.app import NotifierService
from turnout_notifier.notifier import Notifier
from turnout_notifier.settings import Settings

SITE: Final = "https://events.example/turnout"


@asynccontextmanager
async def notifying(valkey_url: str, server: MailServer, **settings: Any) -> AsyncIterator[Notifier]:
    """A notifier that sends by ``server``, and that leads if no other one does."""
    mail = {"smtp": f"smtp://127.0.0.1:{server.port}", "mail_from": "Turnout <turnout@here.example>", "url": SITE}
    service = NotifierService(Settings(valkey=valkey_url, **{**mail, **settings}))
    async with service.running() as notifier:
        await until(notifier.is_ready)
        yield notifier


async def until_planning(valkey_url: str) -> None:
    """Waits until a notifier has noted where it begins. On a new server, only what happens from then on is sent."""
    async with asyncio.timeout(30), connect(valkey_url) as valkey:
        while not await valkey.exists(Keys().notifier.cursor):  # noqa: ASYNC110 - the server tells no change
            await asyncio.sleep(0.005)


async def person_with_mail(service: RunningService, name: str) -> Guest:
    """A guest who has confirmed the address ``<name>@here.example``."""
    guest = await service.guest(name)
    await service.command.writer.committer().submit(SetMail(mail=address_of(name)), guest.id)
    return guest


def address_of(name: str) -> str:
    return f"{name.lower()}@here.example"
