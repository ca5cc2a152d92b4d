"""The settings of mail."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from turnout_command.settings import Settings
from turnout_command.sign_in.mail.config import smtp_config
from turnout_core.runtime.startup import CannotStart, settings_error

_FROM = "Camp <camp@here.example>"


def _config(url: str | None, password_file: Path | None = None, mail_from: str | None = _FROM) -> str:
    config = smtp_config(url, password_file, mail_from)
    return "none" if config is None else f"{config.sender} by {config.server.host}, {config.password}"


def test_without_a_server_there_is_no_mail() -> None:
    assert _config(None) == "none"


def test_the_password_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret\n")
    assert _config("smtp://me@mail.example", file) == "Camp <camp@here.example> by mail.example, secret"


def test_a_server_without_a_user_needs_no_password() -> None:
    assert _config("smtp://mail.example") == "Camp <camp@here.example> by mail.example, None"


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
        smtp_config(url, password_file, mail_from)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TURNOUT_SMTP", "smtp://me:hidden@mail.example", "TURNOUT_SMTP is not valid: must have no password"),
        ("TURNOUT_MAIL_FROM", "Turnout", "TURNOUT_MAIL_FROM is not valid ('Turnout'): "),
    ],
)
def test_a_wrong_setting_is_named_and_its_password_is_not(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as wrong:
        Settings()
    assert settings_error(wrong.value).startswith(message)
    assert "hidden" not in settings_error(wrong.value)
