"""Deleted text and erased people leave every file of the data folder of `turnout up`, also if nothing else happens."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from mail_server import MailServer, mail_server
from turnout_process import TurnoutProcess, running_turnout
from waiting import until_sync

from turnout_core.journal.keys import Keys
from turnout_core.journal.port import RecordsTrimmed
from turnout_core.journal.snapshot import load_state
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

_DRAFT: Final[dict[str, Any]] = {"title": "Board games", "starts": "2099-11-27T19:30", "zone": "Europe/Vienna"}
_TEXTS: Final = ("Kx7QwZ2mVb9TnY4p", "Hd3RfL8sGc5JuW1e")


def _texts_on_disk(data: Path, texts: tuple[str, ...] = _TEXTS) -> set[str]:
    """Those of ``texts`` that are in the files of ``data``, or in the snapshots, whose compression hides them."""
    content = asyncio.run(_snapshots(data))
    for path in data.rglob("*"):
        with contextlib.suppress(FileNotFoundError):  # a rewrite deletes files
            content += [path.read_bytes()] if path.is_file() else []
    return {text for text in texts if text.encode() in b"".join(content)}


async def _snapshots(data: Path) -> list[bytes]:
    url = f"unix://{data / 'valkey.sock'}"
    journal = ValkeyJournal(connect(url), connect(url), Keys())
    try:
        states = [await load_state(journal.load_snapshot(each)) for each in await journal.snapshots()]
    except RecordsTrimmed:  # dropped meanwhile
        return await _snapshots(data)
    finally:
        await journal.close()
    return [repr(vars(state)).encode() for state in states]


async def _store_without_compression(data: Path) -> None:
    """Otherwise the files may hold a text in parts."""
    async with connect(f"unix://{data / 'valkey.sock'}") as valkey:
        await valkey.config_set("rdbcompression", "no")


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def turnout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mails: MailServer) -> Iterator[TurnoutProcess]:
    monkeypatch.setenv("TURNOUT_SNAPSHOT_MINUTES", "0.01")
    monkeypatch.setenv("TURNOUT_SMTP", f"smtp://127.0.0.1:{mails.port}")
    monkeypatch.setenv("TURNOUT_MAIL_FROM", "Turnout <turnout@example.org>")
    with running_turnout(tmp_path / "data") as running:
        asyncio.run(_store_without_compression(running.data))
        yield running


def test_the_text_of_a_deleted_and_of_an_edited_event_leaves_all_files(turnout: TurnoutProcess) -> None:
    with httpx.Client(base_url=turnout.url) as client:
        token = client.post("/api/session", json={"name": "Ada"}).json()["token"]
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {token}"
        events = []
        for number, text in enumerate(_TEXTS, 1):
            draft = _DRAFT | {"description": text}
            answer = client.post("/api/events", json=draft, headers={"Idempotency-Key": f"create-{number}"})
            events.append(answer.json()["id"])
            until_sync(lambda least=number: _snapshots_made(client) >= least)  # type: ignore[misc] # binds the value
        assert _texts_on_disk(turnout.data) == set(_TEXTS)
        assert client.delete(f"/api/events/{events[0]}").status_code == 204
        assert client.patch(f"/api/events/{events[1]}", json={"description": "Come in"}).status_code == 200
        position = client.get("/api/events?when=upcoming").headers["turnout-position"]
        until_sync(lambda: _texts_on_disk(turnout.data) == set())
        assert client.get(f"/api/events/{events[1]}?at_least={position}").status_code == 200


def test_an_erased_person_leaves_all_files(mails: MailServer, turnout: TurnoutProcess) -> None:
    """Their name, mail address, device and reported message; and their event stays, without an organizer."""
    name, browser, address = _TEXTS[0], "Konqueror", f"{_TEXTS[1].lower()}@example.org"
    message = "Tq8ZpN3xRk6LvB0a"
    texts = (name, browser, address, message)
    device = {"User-Agent": "Mozilla/5.0 (compatible; Konqueror/4.14; Haiku) KHTML/4.14.2 (like Gecko)"}
    with httpx.Client(base_url=turnout.url, headers=device) as client:
        key = {"Idempotency-Key": "sign up with this name"}
        client.post("/api/session", json={"name": name}, headers=key).raise_for_status()
        event = client.post("/api/events", json=_DRAFT).json()["id"]
        client.post(f"/api/events/{event}/attendees", json={}, headers={"Idempotency-Key": "join"}).raise_for_status()
        client.patch("/api/session", json={"name": f"{name} again"}, headers={"Idempotency-Key": "rename"})
        client.post("/api/mail", json={"address": address}).raise_for_status()
        until_sync(lambda: bool(mails.codes(address)))
        confirmation = {"address": address, "code": mails.codes(address)[0]}
        client.post("/api/mail/confirm", json=confirmation).raise_for_status()
        _report_message(turnout.url, client, event, message)
        until_sync(lambda: _snapshots_made(client) >= 1)
        assert _texts_on_disk(turnout.data, texts) == set(texts)
        erased = client.delete("/api/me")
        assert erased.status_code == 204
        at_least = erased.headers["turnout-position"]
        items = client.get(f"/api/events/{event}?at_least={at_least}").json()["items"]
        item = next(each for each in items if each["kind"] == "event")
        assert (item["organizer"], item["status"]) == ({"id": "", "name": ""}, "cancelled")
        until_sync(lambda: _texts_on_disk(turnout.data, texts) == set())
        assert address not in turnout.log.read_text()


def _report_message(url: str, host: httpx.Client, event: str, text: str) -> None:
    """The host sends the message to a guest, who reports it."""
    with httpx.Client(base_url=url) as guest:
        guest.post("/api/session", json={"name": "Bob"}).raise_for_status()
        guest.post(f"/api/events/{event}/attendees", json={}).raise_for_status()
        sent = host.post(f"/api/events/{event}/messages", json={"to": "all", "text": text}).raise_for_status()
        notices = guest.get(f"/api/me/notices?at_least={sent.headers['turnout-position']}").json()["items"]
        notice = next(each["id"] for each in notices if each.get("text") == text)
        report = {"reason": "It annoys me", "notice": notice}
        guest.post(f"/api/events/{event}/reports", json=report).raise_for_status()


def _snapshots_made(client: httpx.Client) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next(
        (float(x.rpartition(" ")[2]) for x in lines if x.startswith('turnout_snapshots_total{outcome="made"}')), 0
    )
