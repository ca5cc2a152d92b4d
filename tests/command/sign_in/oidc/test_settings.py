"""The settings of the provider."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from turnout_command.settings import Settings
from turnout_command.sign_in.oidc.config import OidcConfig
from turnout_core.runtime.startup import CannotStart, settings_error


@pytest.fixture(autouse=True)
def _provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNOUT_OIDC_ISSUER", "https://id.example/realms/friends")
    monkeypatch.setenv("TURNOUT_OIDC_CLIENT_ID", "turnout")


def test_no_provider_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNOUT_OIDC_ISSUER", "")
    assert Settings().oidc_config() is None


def test_a_public_client_needs_no_secret() -> None:
    assert Settings().oidc_config() == OidcConfig(
        "https://id.example/realms/friends", "turnout", None, ("openid", "profile", "email"), "groups", "id.example"
    )


def test_all_settings_of_the_provider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("the secret\n")
    monkeypatch.setenv("TURNOUT_OIDC_CLIENT_SECRET_FILE", str(file))
    monkeypatch.setenv("TURNOUT_OIDC_NAME", "Example University")
    monkeypatch.setenv("TURNOUT_OIDC_SCOPES", "openid, profile groups")
    monkeypatch.setenv("TURNOUT_OIDC_GROUPS_CLAIM", "roles")
    config = Settings().oidc_config()
    assert config == OidcConfig(
        "https://id.example/realms/friends",
        "turnout",
        "the secret",
        ("openid", "profile", "groups"),
        "roles",
        "Example University",
    )
    assert "the secret" not in repr(config)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TURNOUT_OIDC_ISSUER", "http://id.example"),
        ("TURNOUT_OIDC_ISSUER", "id.example"),
        ("TURNOUT_OIDC_ISSUER", "https://id.example/?realm=friends"),
        ("TURNOUT_OIDC_SCOPES", "profile email"),
        ("TURNOUT_OIDC_SCOPES", 'openid "groups"'),
        ("TURNOUT_OIDC_GROUPS_CLAIM", ""),
        ("TURNOUT_OIDC_NAME", "a" * 41),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as error:
        Settings()
    assert settings_error(error.value).startswith(f"{name} is not valid")


def test_an_issuer_needs_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TURNOUT_OIDC_CLIENT_ID")
    with pytest.raises(CannotStart, match="TURNOUT_OIDC_CLIENT_ID"):
        Settings().oidc_config()


def test_a_secret_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TURNOUT_OIDC_CLIENT_SECRET_FILE", str(tmp_path / "nothing"))
    with pytest.raises(CannotStart, match="nothing cannot be read"):
        Settings().oidc_config()
