"""`turnout up` keeps everything through any end, and leaves nothing running behind."""

import signal
import socket
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from turnout_process import Product, product
from waiting import until

from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()


def _create(url: str, title: str) -> tuple[str, str]:
    """An event with one attendee; gives its id and the position of the last answer."""
    with httpx.Client(base_url=url) as client:
        client.post("/api/session", json={"name": "Ada"}).raise_for_status()
        draft = {"title": title, "starts": "2099-11-27T19:30", "zone": "Europe/Vienna"}
        event = client.post("/api/events", json=draft).raise_for_status().json()["id"]
        joined = client.post(f"/api/events/{event}/attendees", json={"party": 2}).raise_for_status()
        return event, joined.headers["turnout-position"]


def _event(url: str, event: str, at_least: str) -> dict[str, Any]:
    answer = httpx.get(f"{url}/api/events/{event}", params={"at_least": at_least}).raise_for_status().json()
    item: dict[str, Any] = next(each for each in answer["items"] if each["kind"] == "event")
    return item


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _all_end(processes: list[psutil.Process]) -> bool:
    return psutil.wait_procs(processes, timeout=20)[1] == []


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda each: each.name)
def test_acknowledged_commands_are_there_after_a_restart(tmp_path: Path, how: signal.Signals) -> None:
    it = Product(tmp_path / "data").start()
    event, position = _create(it.url, "Kept")
    family = _family(it.pid)
    assert len(family) == 2
    status = it.stop(how)
    assert status == (-how if how == signal.SIGKILL else 0)
    assert _all_end(family)
    it.start()
    try:
        assert _event(it.url, event, position)["going"] == 2
    finally:
        it.stop()


def test_kill_dash_nine_of_everything_at_once_loses_nothing(tmp_path: Path) -> None:
    it = Product(tmp_path / "data").start()
    made = [_create(it.url, f"Event {number}") for number in range(5)]
    family = _family(it.pid)
    for process in reversed(family):
        process.kill()
    assert _all_end(family)
    it.start()
    try:
        for event, _ in made:
            assert _event(it.url, event, made[-1][1])["going"] == 2
    finally:
        it.stop()


def test_a_session_outlives_a_restart(tmp_path: Path) -> None:
    it = Product(tmp_path / "data").start()
    with httpx.Client() as client:
        client.post(f"{it.url}/api/session", json={"name": "Ada"}).raise_for_status()
        it.stop()
        it.start()
        assert client.get(f"{it.url}/api/session").json()["user"]["name"] == "Ada"
    it.stop()


async def test_a_second_signal_ends_a_stop_that_takes_its_time(tmp_path: Path) -> None:
    it = Product(tmp_path / "data").start("--host", "127.0.0.1")
    family = _family(it.pid)
    with socket.create_connection(("127.0.0.1", it.port)) as page:  # which never answers the close
        page.sendall(
            b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert page.recv(1024).startswith(b"HTTP/1.1 101")
        psutil.Process(it.pid).send_signal(signal.SIGTERM)
        await until(lambda: not it.ready())
        assert it.stop(signal.SIGTERM) == 1
    assert _all_end(family)
    assert it.log.read_text().splitlines()[-1] == "turnout: stopped at once on a second signal"


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        it = Product(tmp_path / "data", port)
        with pytest.raises(RuntimeError):
            it.start()
    assert (
        it.log.read_text()
        == f"turnout: port {port} cannot be used: Address already in use; choose another with --port or TURNOUT_PORT\n"
    )


def test_a_folder_that_is_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with product(tmp_path / "data"):
        second = Product(tmp_path / "data")
        second.log = tmp_path / "second.log"
        with pytest.raises(RuntimeError):
            second.start()
        assert second.log.read_text() == f"turnout: another Turnout is using the data folder {tmp_path / 'data'}\n"


async def test_a_damaged_journal_is_said_in_one_line(tmp_path: Path, valkey_url: str) -> None:
    async with connect(valkey_url) as valkey:
        await valkey.hset(KEYS.head, mapping={"epoch": "test", "seq": "3", "hash": "f" * 32})
    it = Product(tmp_path / "data")
    it.launch("--valkey", valkey_url)
    await until(lambda: not it.running, 60)
    told = it.log.read_text()
    assert (told.count("\n"), told[:33]) == (1, "turnout: The journal is damaged r")
    assert "turnout journal import FILE --force" in told


async def test_a_server_that_is_not_there_is_said_and_waited_for(tmp_path: Path) -> None:
    it = Product(tmp_path / "data")
    it.launch("--valkey", "redis://127.0.0.1:1")
    try:
        await until(lambda: "The journal's server does not answer" in it.log.read_text(), 60)
        assert not it.ready()
    finally:
        it.end()
    assert "Traceback" not in it.log.read_text()


@pytest.mark.parametrize(("trusted", "secure"), [("10.0.0.0/8 127.0.0.1", True), ("10.0.0.0/8", False)])
def test_a_trusted_proxy_makes_the_cookie_secure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: str, *, secure: bool
) -> None:
    monkeypatch.setenv("TURNOUT_TRUSTED_PROXIES", trusted)
    with product(tmp_path / "data") as it:
        answer = httpx.post(f"{it.url}/api/session", json={"name": "Ada"}, headers={"X-Forwarded-Proto": "https"})
    assert ("secure" in answer.headers["set-cookie"].lower()) == secure


def test_the_site_is_served_with_its_policy(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "assets").mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html><title>Turnout</title>")
    (site / "assets" / "x-abc.js").write_text("")
    with product(tmp_path / "data", "--site", str(site)) as it:
        page = httpx.get(f"{it.url}/events/abc")
        assert page.text.startswith("<!doctype html>")
        assert page.headers["content-security-policy"].startswith("default-src 'self'")
        assert page.headers["cache-control"] == "no-cache"
        assert "immutable" in httpx.get(f"{it.url}/assets/x-abc.js").headers["cache-control"]
        assert httpx.get(f"{it.url}/assets/gone.js").status_code == 404
        missing = httpx.get(f"{it.url}/api/nothing")
        assert missing.status_code == 404
        assert missing.headers["content-type"] == "application/problem+json"
        for method, path, allowed in (
            ("PUT", "/api/events", "GET, HEAD, POST"),
            ("PUT", "/api/events/abc", "GET, HEAD, PATCH, DELETE"),
            ("GET", "/api/events/abc/cancel", "POST"),
        ):
            answer = httpx.request(method, it.url + path)
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
            assert answer.headers["turnout-position"]
        assert httpx.head(f"{it.url}/api/events").headers["turnout-position"]
        assert httpx.head(f"{it.url}/api/openapi.json").status_code == 200
