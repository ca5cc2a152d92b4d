"""`turnout up` on a machine whose clock is wrong for a time."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from turnout_process import TurnoutProcess
from waiting import until_sync

from chaos.faults.wall_clock import WallClock, faketime_library

DAY_MS = 24 * 60 * 60 * 1000
LIBRARY = faketime_library()

pytestmark = pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed")


class Machine:
    """A machine whose clock can be set."""

    def __init__(self, folder: Path) -> None:
        assert LIBRARY is not None
        self.clock = WallClock(folder / "clock", LIBRARY)
        self.turnout = TurnoutProcess(folder / "data", env=self.clock.env)

    def readyz(self) -> dict[str, str | None]:
        """The part of ``/readyz`` about commands; empty while the port is closed."""
        with contextlib.suppress(httpx.TransportError):
            return dict(httpx.get(f"{self.turnout.url}/readyz").json()["command"])
        return {}

    def until_trouble(self, words: str) -> None:
        until_sync(lambda: words in (self.readyz().get("trouble") or ""))

    def sign_up(self) -> dict[str, str]:
        answer = httpx.post(f"{self.turnout.url}/api/session", json={"name": "Ada"})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def create(self, user: dict[str, str]) -> str:
        """Creates an event that begins in an hour by the right clock. Returns its id."""
        starts = datetime.now(UTC) + timedelta(hours=1)
        body = {"title": "Games", "zone": "UTC", "starts": starts.strftime("%Y-%m-%dT%H:%M")}
        answer = httpx.post(f"{self.turnout.url}/api/events", json=body, headers=user)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def is_over(self, event: str) -> bool:
        answer = httpx.get(f"{self.turnout.url}/api/events?when=past")
        return event in answer.text

    def metrics(self) -> list[str]:
        return httpx.get(f"{self.turnout.url}/metrics").text.splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    try:
        yield machine
    finally:
        machine.turnout.end()


def test_a_clock_that_was_a_year_ahead_leaves_nothing_behind(machine: Machine) -> None:
    machine.turnout.start()
    user = machine.sign_up()
    event = machine.create(user)
    machine.clock.set(365 * DAY_MS)
    until_sync(lambda: machine.is_over(event))
    user_of_next_year = machine.sign_up()
    machine.turnout.stop(signal.SIGKILL)
    machine.clock.set(0)
    machine.turnout.launch()
    machine.until_trouble("days ahead of the clock of this machine")
    assert "days ahead of the clock of this machine" in machine.turnout.log.read_text()
    until_sync(machine.turnout.is_ready)
    until_sync(lambda: not machine.is_over(event))
    joined = httpx.post(f"{machine.turnout.url}/api/events/{event}/attendees", headers=user_of_next_year)
    assert joined.status_code == 201, joined.text
    assert machine.create(user)
    until_sync(lambda: "turnout_commit_ahead_seconds 0.0" in machine.metrics())


def test_a_clock_that_steps_is_noticed_while_running(machine: Machine) -> None:
    machine.turnout.start()
    machine.clock.set(2 * DAY_MS)
    until_sync(lambda: 'turnout_clock_steps_total{direction="ahead"} 1.0' in machine.metrics())
    machine.clock.set(0)
    until_sync(lambda: 'turnout_clock_steps_total{direction="back"} 1.0' in machine.metrics())
    assert "the clock of this machine was set ahead by 2 days" in machine.turnout.log.read_text()


def test_verify_names_a_commit_of_the_future(machine: Machine) -> None:
    machine.clock.set(365 * DAY_MS)
    machine.turnout.start()
    machine.sign_up()
    machine.turnout.stop()
    command = [sys.executable, "-m", "turnout", "journal", "verify", "--data", str(machine.turnout.data)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    next_year = (datetime.now(UTC) + timedelta(days=365)).year
    assert f"the newest commit is of {next_year}-" in result.stdout + result.stderr
