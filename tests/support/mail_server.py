"""A real SMTP server (aiosmtpd) in a thread, which collects mails and replies as a test wants."""

import asyncio
import ssl
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_string
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class MailServer:
    """The replies of the server, and all it has received.

    Attributes:
        port: on the loopback address.
        replies: replies to the next recipients, before it accepts all others.
        mails: all mails that it accepted.
        recipients: of all commands RCPT, as they came.
        logins: user and password of each accepted login.
    """

    port: int = 0
    replies: deque[str] = field(default_factory=deque)
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    def codes(self, address: str) -> list[str]:
        """The codes that were mailed to ``address``, oldest first."""
        return [str(mail["Subject"]).split()[-1] for mail in self.mails if mail["To"] == address]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it by this name
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        self.recipients.append(address)
        if self.replies:
            return self.replies.popleft()
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_string(content.decode(), policy=SMTPUTF8)  # BytesParser takes headers for ASCII
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 2.0.0 Accepted"

    def authenticate(self, _: SMTP, __: Session, ___: Envelope, ____: str, login: Any) -> AuthResult:
        is_right = isinstance(login, LoginPassword) and login.password == b"right"
        if is_right:
            self.logins.append((login.login, login.password))
        return AuthResult(success=is_right, handled=False)


class Authority:
    """A made-up certificate authority, and the TLS contexts of a server and of a client that trusts it."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def server_context(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(name).configure_cert(context)
        return context

    def client_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self._ca.configure_trust(context)
        return context


class _ControllerOnAnyPort(Controller):
    """A controller whose port the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd is typed in part


@contextmanager
def mail_server(
    starttls: ssl.SSLContext | None = None, server: MailServer | None = None, **options: Any
) -> Iterator[MailServer]:
    """Runs a server on a free port; with ``starttls`` it demands that. ``options`` are those of aiosmtpd's SMTP."""
    server = server or MailServer()
    if options.get("auth_required"):
        options["authenticator"] = server.authenticate
    controller = _ControllerOnAnyPort(
        server,
        hostname="127.0.0.1",
        port=0,
        tls_context=starttls,
        require_starttls=starttls is not None,
        enable_SMTPUTF8=True,
        **options,
    )
    controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        controller.stop()
