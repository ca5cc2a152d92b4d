"""Notices by mail, from a command to a real SMTP server."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from mail_server import MailServer, mail_server
from running_notifier import SITE, address_of, notifying, person_with_mail, until_planning
from running_service import DRAFT, Guest, RunningService
from waiting import until

from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def subjects(server: MailServer, name: str) -> list[str]:
    """The subjects of the mails to a person, oldest first."""
    return [str(mail["Subject"]) for mail in server.mails if mail["To"] == address_of(name)]


async def create(host: Guest, **fields: Any) -> str:
    return str((await host("POST", "/api/events", DRAFT | fields)).json()["id"])


async def test_a_person_who_moves_up_gets_a_mail(service: RunningService, valkey_url: str, server: MailServer) -> None:
    async with notifying(valkey_url, server):
        await until_planning(valkey_url)
        ada, bob = [await service.guest(name) for name in ("Ada", "Bob")]
        carl = await person_with_mail(service, "Carl")
        event = await create(ada, capacity=1)
        await bob("POST", f"/api/events/{event}/attendees", {"party": 1})
        await carl("POST", f"/api/events/{event}/attendees", {"party": 1})
        await bob("DELETE", f"/api/events/{event}/attendees/me")
        await until(lambda: subjects(server, "Carl") == ["You have a seat: Board games"])
    mail = server.mails[0]
    text = mail.get_body(("plain",))
    assert text is not None
    assert f"{SITE}/events/{event}" in text.get_content()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(mail["List-Unsubscribe"]).startswith(f"<{SITE}/unsubscribe/")


async def test_several_notices_of_a_moment_are_one_mail(
    service: RunningService, valkey_url: str, server: MailServer
) -> None:
    async with notifying(valkey_url, server):
        await until_planning(valkey_url)
        ada, carl = await service.guest("Ada"), await person_with_mail(service, "Carl")
        events = [await create(ada, title=f"Evening {number}") for number in range(3)]
        for event in events:
            await carl("POST", f"/api/events/{event}/attendees", {"party": 1})
        await asyncio.gather(*(ada("POST", f"/api/events/{event}/cancel") for event in events))
        await until(lambda: subjects(server, "Carl") != [])
    assert subjects(server, "Carl") == ["Called off: Evening 0, and 2 more"]


async def test_notices_from_before_the_first_start_are_not_sent(
    service: RunningService, valkey_url: str, server: MailServer
) -> None:
    ada, carl = await service.guest("Ada"), await person_with_mail(service, "Carl")
    old, new = [await create(ada, title=title) for title in ("Old", "New")]
    for event in (old, new):
        await carl("POST", f"/api/events/{event}/attendees", {"party": 1})
    await ada("POST", f"/api/events/{old}/cancel")
    async with notifying(valkey_url, server):
        await until_planning(valkey_url)
        await ada("POST", f"/api/events/{new}/cancel")
        await until(lambda: subjects(server, "Carl") == ["Called off: New"])


async def test_notices_during_a_pause_of_all_notifiers_are_sent_afterwards_and_once(
    service: RunningService, valkey_url: str, server: MailServer
) -> None:
    ada, carl = await service.guest("Ada"), await person_with_mail(service, "Carl")
    first, second = [await create(ada, title=title) for title in ("First", "Second")]
    for event in (first, second):
        await carl("POST", f"/api/events/{event}/attendees", {"party": 1})
    async with notifying(valkey_url, server):
        await until_planning(valkey_url)
    await ada("POST", f"/api/events/{first}/cancel")
    async with notifying(valkey_url, server):
        await until(lambda: subjects(server, "Carl") == ["Called off: First"])
    async with connect(valkey_url) as valkey:
        await valkey.delete(Keys().notifier.paced)
    async with notifying(valkey_url, server):
        await ada("POST", f"/api/events/{second}/cancel")
        await until(lambda: subjects(server, "Carl") == ["Called off: First", "Called off: Second"])


async def test_an_address_that_does_not_exist_gets_nothing_more(
    service: RunningService, valkey_url: str, server: MailServer
) -> None:
    async with notifying(valkey_url, server):
        await until_planning(valkey_url)
        ada, carl = await service.guest("Ada"), await person_with_mail(service, "Carl")
        event = await create(ada)
        await carl("POST", f"/api/events/{event}/attendees", {"party": 1})
        server.replies.append("550 5.1.1 no such mailbox")
        await ada("POST", f"/api/events/{event}/cancel")
        await until(lambda: service.command.writer.committer().state.users[carl.id].bounced)
    assert server.mails == []
