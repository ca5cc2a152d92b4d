"""`turnout up` keeps acknowledged commands through any end, and leaves no process behind."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from turnout_process import TurnoutProcess, running_turnout
from waiting import until

from turnout.valkey.embedded import embedded_valkey
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()


def _create(url: str, title: str) -> tuple[str, str]:
    """Creates an event with one attendee. Returns its id and the position of the last response."""
    with httpx.Client(base_url=url) as client:
        client.post("/api/session", json={"name": "Ada"}).raise_for_status()
        draft = {"title": title, "starts": "2099-11-27T19:30", "zone": "Europe/Vienna"}
        event = client.post("/api/events", json=draft).raise_for_status().json()["id"]
        joined = client.post(f"/api/events/{event}/attendees", json={"party": 2}).raise_for_status()
        return event, joined.headers["turnout-position"]


def _event(url: str, event: str, at_least: str) -> dict[str, Any]:
    response = httpx.get(f"{url}/api/events/{event}", params={"at_least": at_least}).raise_for_status().json()
    item: dict[str, Any] = next(each for each in response["items"] if each["kind"] == "event")
    return item


def _process_tree(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _all_end(processes: list[psutil.Process]) -> bool:
    return psutil.wait_procs(processes, timeout=20)[1] == []


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda each: each.name)
def test_acknowledged_commands_are_there_after_a_restart(tmp_path: Path, signal_number: signal.Signals) -> None:
    turnout = TurnoutProcess(tmp_path / "data").start()
    event, position = _create(turnout.url, "Kept")
    processes = _process_tree(turnout.pid)
    assert len(processes) == 2
    status = turnout.stop(signal_number)
    assert status == (-signal_number if signal_number == signal.SIGKILL else 0)
    assert _all_end(processes)
    turnout.start()
    try:
        assert _event(turnout.url, event, position)["going"] == 2
    finally:
        turnout.stop()


def test_sigkill_of_all_processes_at_once_loses_no_acknowledged_command(tmp_path: Path) -> None:
    turnout = TurnoutProcess(tmp_path / "data").start()
    created = [_create(turnout.url, f"Event {number}") for number in range(5)]
    processes = _process_tree(turnout.pid)
    for process in reversed(processes):
        process.kill()
    assert _all_end(processes)
    turnout.start()
    try:
        for event, _ in created:
            assert _event(turnout.url, event, created[-1][1])["going"] == 2
    finally:
        turnout.stop()


def test_a_session_survives_a_restart(tmp_path: Path) -> None:
    turnout = TurnoutProcess(tmp_path / "data").start()
    with httpx.Client() as client:
        client.post(f"{turnout.url}/api/session", json={"name": "Ada"}).raise_for_status()
        turnout.stop()
        turnout.start()
        assert client.get(f"{turnout.url}/api/session").json()["user"]["name"] == "Ada"
    turnout.stop()


async def test_a_second_signal_ends_a_slow_stop_at_once(tmp_path: Path) -> None:
    turnout = TurnoutProcess(tmp_path / "data").start("--host", "127.0.0.1")
    processes = _process_tree(turnout.pid)
    with socket.create_connection(("127.0.0.1", turnout.port)) as connection:  # never answers the close frame
        connection.sendall(
            b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert connection.recv(1024).startswith(b"HTTP/1.1 101")
        psutil.Process(turnout.pid).send_signal(signal.SIGTERM)
        await until(lambda: not turnout.is_ready())
        assert turnout.stop(signal.SIGTERM) == 1
    assert _all_end(processes)
    assert turnout.log.read_text().splitlines()[-1] == "turnout: stopped at once on a second signal"


def test_an_occupied_port_is_reported_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        turnout = TurnoutProcess(tmp_path / "data", port)
        with pytest.raises(RuntimeError):
            turnout.start()
    assert (
        turnout.log.read_text()
        == f"turnout: port {port} cannot be used: Address already in use; choose another with --port or TURNOUT_PORT\n"
    )


def test_a_data_folder_in_use_is_reported_in_one_line(tmp_path: Path) -> None:
    with running_turnout(tmp_path / "data"):
        second = TurnoutProcess(tmp_path / "data")
        second.log = tmp_path / "second.log"
        with pytest.raises(RuntimeError):
            second.start()
        assert second.log.read_text() == f"turnout: another Turnout is using the data folder {tmp_path / 'data'}\n"


async def test_a_damaged_journal_is_reported_in_one_line(tmp_path: Path, valkey_url: str) -> None:
    async with connect(valkey_url) as valkey:
        await valkey.hset(KEYS.head, mapping={"epoch": "test", "seq": "3", "hash": "f" * 32})
    turnout = TurnoutProcess(tmp_path / "data")
    turnout.launch("--valkey", valkey_url)
    await until(lambda: not turnout.is_running, 60)
    log = turnout.log.read_text()
    assert (log.count("\n"), log[:33]) == (1, "turnout: The journal is damaged r")
    assert "turnout journal import FILE --force" in log


async def test_an_unreachable_server_ends_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNOUT_VALKEY_WAIT_S", "0.5")
    turnout = TurnoutProcess(tmp_path / "data")
    turnout.launch("--valkey", "redis://someone:hidden@127.0.0.1:1")
    await until(lambda: not turnout.is_running, 60)
    assert turnout.stop() == 1
    waiting, ended = turnout.log.read_text().splitlines()
    assert waiting.endswith("WARNING turnout.startup: waiting for Valkey at 127.0.0.1:1, for at most 0.5 s")
    assert ended.startswith("turnout: Valkey at 127.0.0.1:1 cannot be reached: ")
    assert "hidden" not in waiting + ended


async def test_a_start_waits_for_its_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNOUT_VALKEY_WAIT_S", "60")
    async with embedded_valkey(tmp_path / "valkey") as url:
        pass
    turnout = TurnoutProcess(tmp_path / "data")
    turnout.launch("--valkey", url)
    try:
        await until(lambda: "waiting for Valkey at " in turnout.log.read_text(), 60)
        async with embedded_valkey(tmp_path / "valkey") as same_url:
            assert same_url == url
            await until(turnout.is_ready, 60)
            turnout.end()
    finally:
        turnout.end()
    first, second = turnout.log.read_text().splitlines()
    assert "waiting for Valkey at " in first
    assert second == f"Turnout is up: {turnout.url}"


@pytest.mark.parametrize(("trusted", "secure"), [("10.0.0.0/8 127.0.0.1", True), ("10.0.0.0/8", False)])
def test_a_trusted_proxy_makes_the_cookie_secure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: str, *, secure: bool
) -> None:
    monkeypatch.setenv("TURNOUT_TRUSTED_PROXIES", trusted)
    with running_turnout(tmp_path / "data") as turnout:
        response = httpx.post(
            f"{turnout.url}/api/session", json={"name": "Ada"}, headers={"X-Forwarded-Proto": "https"}
        )
    assert ("secure" in response.headers["set-cookie"].lower()) == secure


def test_the_site_is_served_with_its_headers(tmp_path: Path) -> None:
    site = tmp_path / "site"
    (site / "assets").mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html><title>Turnout</title>")
    (site / "assets" / "x-abc.js").write_text("")
    with running_turnout(tmp_path / "data", "--site", str(site)) as turnout:
        page = httpx.get(f"{turnout.url}/events/abc")
        assert page.text.startswith("<!doctype html>")
        assert page.headers["content-security-policy"].startswith("default-src 'self'")
        assert page.headers["cache-control"] == "no-cache"
        assert "immutable" in httpx.get(f"{turnout.url}/assets/x-abc.js").headers["cache-control"]
        assert httpx.get(f"{turnout.url}/assets/gone.js").status_code == 404
        missing = httpx.get(f"{turnout.url}/api/nothing")
        assert missing.status_code == 404
        assert missing.headers["content-type"] == "application/problem+json"
        for method, path, allowed in (
            ("PUT", "/api/events", "GET, HEAD, POST"),
            ("PUT", "/api/events/abc", "GET, HEAD, PATCH, DELETE"),
            ("GET", "/api/events/abc/cancel", "POST"),
        ):
            response = httpx.request(method, turnout.url + path)
            assert (response.status_code, response.headers["allow"]) == (405, allowed)
            assert response.headers["turnout-position"]
        assert httpx.head(f"{turnout.url}/api/events").headers["turnout-position"]
        assert httpx.head(f"{turnout.url}/api/openapi.json").status_code == 200


def test_an_interrupt_during_the_imports_ends_without_a_traceback() -> None:
    interrupting = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, *_):
        if name == "turnout.cli":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
from turnout.__main__ import main
main()
"""
    ended = subprocess.run([sys.executable, "-c", interrupting], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout + ended.stderr) == (130, "")
