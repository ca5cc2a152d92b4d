"""Creates an event over HTTP, for tests that look at it in a browser."""

import httpx
from turnout_process import TurnoutProcess


def create_event(turnout: TurnoutProcess, title: str, starts: str, zone: str) -> str:
    """Creates an event, organized by a new guest, and returns the path of its page."""
    with httpx.Client(base_url=turnout.url) as client:
        token = client.post("/api/session", json={"name": "Olga"}).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        response = client.post("/api/events", json={"title": title, "starts": starts, "zone": zone})
        response.raise_for_status()
        return f"/events/{response.json()['id']}"
