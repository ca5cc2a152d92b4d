"""The script that writes the secrets of every service of the deployment."""

import hashlib
import runpy
import shutil
from pathlib import Path
from typing import Any

import pytest

from turnout_core.runtime.valkey_url import parse_valkey_url

_DEPLOY = Path(__file__).parents[2] / "deploy"
_SENTINELS = "redis+sentinel://{login}@sentinel-1,sentinel-2/turnout?sentinel_username=discovery&sentinel_password={password:discovery}"
_REPLICATED = {
    "valkey/replication.acl": "replication.acl",
    "valkey/replication.conf": "replication.conf",
    "valkey/sentinel.acl": "sentinel/servers.acl",
    "sentinel/users.acl": "sentinel/users.acl",
    "sentinel/passwords.conf": "sentinel/passwords.conf",
}


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for each in (
        "given",
        "secrets/command",
        "secrets/gateway",
        "secrets/notifier",
        "secrets/operator",
        "secrets/valkey",
        "secrets/sentinel",
        "templates/valkey",
        "templates/sentinel",
    ):
        (tmp_path / each).mkdir(parents=True)
    _add_templates(tmp_path, {"valkey/users.acl": "users.acl"})
    return tmp_path


def _add_templates(folders: Path, files: dict[str, str]) -> None:
    for name, source in files.items():
        shutil.copy(_DEPLOY / "valkey" / source, folders / "templates" / name)


def _run(folders: Path) -> dict[str, str]:
    """Runs the script on ``folders``; the content of all files that it leaves."""
    script: dict[str, Any] = runpy.run_path(str(_DEPLOY / "make_secrets.py"))
    places = {"GIVEN": folders / "given", "SECRETS": folders / "secrets", "TEMPLATES": folders / "templates"}
    script["main"].__globals__.update(places)
    script["main"]()
    secrets = folders / "secrets"
    return {str(each.relative_to(secrets)): each.read_text() for each in secrets.rglob("*") if each.is_file()}


def test_generated_secrets_stay(folders: Path) -> None:
    first = _run(folders)
    assert first["command/session"] == first["gateway/session"] == first["notifier/session"]
    assert _run(folders) == first


@pytest.mark.parametrize(
    ("name", "services"), [("smtp", ["command", "notifier"]), ("oidc", ["command"]), ("webhooks", ["notifier"])]
)
def test_a_secret_of_another_server_reaches_those_who_need_it(folders: Path, name: str, services: list[str]) -> None:
    files = [f"{each}/{name}" for each in services]
    assert not _run(folders).keys() & set(files)
    (folders / "given" / name).write_text("short\n")
    found = _run(folders)
    assert sorted(file for file, text in found.items() if "short" in text) == files
    assert {found[each] for each in files} == {"short\n"}
    (folders / "given" / name).unlink()
    assert not _run(folders).keys() & set(files)


def test_each_service_gets_an_address_with_its_own_password(folders: Path) -> None:
    found = _run(folders)
    for user, service in {"writer": "command", "reader": "gateway", "operator": "operator"}.items():
        address = parse_valkey_url(found[f"{service}/valkey"].strip())
        assert address.options["username"] == user
        digest = hashlib.sha256(address.options["password"].encode()).hexdigest()
        assert f"user {user} on #{digest} " in found["valkey/users.acl"]


@pytest.mark.parametrize("given", [None, 'a "quoted" and \\long one'])
def test_with_sentinels_replicas_and_sentinels_have_passwords_of_their_own(
    folders: Path, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    if given is not None:
        for name in ("replication", "sentinel", "discovery"):
            (folders / "given" / name).write_text(given)
    _add_templates(folders, _REPLICATED)
    monkeypatch.setenv("TURNOUT_VALKEY_URL", _SENTINELS)
    found = _run(folders)
    assert _run(folders) == found

    address = parse_valkey_url(found["command/valkey"].strip())
    assert (address.seeds, address.service) == ((("sentinel-1", 26379), ("sentinel-2", 26379)), "turnout")
    password = found["sentinel/discovery"].strip()
    assert address.sentinel_options == {"username": "discovery", "password": password}
    assert f"user discovery on #{hashlib.sha256(password.encode()).hexdigest()} " in found["sentinel/users.acl"]

    replication = found["valkey/replication"].strip()
    assert f"user replication on #{hashlib.sha256(replication.encode()).hexdigest()} " in found["valkey/users.acl"]
    quoted = (given or replication).replace("\\", "\\\\").replace('"', '\\"')
    assert f'primaryauth "{quoted}"\n' in found["valkey/replication.conf"]
    assert "{" not in found["valkey/replication.conf"] + found["sentinel/passwords.conf"]
    assert all(line.startswith("user ") for line in found["sentinel/users.acl"].splitlines())
