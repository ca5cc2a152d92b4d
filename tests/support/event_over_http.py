"""Guests who act over HTTP, for tests that look at the result in a browser."""

from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
from turnout_process import TurnoutProcess


class Guest:
    """A guest with a session of their own."""

    def __init__(self, turnout: TurnoutProcess, name: str = "Olga") -> None:
        self._client = httpx.Client(base_url=turnout.url)
        token = self._client.post("/api/session", json={"name": name}).raise_for_status().json()["token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def create(self, title: str, starts: str | None = None, zone: str = "Europe/Vienna", **fields: Any) -> str:
        """Creates an event, by default in two days at 19:30, and returns the path of its page."""
        starts = starts or f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}T19:30"
        body = {"title": title, "starts": starts, "zone": zone, **fields}
        return f"/events/{self._client.post('/api/events', json=body).raise_for_status().json()['id']}"

    def join(self, path: str, party: int = 1) -> None:
        self._client.post(f"/api{path}/attendees", json={"party": party}).raise_for_status()

    def cancel(self, path: str) -> None:
        self._client.post(f"/api{path}/cancel").raise_for_status()

    def leave(self, path: str) -> None:
        self._client.delete(f"/api{path}/attendees/me").raise_for_status()


def create_event(turnout: TurnoutProcess, title: str, starts: str, zone: str) -> str:
    """Creates an event, organized by a new guest, and returns the path of its page."""
    with Guest(turnout) as olga:
        return olga.create(title, starts, zone)
