"""The settings of the command service."""

from pathlib import Path
from typing import Annotated, ClassVar, Final

from pydantic import Field

from turnout_command.sign_in.mail.config import MailFrom, SmtpUrl
from turnout_command.sign_in.oidc.settings import OidcSettings
from turnout_command.write.leadership import LeaseConfig

_LEASE: Final = LeaseConfig()
_RENEWALS_PER_LEASE: Final = 4  # so that a failed renewal does not lose the lease


class Settings(OidcSettings):
    former_names: ClassVar = {"TURNOUT_FORWARDED_ALLOW_IPS": "trusted_proxies"}

    strict: Annotated[
        bool, Field(description="refuse a Valkey that could lose acknowledged commands, instead of logging a warning")
    ] = False
    snapshot_commits: Annotated[int, Field(ge=1, description="commits after which a snapshot is made")] = 20_000
    snapshot_minutes: Annotated[
        float, Field(ge=0, description="minutes after which a snapshot is made if there was a commit; 0 for never")
    ] = 30
    lease_s: Annotated[
        float,
        Field(
            gt=0, description="seconds that a writer's lease lasts; a standby replaces a dead writer within this time"
        ),
    ] = _LEASE.lease_s
    smtp: Annotated[
        SmtpUrl | None,
        Field(
            description="mail server that sends codes, such as smtp://user@mail.example:587; with TURNOUT_MAIL_FROM. "
            "smtp:// demands STARTTLS unless the server is on this machine, smtp+starttls:// demands it there, too, "
            "smtps:// is TLS at once, smtp+plain:// is not encrypted. Without it nobody can sign in by mail"
        ),
    ] = None
    smtp_password_file: Annotated[
        Path | None, Field(description="file with the password of the user at the mail server")
    ] = None
    mail_from: Annotated[
        MailFrom | None, Field(description="sender of mails, such as Turnout <turnout@events.example>")
    ] = None

    def lease_config(self) -> LeaseConfig:
        return LeaseConfig(lease_s=self.lease_s, renew_s=self.lease_s / _RENEWALS_PER_LEASE)
