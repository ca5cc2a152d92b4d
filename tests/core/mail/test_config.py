"""The settings of mail."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from turnout_core.mail.config import MailSettings
from turnout_core.mail.port import Mailer
from turnout_core.mail.smtp import SmtpMailer
from turnout_core.runtime.startup import CannotStart, settings_error

_FROM = "Camp <camp@here.example>"


def _describe(mailer: Mailer | None) -> str:
    if not isinstance(mailer, SmtpMailer):
        return type(mailer).__name__
    return f"{mailer.sender} by {mailer.config.server.host}, {mailer.config.password}"


def test_without_a_server_there_is_no_mail() -> None:
    assert MailSettings().mailer() is None


def test_the_password_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret\n")
    settings = MailSettings(smtp="smtp://me@mail.example", smtp_password_file=file, mail_from=_FROM)
    assert _describe(settings.mailer()) == "Camp <camp@here.example> by mail.example, secret"


def test_a_server_without_a_user_needs_no_password() -> None:
    settings = MailSettings(smtp="smtp://mail.example", mail_from=_FROM)
    assert _describe(settings.mailer()) == "Camp <camp@here.example> by mail.example, None"


def test_a_folder_replaces_the_server_and_needs_no_sender(tmp_path: Path) -> None:
    settings = MailSettings(smtp="smtp://mail.example", mail=f"folder:{tmp_path}")
    assert _describe(settings.mailer()) == "FolderMailer"


@pytest.mark.parametrize(
    ("url", "password_file", "mail_from", "names"),
    [
        ("smtp://mail.example", None, None, "TURNOUT_MAIL_FROM"),
        ("smtp://me@mail.example", None, _FROM, "TURNOUT_SMTP_PASSWORD_FILE"),
        ("smtp://mail.example", Path("anything"), _FROM, "TURNOUT_SMTP_PASSWORD_FILE"),
        ("smtp://me@mail.example", Path("missing"), _FROM, "missing"),
    ],
)
def test_settings_that_lack_another_one(
    url: str, password_file: Path | None, mail_from: str | None, names: str
) -> None:
    with pytest.raises(CannotStart, match=names):
        MailSettings(smtp=url, smtp_password_file=password_file, mail_from=mail_from).mailer()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TURNOUT_SMTP", "smtp://me:hidden@mail.example", "TURNOUT_SMTP is not valid: must have no password"),
        ("TURNOUT_MAIL", "/tmp/mails", "TURNOUT_MAIL is not valid ('/tmp/mails'): must be folder: and the path"),
        ("TURNOUT_MAIL_FROM", "Turnout", "TURNOUT_MAIL_FROM is not valid ('Turnout'): "),
    ],
)
def test_a_wrong_setting_is_named_and_its_password_is_not(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as wrong:
        MailSettings()
    assert settings_error(wrong.value).startswith(message)
    assert "hidden" not in settings_error(wrong.value)
