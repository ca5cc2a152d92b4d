"""The settings of mail, and what they make together."""

from email.headerregistry import Address
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from turnout_command.sign_in.mail.addresses import parse_sender
from turnout_command.sign_in.mail.smtp import SmtpConfig, SmtpServer
from turnout_core.runtime.startup import CannotStart, read_secret


def _check_server(url: str) -> str:
    SmtpServer.parse(url)
    return url


def _check_sender(text: str) -> str:
    parse_sender(text)
    return text


SmtpUrl = Annotated[str, AfterValidator(_check_server)]
MailFrom = Annotated[str, AfterValidator(_check_sender)]


def smtp_config(url: SmtpUrl | None, password_file: Path | None, mail_from: MailFrom | None) -> SmtpConfig | None:
    """Where mail goes; None without a mail server. Raises CannotStart if a setting lacks another one."""
    if url is None:
        return None
    server = SmtpServer.parse(url)
    if mail_from is None:
        raise CannotStart("TURNOUT_SMTP needs TURNOUT_MAIL_FROM, the sender, such as Turnout <turnout@events.example>")
    if (server.user is None) != (password_file is None):
        raise CannotStart("TURNOUT_SMTP has a user if and only if TURNOUT_SMTP_PASSWORD_FILE has the password")
    sender: Address = parse_sender(mail_from)
    return SmtpConfig(server, sender, read_secret(password_file) if password_file is not None else None)
