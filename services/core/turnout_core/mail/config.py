"""The settings of mail, and what they make together."""

from email.headerregistry import Address
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from turnout_core.mail.addresses import parse_sender
from turnout_core.mail.folder import SENDER, FolderMailer
from turnout_core.mail.port import Mailer
from turnout_core.mail.smtp_server import SmtpServer
from turnout_core.runtime.settings import ServiceSettings
from turnout_core.runtime.startup import CannotStart, read_secret

_FOLDER: Final = "folder:"


def _check_server(url: str) -> str:
    SmtpServer.parse(url)
    return url


def _check_sender(text: str) -> str:
    parse_sender(text)
    return text


def _check_way(text: str) -> str:
    if not text.removeprefix(_FOLDER) or not text.startswith(_FOLDER):
        raise ValueError("must be folder: and the path of a folder, such as folder:/tmp/mails")
    return text


SmtpUrl = Annotated[str, AfterValidator(_check_server)]
MailFrom = Annotated[str, AfterValidator(_check_sender)]
MailWay = Annotated[str, AfterValidator(_check_way)]


class MailSettings(ServiceSettings):
    """The settings of a service that sends mail."""

    smtp: Annotated[
        SmtpUrl | None,
        Field(
            description="mail server that sends codes and notices, such as smtp://user@mail.example:587; with "
            "TURNOUT_MAIL_FROM. smtp:// demands STARTTLS unless the server is on this machine, smtp+starttls:// "
            "demands it there, too, smtps:// is TLS at once, smtp+plain:// is not encrypted. Without it nobody can "
            "sign in by mail, and no notice is mailed"
        ),
    ] = None
    smtp_password_file: Annotated[
        Path | None, Field(description="file with the password of the user at the mail server")
    ] = None
    mail_from: Annotated[
        MailFrom | None, Field(description="sender of mails, such as Turnout <turnout@events.example>")
    ] = None
    mail: Annotated[
        MailWay | None,
        Field(description="folder:PATH writes mails into a folder instead of sending them, for trying out"),
    ] = None

    def mailer(self) -> Mailer | None:
        """The way of mails; None without one. Raises CannotStart if a setting lacks another one."""
        sender: Address | None = parse_sender(self.mail_from) if self.mail_from is not None else None
        if self.mail is not None:
            return FolderMailer(Path(self.mail.removeprefix(_FOLDER)), sender or SENDER)
        if self.smtp is None:
            return None
        server = SmtpServer.parse(self.smtp)
        if sender is None:
            raise CannotStart(
                "TURNOUT_SMTP needs TURNOUT_MAIL_FROM, the sender, such as Turnout <turnout@events.example>"
            )
        if (server.user is None) != (self.smtp_password_file is None):
            raise CannotStart("TURNOUT_SMTP has a user if and only if TURNOUT_SMTP_PASSWORD_FILE has the password")
        # Its library takes 1 MB, which a service without a mail server does not need.
        from turnout_core.mail.smtp import SmtpConfig, SmtpMailer  # noqa: PLC0415

        password = read_secret(self.smtp_password_file) if self.smtp_password_file is not None else None
        return SmtpMailer(SmtpConfig(server, sender, password))
