"""Mail servers that hang, flood, or drop the connection: nothing is lost, and all other mails are sent."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.headerregistry import Address
from typing import Final, get_args

import pytest
from bad_mail_server import BadMailServer, Fault, bad_mail_server
from sender_scene import SenderScene, sender_queue
from waiting import until

from turnout_core.mail.smtp import SmtpConfig, SmtpMailer
from turnout_core.mail.smtp_server import SmtpServer
from turnout_core.web.signed_links import SignedLinks
from turnout_notifier.channels.mail import MailChannel
from turnout_notifier.plan.retries import next_attempt_s
from turnout_notifier.render.mail import MailStyle

_SENDER: Final = Address("Turnout", "turnout", "here.example")
_REPLY_S: Final = 0.5  # for which a reply is awaited
_FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)


@asynccontextmanager
async def sending(server: BadMailServer, valkey_url: str) -> AsyncIterator[SenderScene]:
    """A sender whose mails go to the server."""
    config = SmtpConfig(
        SmtpServer("127.0.0.1", server.port, "none", None), _SENDER, None, ssl.create_default_context(), _REPLY_S
    )

    async def style() -> MailStyle:
        return MailStyle(_SENDER, "https://events.example", SignedLinks("a secret for tests"))

    async def report_bounce(user: str, _: str) -> None:
        raise AssertionError(f"no address of {user} bounced")

    async with sender_queue(valkey_url) as queue:
        scene = SenderScene(queue, MailChannel(SmtpMailer(config), style, report_bounce))
        async with scene.sending():
            yield scene


@pytest.mark.parametrize("fault", [each for each in _FAULTS if each != "drop after the answer"])
async def test_a_mail_that_was_not_answered_is_sent_again_with_its_id(fault: Fault, valkey_url: str) -> None:
    async with bad_mail_server(fault) as server, sending(server, valkey_url) as scene:
        await scene.tell(scene.people[0])
        await scene.until_due(scene.now_ms + 5_000)
        [queued] = await scene.waiting()
        assert queued.attempts == 1
        await scene.tell(scene.people[1])  # while the first mail waits
        await until(lambda: len(server.accepted) == 1)
        scene.now_ms += 5_000
        scene.sender.wake()
        await scene.is_empty()
        assert await scene.queue.dead_count() == 0
    assert [str(each["To"]) for each in server.accepted] == [
        f"{each}@here.example" for each in (scene.people[1], scene.people[0])
    ]
    assert len(server.received) == (3 if fault == "drop before the answer" else 2)
    assert len({str(each["Message-ID"]) for each in server.received}) == 2  # one for each person


async def test_a_mail_that_was_answered_is_not_sent_again(valkey_url: str) -> None:
    async with bad_mail_server("drop after the answer") as server, sending(server, valkey_url) as scene:
        await scene.tell(scene.people[0])
        await scene.is_empty()
        assert await scene.queue.dead_count() == 0
    assert len(server.accepted) == 1


async def test_a_session_that_hangs_holds_up_no_other_mail(valkey_url: str) -> None:
    async with bad_mail_server("hang after the greeting") as server, sending(server, valkey_url) as scene:
        await scene.tell(scene.people[0])
        await until(lambda: bool(server.tasks) and not server.faults)
        await scene.tell(scene.people[1])
        await until(lambda: len(server.accepted) == 1)
        assert str(server.accepted[0]["To"]) == f"{scene.people[1]}@here.example"


async def test_a_server_that_never_answers_ends_as_a_dead_letter_after_a_day(valkey_url: str) -> None:
    faults: list[Fault] = ["drop before the answer"] * 100
    async with bad_mail_server(*faults) as server, sending(server, valkey_url) as scene:
        began_ms = scene.now_ms
        await scene.tell(scene.people[0])
        attempts = 1
        while (pause_s := next_attempt_s(attempts)) is not None:
            await scene.until_due(scene.now_ms + round(pause_s * 1000))
            scene.now_ms += round(pause_s * 1000)
            scene.sender.wake()
            attempts += 1
        await scene.is_empty()
        [letter] = await scene.queue.dead_letters()
    assert letter.queued.attempts == attempts == len(server.received)
    assert scene.now_ms - began_ms > 23 * 3_600_000
    assert len({str(each["Message-ID"]) for each in server.received}) == 1
