"""Transmission to real SMTP servers: encryption, login, replies, and servers that hang."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from mail_server import Authority, mail_server

from turnout_command.sign_in.codes import MailPurpose
from turnout_command.sign_in.mail.code_message import CodeMail, code_message
from turnout_core.mail.port import MailFailed
from turnout_core.mail.smtp import SmtpConfig, transmit
from turnout_core.mail.smtp_server import SmtpServer, Tls

_SENDER = Address("Turnout", "turnout", "here.example")


def _mail(address: str = "anna@here.example") -> EmailMessage:
    return code_message(CodeMail("012345", MailPurpose(address)), _SENDER, datetime.now(UTC), "abc")


def _config(
    port: int,
    tls: Tls = "none",
    *,
    host: str = "127.0.0.1",
    password: str | None = None,
    trust: ssl.SSLContext | None = None,
    step_s: float = 10,
    whole_s: float = 30,
) -> SmtpConfig:
    server = SmtpServer(host, port, tls, "postbox" if password is not None else None)
    context = trust if trust is not None else ssl.create_default_context()
    return SmtpConfig(server, _SENDER, password, context, step_s, whole_s)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 587, "starttls", None)),
        ("smtp://me%40here.example@mail.example:2525", SmtpServer("mail.example", 2525, "starttls", "me@here.example")),
        ("smtp://localhost", SmtpServer("localhost", 25, "none", None)),
        ("smtp://me@[::1]", SmtpServer("::1", 25, "none", "me")),
        ("smtp+starttls://127.0.0.1", SmtpServer("127.0.0.1", 587, "starttls", None)),
        ("smtps://mail.example/", SmtpServer("mail.example", 465, "implicit", None)),
        ("smtp+plain://mailpit:1025", SmtpServer("mailpit", 1025, "none", None)),
    ],
)
def test_the_address_of_the_server(url: str, server: SmtpServer) -> None:
    assert SmtpServer.parse(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example:99999", "smtp://mail.example/path",
        "smtp://me:secret@mail.example", "smtp+plain://me@mail.example", "smtp://mail.example?tls=no", "smtp://[::1",
    ],
)  # fmt: skip
def test_a_wrong_address_of_the_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"^must ") as refused:
        SmtpServer.parse(url)
    assert "secret" not in str(refused.value)


def test_a_config_does_not_show_its_password() -> None:
    assert "hidden" not in repr(_config(1, password="hidden"))


async def test_a_mail_arrives() -> None:
    with mail_server() as server:
        await transmit(_mail(), _config(server.port))
    assert server.codes("anna@here.example") == ["012345"]
    assert server.mails[0]["From"] == "Turnout <turnout@here.example>"


@pytest.mark.parametrize(
    ("address", "recipient"),
    [("bob@bücher.example", "bob@xn--bcher-kva.example"), ("δοκιμή@here.example", "δοκιμή@here.example")],
)
async def test_a_mail_arrives_at_an_internationalised_address(address: str, recipient: str) -> None:
    with mail_server() as server:
        await transmit(_mail(address), _config(server.port))
    assert server.recipients == [recipient]
    assert [each.addr_spec for each in server.mails[0]["To"].addresses] == [recipient]


async def test_starttls_and_login() -> None:
    authority = Authority()
    with mail_server(authority.server_context("localhost"), auth_required=True) as server:
        config = _config(server.port, "starttls", host="localhost", password="right", trust=authority.client_context())
        await transmit(_mail(), config)
    assert server.logins == [(b"postbox", b"right")]
    assert len(server.mails) == 1


async def test_a_wrong_password_is_a_permanent_failure() -> None:
    authority = Authority()
    with mail_server(authority.server_context("localhost"), auth_required=True) as server:
        config = _config(server.port, "starttls", host="localhost", password="wrong", trust=authority.client_context())
        with pytest.raises(MailFailed, match=r"replied 535") as failed:
            await transmit(_mail(), config)
    assert failed.value.is_permanent
    assert server.mails == []


@pytest.mark.parametrize("name", ["localhost", "other.example"])
async def test_a_certificate_that_is_not_trusted_or_not_of_this_name_gets_no_mail(name: str) -> None:
    authority = Authority()
    trust = authority.client_context() if name == "other.example" else None
    with mail_server(authority.server_context(name)) as server:
        with pytest.raises(MailFailed, match=r"certificate verify failed"):
            await transmit(_mail(), _config(server.port, "starttls", host="localhost", trust=trust))
        assert server.recipients == []


async def test_a_server_without_starttls_gets_no_mail() -> None:
    with mail_server() as server:
        with pytest.raises(MailFailed, match=r"STARTTLS"):
            await transmit(_mail(), _config(server.port, "starttls"))
        assert server.recipients == []


@pytest.mark.parametrize(
    ("reply", "reason", "is_permanent", "has_bounced"),
    [
        ("450 4.2.1 anna@here.example is busy", "the mail server replied 450 4.2.1", False, False),
        ("452 too many for anna@here.example", "the mail server replied 452", False, False),
        ("550 5.1.1 no mailbox anna@here.example", "the mail server replied 550 5.1.1", True, True),
        ("550 no mailbox anna@here.example", "the mail server replied 550", True, True),
        ("550 5.7.1 anna@here.example takes no mail of yours", "the mail server replied 550 5.7.1", True, False),
        ("552 anna@here.example is full", "the mail server replied 552", True, False),
    ],
)
async def test_a_refusal_is_temporary_or_permanent_and_names_no_address(
    reply: str, reason: str, *, is_permanent: bool, has_bounced: bool
) -> None:
    with mail_server() as server:
        server.replies.append(reply)
        with pytest.raises(MailFailed) as failed:
            await transmit(_mail(), _config(server.port))
    assert str(failed.value) == reason
    assert (failed.value.is_permanent, failed.value.has_bounced) == (is_permanent, has_bounced)


async def test_a_server_without_smtputf8_cannot_reach_every_address() -> None:
    async with _scripted([b"220 here\r\n", b"250 here\r\n", b"221 bye\r\n"]) as port:
        with pytest.raises(MailFailed, match=r"SMTPUTF8") as failed:
            await transmit(_mail("δοκιμή@here.example"), _config(port))
    assert failed.value.is_permanent


@pytest.mark.parametrize("replies", [[], [b"220 here\r\n"], [b"220-he"], [b"220 here\r\n", b"250 here\r\n"]])
async def test_a_server_that_hangs_is_a_temporary_failure(replies: list[bytes]) -> None:
    async with _scripted(replies) as port:
        with pytest.raises(MailFailed) as failed:
            await transmit(_mail(), _config(port, step_s=0.1))
    assert not failed.value.is_permanent


async def test_a_server_that_replies_slowly_has_a_limit_for_the_whole() -> None:
    endless = [b"220-here\r\n" for _ in range(30)]
    async with _scripted(endless, pause_s=0.02) as port:
        with pytest.raises(MailFailed) as failed:
            await transmit(_mail(), _config(port, whole_s=0.2))
    assert not failed.value.is_permanent


async def test_a_mail_that_is_accepted_counts_even_if_the_server_hangs_afterwards() -> None:
    replies = [b"220 here\r\n", b"250 here\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"250 ok\r\n"]
    async with _scripted(replies) as port:
        await transmit(_mail(), _config(port, step_s=0.3, whole_s=0.5))


async def test_a_server_that_does_not_listen_is_a_temporary_failure() -> None:
    async with _scripted([]) as port:
        pass
    with pytest.raises(MailFailed) as failed:
        await transmit(_mail(), _config(port))
    assert not failed.value.is_permanent


@contextlib.asynccontextmanager
async def _scripted(replies: list[bytes], pause_s: float = 0) -> AsyncIterator[int]:
    """A server that sends the first reply at once, the others after a line each, and then nothing more."""
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        is_data = False
        for index, reply in enumerate(replies):
            if index and not reply.startswith(b"220-"):
                line = await reader.readline()
                while is_data and line not in {b".\r\n", b""}:
                    line = await reader.readline()
            is_data = reply.startswith(b"354")
            writer.write(reply)
            await asyncio.sleep(pause_s)
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*connections)
