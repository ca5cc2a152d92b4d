"""An upgrade, a roll back and an upgrade again: nothing is lost, and no version misreads what another wrote."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from newer_data import REFUSAL
from newer_turnout import make_newer_turnout, make_older_turnout
from turnout_process import TurnoutProcess, running_turnout
from typer.testing import CliRunner

from turnout.operations import cli as journal_cli
from turnout.valkey.embedded import embedded_valkey
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()
EXPIRING = {KEYS.lease.encode()}
OWN_JOURNAL = {"TURNOUT_VALKEY": None, "TURNOUT_DATA": None}


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return make_newer_turnout(tmp_path_factory.mktemp("newer"))


def _create(turnout: TurnoutProcess, *titles: str, **times: Any) -> None:
    with httpx.Client(base_url=turnout.url) as client:
        client.post("/api/session", json={"name": "Ada"}).raise_for_status()
        for title in titles:
            draft = {"title": title, "starts": "2099-11-27T19:30", "zone": "Europe/Vienna"} | times
            client.post("/api/events", json=draft).raise_for_status()


def _cards(turnout: TurnoutProcess) -> list[dict[str, Any]]:
    items = httpx.get(f"{turnout.url}/api/events").raise_for_status().json()["items"]
    return [each for each in items if each["kind"] == "card"]


def _titles(turnout: TurnoutProcess) -> list[str]:
    return sorted(each["title"] for each in _cards(turnout))


def _run(*arguments: str, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    command, environment = [sys.executable, "-m", *arguments], {**os.environ, **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)


def _make_snapshot(turnout: TurnoutProcess, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    url = f"unix://{turnout.data / 'valkey.sock'}"
    return _run("turnout_command.snapshots.snapshotter", "--valkey", url, env=env)


def _stored(data: Path) -> dict[bytes, Any]:
    """Everything in the files of a stopped product: the value of each key, and the functions."""

    async def read() -> dict[bytes, Any]:
        async with embedded_valkey(data) as url, connect(url) as valkey:
            keys: Any = await valkey.keys("*")
            content = {key: await valkey.dump(key) for key in keys if key not in EXPIRING}
            return {**content, b"functions": await valkey.function_dump()}

    return asyncio.run(read())


def _details(data: Path, env: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The details of the events that were created, by title, as a version reads them."""
    tail = _run("turnout", "journal", "tail", "--data", str(data), "--json", "-n", "100", env=env)
    changes = [change for line in tail.stdout.splitlines() for change in json.loads(line)["changes"]]
    return {each["details"]["title"]: each["details"] for each in changes if each["type"] == "event-created"}


def _operations(data: Path, backup: Path) -> Sequence[Sequence[str]]:
    at = ("--data", str(data))
    return (
        ("verify", *at),
        ("tail", *at),
        ("export", str(backup.with_name("other.gz")), *at),
        ("import", str(backup), "--force", "--yes", *at),
        ("import", str(backup), "--force", *at),
        ("import", str(backup), *at),
        ("restore", "--to", "abc-1", *at),
        ("accept", *at),
    )


def test_forward_back_and_forward_again_loses_nothing(tmp_path: Path, newer: dict[str, str]) -> None:
    data, backup = tmp_path / "data", tmp_path / "before.gz"
    with running_turnout(data) as turnout:
        _create(turnout, "Board games")
        assert _run("turnout", "journal", "export", str(backup), "--data", str(data)).returncode == 0
    with running_turnout(data, env=newer) as turnout:
        _create(turnout, "Formal concert")
        assert _make_snapshot(turnout).stderr == f"the journal was {REFUSAL}\n"
        assert _make_snapshot(turnout, newer).returncode == 0
    before = _stored(data)
    assert {KEYS.head.encode(), KEYS.stream.encode(), KEYS.snapshots.encode()} <= before.keys()

    older = TurnoutProcess(data)
    older.launch()
    assert older.wait() == 1
    assert older.log.read_text().splitlines()[-1] == f"turnout: the journal was {REFUSAL}"
    assert "Traceback" not in older.log.read_text()
    for operation in _operations(data, backup):
        refused = CliRunner().invoke(journal_cli.app, operation, env=OWN_JOURNAL)
        assert (refused.exit_code, refused.output) == (2, f"the journal was {REFUSAL}\n"), operation
    assert _stored(data) == before

    with running_turnout(data, env=newer) as turnout:
        assert _titles(turnout) == ["Board games", "Formal concert"]
        _create(turnout, "Concert")
    found = _details(data, newer)
    assert {title: details.get("dress") for title, details in found.items()} == {
        "Board games": None,
        "Formal concert": "formal",
        "Concert": None,
    }


