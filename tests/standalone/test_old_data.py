"""`turnout up` continues the data of a version whose journal had no ends of events."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from turnout_process import TurnoutProcess, running_turnout
from waiting import until_sync

FIXTURE: Final = Path(__file__).parents[1] / "fixtures" / "data-before-event-ended"
EXPECTED: Final[dict[str, Any]] = json.loads((FIXTURE / "expected.json").read_text())
EVENTS: Final[dict[str, str]] = EXPECTED["events"]
ENDED: Final = ("first", "second", "third", "cancelled")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(FIXTURE / "appendonlydir", folder / "appendonlydir")
    return folder


def _items(turnout: TurnoutProcess, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = httpx.get(f"{turnout.url}{path}").raise_for_status().json()["items"]
    return items


def _tail(data: Path, *arguments: str) -> list[dict[str, Any]]:
    """Returns commits of the journal, in its order."""
    command = [sys.executable, "-m", "turnout", "journal", "tail", "--data", str(data), "--json", *arguments]
    return list(
        map(json.loads, subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines())
    )


def _ends(commits: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Returns the ends and reopenings in ``commits``, with their events."""
    changes = [change for each in commits for change in each["changes"]]
    return [(each["type"], each["event"]) for each in changes if each["type"] in {"event-ended", "event-reopened"}]


def test_past_events_end_once_and_all_other_data_is_unchanged(data: Path) -> None:
    with running_turnout(data) as turnout:
        until_sync(lambda: len(_ends(_tail(data, "-n", "100"))) == len(ENDED))
        assert _items(turnout, "/api/events?when=upcoming") == EXPECTED["upcoming"]["items"]
        assert _items(turnout, "/api/events?when=past") == EXPECTED["past"]["items"]
        for name, event in EVENTS.items():
            assert _items(turnout, f"/api/events/{event}") == EXPECTED["event"][name]["items"]
        commits = _tail(data, "-n", "100")
    ends_at = {event: _ends_at(event) for event in (EVENTS[name] for name in ENDED)}
    in_order = sorted(ends_at, key=lambda event: (ends_at[event], event))
    assert _ends(commits) == [("event-ended", event) for event in in_order]
    # Some seconds after this start, snapshots drop the records of the ends, and only later ones can be read.
    following = f"{commits[-1]['epoch']}-{commits[-1]['seq'] + 1}"
    with running_turnout(data):
        assert _ends(_tail(data, "--from", following)) == []


def test_an_old_session_is_still_valid(data: Path) -> None:
    with running_turnout(data) as turnout:
        headers = {"Authorization": EXPECTED["tokens"]["ada"]}
        assert httpx.get(f"{turnout.url}/api/session", headers=headers).json()["user"]["id"] == EXPECTED["users"]["ada"]
        left = httpx.delete(f"{turnout.url}/api/events/{EVENTS['future']}/attendees/me", headers=headers)
        assert left.status_code == 204
        refused = httpx.post(f"{turnout.url}/api/events/{EVENTS['first']}/attendees", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "event-ended")


def _ends_at(event: str) -> int:
    cards = [item for item in EXPECTED["past"]["items"] if item.get("id") == event]
    ends_at: int = cards[0]["ends_at"]
    return ends_at
