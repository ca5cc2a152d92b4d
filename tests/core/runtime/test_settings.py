"""Settings of all services: trusted proxies, deprecated names, and the file with the URL of Valkey."""

import logging
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from turnout_command.settings import Settings as CommandSettings
from turnout_core.runtime.settings import LOOPBACK, ServiceSettings, warn_of_misspelt_names
from turnout_gateway.live.admission import AdmissionPolicy
from turnout_gateway.settings import Settings as GatewaySettings

NAME = "TURNOUT_TRUSTED_PROXIES"
FORMER = {CommandSettings: "TURNOUT_FORWARDED_ALLOW_IPS", GatewaySettings: "TURNOUT_PROXIES"}


@pytest.fixture(params=FORMER, ids=lambda model: model.__module__)
def service(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[ServiceSettings]:
    for name in (NAME, *FORMER.values()):
        monkeypatch.delenv(name, raising=False)
    model: type[ServiceSettings] = request.param
    return model


@pytest.mark.parametrize(
    ("value", "networks"),
    [
        ("10.0.0.0/8, fc00::/7 192.0.2.1", ["10.0.0.0/8", "fc00::/7", "192.0.2.1/32"]),
        ("*", ["0.0.0.0/0", "::/0"]),
        ("", []),
    ],
)
@pytest.mark.parametrize("former", [False, True])
def test_trusted_proxies(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, value: str, networks: list[str], *, former: bool
) -> None:
    monkeypatch.setenv(FORMER[service] if former else NAME, value)
    assert service().trusted_proxies == tuple(map(ip_network, networks))


def test_loopback_is_trusted_by_default(service: type[ServiceSettings]) -> None:
    assert service().trusted_proxies == LOOPBACK


def test_the_present_name_has_precedence_over_the_former(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, "10.0.0.0/8")
    monkeypatch.setenv(FORMER[service], "*")
    assert service().trusted_proxies == (ip_network("10.0.0.0/8"),)


def test_each_service_reads_its_own_former_name(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    for model, name in FORMER.items():
        if model is not service:
            monkeypatch.setenv(name, "10.0.0.0/8")
    assert service().trusted_proxies == LOOPBACK


def test_a_former_name_is_logged(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    service.warn_of_former_names()
    assert caplog.messages == []
    monkeypatch.setenv(FORMER[service], "*")
    with caplog.at_level(logging.WARNING):
        service.warn_of_former_names()
    assert caplog.messages == [f"{FORMER[service]} is deprecated: set {NAME} instead"]


def test_a_wrong_network_is_refused(service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "proxy.example.org")
    with pytest.raises(ValidationError, match="must be networks such as"):
        service()


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("https://events.example, http://here:8000", ("https://events.example", "http://here:8000")),
        ("*", ("*",)),
        ("", ()),
    ],
)
def test_origins(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, value: str, origins: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TURNOUT_ORIGINS", value)
    assert service().origins == origins


@pytest.mark.parametrize(
    "value",
    ["events.example", "https://events.example/turnout", "ftp://here", "https://münchen.example", "https://a b"],
)
def test_an_origin_that_could_never_match_is_refused(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("TURNOUT_ORIGINS", value)
    with pytest.raises(ValidationError, match="must be origins such as"):
        service()


@pytest.mark.parametrize(("value", "path"), [("", ""), ("/", ""), ("/turnout/", "/turnout"), ("/a/b-c", "/a/b-c")])
def test_base_path(service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, value: str, path: str) -> None:
    monkeypatch.setenv("TURNOUT_BASE_PATH", value)
    assert service().base_path == path


@pytest.mark.parametrize("value", ["turnout", "https://events.example/turnout", "/a//b", '/"><script>', "/a b"])
def test_a_base_path_that_is_no_path_is_refused(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("TURNOUT_BASE_PATH", value)
    with pytest.raises(ValidationError, match="must be a path such as"):
        service()


@pytest.mark.parametrize(
    ("value", "site"),
    [
        ("https://events.example/", "https://events.example"),
        ("", ""),
        ("http://[::1]:8000/a/b/", "http://[::1]:8000/a/b"),
    ],
)
def test_address_of_the_site(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, value: str, site: str
) -> None:
    monkeypatch.setenv("TURNOUT_URL", value)
    assert service().url == site


@pytest.mark.parametrize(
    "value",
    ["events.example", "ftp://here", "https://", "https://a b", 'https://here/"x', "ws://here"],
)
def test_a_site_that_is_no_address_of_a_page_is_refused(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("TURNOUT_URL", value)
    with pytest.raises(ValidationError, match="must be"):
        service()


def test_the_file_with_the_url_of_valkey_has_precedence(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "url").write_text("redis://there:1\n")
    monkeypatch.setenv("TURNOUT_VALKEY", "redis://here:1")
    monkeypatch.setenv("TURNOUT_VALKEY_FILE", str(tmp_path / "url"))
    assert service().valkey == "redis://there:1"


def test_settings_have_the_defaults_of_the_configs() -> None:
    settings = GatewaySettings(valkey="redis://here")
    assert settings.hub_config() == type(settings.hub_config())()
    assert settings.view_limits() == type(settings.view_limits())()
    assert settings.admission_policy() == AdmissionPolicy(trusted_proxies=LOOPBACK)
    assert (
        CommandSettings(valkey="redis://here").lease_config().lease_s
        == type(CommandSettings().lease_config())().lease_s
    )


def test_a_misspelt_variable_is_reported(
    service: type[ServiceSettings], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("TURNOUT_TRUSTED_PROXIS", "TURNOUT_LOGLEVEL", "TURNOUT_VERSION", "TURNOUT_DOMAIN"):
        monkeypatch.setenv(name, "x")
    warn_of_misspelt_names(service.variables())
    assert [record.getMessage() for record in caplog.records] == [
        "TURNOUT_LOGLEVEL is not a setting; did you mean TURNOUT_LOG_LEVEL?",
        "TURNOUT_TRUSTED_PROXIS is not a setting; did you mean TURNOUT_TRUSTED_PROXIES?",
    ]


def test_settings_of_other_services_are_not_taken_for_misspelt(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in CommandSettings.variables() | GatewaySettings.variables():
        monkeypatch.setenv(name, "x")
    warn_of_misspelt_names(CommandSettings.variables())
    warn_of_misspelt_names(GatewaySettings.variables())
    assert caplog.records == []


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("", ()),
        (" https://Blog.example  http://b:81/ ", ("https://blog.example", "http://b:81")),
        ("https://a.example *", ("*",)),
    ],
)
def test_pages_that_may_frame(monkeypatch: pytest.MonkeyPatch, value: str, origins: tuple[str, ...]) -> None:
    monkeypatch.setenv("TURNOUT_EMBED_ORIGINS", value)
    assert GatewaySettings().embed_origins == origins


@pytest.mark.parametrize(
    "value",
    ["https://a.example, https://b.example", "a.example", "https://a.example/path", "https://a;script-src", "'self'"],
)
def test_origins_that_would_break_the_policy_of_frames_are_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TURNOUT_EMBED_ORIGINS", value)
    with pytest.raises(ValidationError, match="separated by spaces"):
        GatewaySettings()
