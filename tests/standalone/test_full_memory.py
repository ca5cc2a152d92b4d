"""`turnout up` with little memory: deleting always works, and makes room again without a restart."""

import contextlib
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from turnout_process import TurnoutProcess, running_turnout
from waiting import until_sync

_CHARACTERS: Final = [chr(code) for code in range(0x4E00, 0x9FFF)]
_MEMORY: Final = "24mb"
_EVENTS_MAX: Final = 5_000  # far more than fit


class Organizer:
    """Creates and deletes large events.

    Attributes:
        events: ids of those that exist, as far as the server has acknowledged it.
    """

    def __init__(self, turnout: TurnoutProcess) -> None:
        self.client = httpx.Client(base_url=turnout.url, timeout=30)
        token = self.client.post("/api/session", json={"name": "Ada"}).json()["token"]
        self.client.cookies.clear()
        self.client.headers["Authorization"] = f"Bearer {token}"
        self.events: list[str] = []
        self._attempts = 0
        self._position = ""

    def close(self) -> None:
        self.client.close()

    def create(self) -> httpx.Response:
        self._attempts += 1
        answer = self.client.post(
            "/api/events", json=_draft(self._attempts), headers={"Idempotency-Key": str(self._attempts)}
        )
        self._position = answer.headers["turnout-position"]
        if answer.status_code == 201:
            self.events.append(answer.json()["id"])
        return answer

    def fill(self) -> httpx.Response:
        """Creates events until there is no room, also by a reading of the memory. Returns the last refusal."""
        for _ in range(_EVENTS_MAX):
            answer = self.create()
            if answer.status_code != 201 and self.metric("turnout_full"):
                return answer
        raise AssertionError("the server is never full")

    def metric(self, name: str) -> float:
        lines = self.client.get("/metrics").text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def is_full(self) -> bool:
        return self.create().status_code == 503

    def delete(self) -> int:
        answer = self.client.delete(f"/api/events/{self.events[-1]}")
        self._position = answer.headers["turnout-position"]
        if answer.status_code == 204:
            self.events.pop()
        return answer.status_code

    def stored(self) -> set[str]:
        page = f"/api/events?when=upcoming&limit=500&at_least={self._position}"
        items = self.client.get(page).raise_for_status().json()["items"]
        return {item["id"] for item in items if item["kind"] == "card"}


def _draft(seed: int) -> dict[str, Any]:
    text = "".join(random.Random(seed).choices(_CHARACTERS, k=4_000))
    return {"title": f"Event {seed}", "starts": "2099-11-27T19:30", "zone": "Europe/Vienna", "description": text}


@pytest.fixture
def turnout(tmp_path: Path) -> Iterator[TurnoutProcess]:
    with running_turnout(tmp_path / "data", "--valkey-memory", _MEMORY) as running:
        yield running


@pytest.fixture
def organizer(turnout: TurnoutProcess) -> Iterator[Organizer]:
    with contextlib.closing(Organizer(turnout)) as created:
        yield created


def test_a_full_server_refuses_what_adds_and_does_what_removes(turnout: TurnoutProcess, organizer: Organizer) -> None:
    kept = organizer.client.post("/api/events", json=_draft(0) | {"capacity": 5}).json()["id"]
    assert organizer.client.post(f"/api/events/{kept}/attendees", json={"party": 3}).status_code == 201
    refused = organizer.fill()
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "full", "10")

    with contextlib.closing(httpx.Client(base_url=turnout.url)) as other:
        assert other.post("/api/session", json={"name": "Bob"}).json()["code"] == "full"
    ready = organizer.client.get("/readyz")
    assert (ready.status_code, "no room" in ready.json()["command"]["trouble"]) == (200, True)

    attendance, event = f"/api/events/{kept}/attendees/me", f"/api/events/{kept}"
    answers = [
        organizer.client.patch(event, json={"title": "Another title"}).status_code,
        organizer.client.patch(attendance, json={"party": 4}).status_code,
        organizer.client.patch(attendance, json={"party": 2}).status_code,
        organizer.client.delete(attendance).status_code,
        organizer.client.patch(event, json={"description": ""}).status_code,
        organizer.client.post(f"{event}/cancel").status_code,
        organizer.client.delete(event).status_code,
        organizer.client.delete("/api/session").status_code,
    ]
    assert answers == [503, 503, 200, 204, 200, 200, 204, 204]


def test_nothing_acknowledged_is_lost_and_there_is_room_again(turnout: TurnoutProcess, organizer: Organizer) -> None:
    organizer.fill()
    assert organizer.delete() == 204
    turnout.stop(signal.SIGKILL)
    turnout.start("--valkey-memory", _MEMORY)
    assert organizer.stored() == set(organizer.events)

    organizer.fill()
    until_sync(lambda: organizer.metric('turnout_snapshots_total{outcome="made"}') >= 1, timeout_s=60)
    while len(organizer.events) > 10:
        assert organizer.delete() == 204
    until_sync(lambda: not organizer.is_full(), timeout_s=60)
    assert organizer.stored() == set(organizer.events)
    assert organizer.metric('turnout_snapshots_total{outcome="failed"}') == 0
