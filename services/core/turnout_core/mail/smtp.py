"""Sends one mail to an SMTP server (RFC 5321), and tells temporary failures from permanent ones."""

import asyncio
import re
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Final

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from turnout_core.mail.port import MailFailed
from turnout_core.mail.smtp_server import SmtpServer

_STEP_S: Final = 10.0  # connecting, or one reply
_WHOLE_S: Final = 30.0  # RFC 5321 allows minutes, but somebody waits for this mail
_PERMANENT: Final = range(500, 600)  # replies (RFC 5321 section 4.2.1)
# No such mailbox, or no such domain (RFC 5321 section 4.2.3; RFC 3463 section 3.2). 5.7.x is a policy of the server.
_NO_MAILBOX: Final = frozenset({550, 553, "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_ENHANCED: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")  # RFC 3463


@dataclass(frozen=True, slots=True)
class SmtpConfig:
    """Where mail goes, and who sends it.

    Attributes:
        tls_context: trusts the authorities of this machine, or those of ``SSL_CERT_FILE``.
        step_s: seconds for the connection, and for each reply.
        whole_s: seconds for the whole transmission.
    """

    server: SmtpServer
    sender: Address
    password: str | None = field(default=None, repr=False)
    tls_context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    step_s: float = _STEP_S
    whole_s: float = _WHOLE_S


class SmtpMailer:
    """Satisfies ``Mailer`` with one connection for each mail."""

    def __init__(self, config: SmtpConfig) -> None:
        self.config = config

    @property
    def sender(self) -> Address:
        return self.config.sender

    async def send(self, message: EmailMessage) -> None:
        await transmit(message, self.config)


async def transmit(message: EmailMessage, config: SmtpConfig) -> None:
    """Sends ``message`` to the address of its header ``To``. Raises MailFailed."""
    server = config.server
    client = SMTP(
        hostname=server.host,
        port=server.port,
        local_hostname=config.sender.domain,  # aiosmtplib would ask the DNS for a name
        timeout=config.step_s,
        use_tls=server.tls == "implicit",
        start_tls=server.tls == "starttls",
        tls_context=config.tls_context if server.tls != "none" else None,
        username=server.user,
        password=config.password,
    )
    is_accepted = False
    try:
        async with asyncio.timeout(config.whole_s), client:
            await client.send_message(message)
            is_accepted = True
    except (SMTPException, OSError, TimeoutError) as error:
        if not is_accepted:  # afterwards only the farewell can fail
            raise _failure(error) from None


def _failure(error: Exception) -> MailFailed:
    is_refused_recipient = isinstance(error, SMTPRecipientsRefused)
    if isinstance(error, SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, SMTPResponseException):
        enhanced = _ENHANCED.match(error.message)
        code = f"{error.code} {enhanced[0]}" if enhanced is not None else str(error.code)
        is_permanent = error.code in _PERMANENT
        has_bounced = is_permanent and (
            enhanced[0] in _NO_MAILBOX if enhanced is not None else is_refused_recipient and error.code in _NO_MAILBOX
        )
        return MailFailed(f"the mail server replied {code}", is_permanent=is_permanent, has_bounced=has_bounced)
    if isinstance(error, SMTPNotSupported):
        return MailFailed("the mail server does not support SMTPUTF8", is_permanent=True)
    return MailFailed(str(error) or type(error).__name__, is_permanent=False)
