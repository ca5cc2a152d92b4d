"""The script that writes the secrets of every service of the deployment."""

import runpy
from pathlib import Path
from typing import Any

import pytest

_DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for each in (
        "given",
        "secrets/command",
        "secrets/gateway",
        "secrets/notifier",
        "secrets/operator",
        "secrets/valkey",
    ):
        (tmp_path / each).mkdir(parents=True)
    return tmp_path


def _run(folders: Path) -> dict[str, str]:
    """Runs the script on ``folders``; the content of all files that it leaves."""
    script: dict[str, Any] = runpy.run_path(str(_DEPLOY / "make_secrets.py"))
    places = {"GIVEN": folders / "given", "SECRETS": folders / "secrets", "TEMPLATE": _DEPLOY / "valkey" / "users.acl"}
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