def test_a_newer_version_that_wrote_nothing_new_can_be_rolled_back(tmp_path: Path, newer: dict[str, str]) -> None:
    data = tmp_path / "data"
    with running_turnout(data, env=newer) as turnout:
        _create(turnout, "Board games", "Concert")
        assert _make_snapshot(turnout, newer).returncode == 0
    with running_turnout(data) as turnout:
        assert _titles(turnout) == ["Board games", "Concert"]
        _create(turnout, "Dinner")
    with running_turnout(data, env=newer) as turnout:
        assert _titles(turnout) == ["Board games", "Concert", "Dinner"]


def test_a_newer_version_imports_an_older_backup_for_the_way_back(tmp_path: Path, newer: dict[str, str]) -> None:
    data, backup = tmp_path / "data", tmp_path / "before.gz"
    with running_turnout(data, env=newer) as turnout:
        _create(turnout, "Board games")
        assert _run("turnout", "journal", "export", str(backup), "--data", str(data)).returncode == 0
        _create(turnout, "Formal concert")
    imported = _run("turnout", "journal", "import", str(backup), "--force", "--yes", "--data", str(data), env=newer)
    assert imported.returncode == 0
    with running_turnout(data) as turnout:
        assert _titles(turnout) == ["Board games"]


def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path, newer: dict[str, str]) -> None:
    data, backup, empty = tmp_path / "data", tmp_path / "newer.gz", tmp_path / "empty"
    with running_turnout(data, env=newer) as turnout:
        _create(turnout, "Formal concert")
        exported = _run("turnout", "journal", "export", str(backup), "--data", str(data), env=newer)
        assert exported.returncode == 0
    refused = _run("turnout", "journal", "import", str(backup), "--data", str(empty))
    assert (refused.returncode, refused.stderr.splitlines()[-1]) == (2, f"this backup was {REFUSAL}")
    imported = _run("turnout", "journal", "import", str(backup), "--data", str(empty), env=newer)
    assert imported.returncode == 0


def _tell_a_guest(turnout: TurnoutProcess) -> None:
    """Makes an event with a guest, and changes its title."""
    with httpx.Client(base_url=turnout.url) as olga, httpx.Client(base_url=turnout.url) as ada:
        for client in (olga, ada):
            client.post("/api/session", json={"name": "Guest"}).raise_for_status()
        draft = {"title": "Chess", "starts": "2099-11-27T19:30", "zone": "Europe/Vienna"}
        event = olga.post("/api/events", json=draft).raise_for_status().headers["location"]
        ada.post(f"{event}/attendees").raise_for_status()
        olga.patch(event, json={"title": "Go"}).raise_for_status()


def test_the_first_snapshot_with_notices_keeps_a_version_of_format_4_out(tmp_path: Path) -> None:
    data, older = tmp_path / "data", make_older_turnout(tmp_path / "older")
    with running_turnout(data) as turnout:
        _create(turnout, "Board games")
        assert _make_snapshot(turnout).returncode == 0
    with running_turnout(data, env=older) as turnout:
        assert _titles(turnout) == ["Board games"]
    with running_turnout(data) as turnout:
        _tell_a_guest(turnout)
        assert _make_snapshot(turnout).returncode == 0
    before = _stored(data)
    refused = TurnoutProcess(data, env=older)
    refused.launch()
    assert refused.wait() == 1
    assert refused.log.read_text().splitlines()[-1].endswith("(format 5, this one reads 4): upgrade")
    assert _stored(data) == before
    with running_turnout(data) as turnout:
        assert _titles(turnout) == ["Board games", "Go"]
