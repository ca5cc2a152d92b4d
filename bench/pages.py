"""Measures pages: ``make bench-pages``. It starts `turnout up` on a core of its own, with an event of 100 guests.

It prints how many pages of the event one core serves in a second, by the CPU time of the server; the times of requests
at half of the goal; and when a browser on a slow network and a slow processor shows the first content.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import httpx
import uvloop
from chrome import CPU_SLOWDOWN, running_chromium, slow_down_cpu
from machine import cores, cpu_s
from playwright.sync_api import BrowserContext
from turnout_process import running_turnout

_GOAL_PER_S: Final = 3_000
_GOAL_P99_MS: Final = 20.0
_GOAL_FIRST_CONTENT_S: Final = 1.0
_CONNECTIONS: Final = 16
_SECONDS: Final = 5.0
_GUESTS: Final = 100
_VISITS: Final = 5
# Lighthouse's "slow 4G": 150 ms, 1.6 Mbit/s down, 750 kbit/s up.
_NETWORK: Final = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 96_000}


class Client(asyncio.Protocol):
    """One connection that asks for a page again and again: at once, or when ``ask`` is called."""

    def __init__(self, path: str, *, at_once: bool) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        self._at_once = at_once
        self._transport: Any = None
        self._data = bytearray()
        self._missing = -1
        self._asked_at_s: list[float] = []
        self.durations_s: list[float] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def ask(self, at_s: float) -> None:
        """Asks for the page. Its time counts from ``at_s``, when that was due."""
        self._asked_at_s.append(at_s)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._data[:end])
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"bench: {head[:80]!r}")
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            if len(self._data) < end + 4 + length:
                return
            del self._data[: end + 4 + length]
            self.durations_s.append(time.perf_counter() - self._asked_at_s.pop(0))
            if self._at_once:
                self.ask(time.perf_counter())

    def close(self) -> None:
        self._transport.close()


async def _clients(port: int, path: str, *, at_once: bool) -> list[Client]:
    loop = asyncio.get_running_loop()
    found = []
    for _ in range(_CONNECTIONS):
        _, client = await loop.create_connection(lambda: Client(path, at_once=at_once), "127.0.0.1", port)
        found.append(client)
    return found


async def throughput(port: int, path: str, pid: int) -> float:
    """Pages per second of the server's CPU time, while it has more requests than it can answer."""
    clients = await _clients(port, path, at_once=True)
    for client in clients:
        client.ask(time.perf_counter())
    await asyncio.sleep(1)
    answered, used_s = sum(len(each.durations_s) for each in clients), cpu_s(pid)
    await asyncio.sleep(_SECONDS)
    answered, used_s = sum(len(each.durations_s) for each in clients) - answered, cpu_s(pid) - used_s
    for client in clients:
        client.close()
    return answered / used_s


async def latencies_ms(port: int, path: str, rate_per_s: float) -> list[float]:
    """The times of requests that come at a fixed rate, whether or not the earlier ones are answered."""
    clients = await _clients(port, path, at_once=False)
    started_s = time.perf_counter()
    number = 0
    while (now_s := time.perf_counter()) < started_s + _SECONDS:
        while (due_s := started_s + number / rate_per_s) <= now_s:
            clients[number % _CONNECTIONS].ask(due_s)
            number += 1
        await asyncio.sleep(max(0.0, due_s - time.perf_counter()))
    while sum(len(each.durations_s) for each in clients) < number:  # noqa: ASYNC110 - the last answers
        await asyncio.sleep(0.01)
    for client in clients:
        client.close()
    return sorted(each * 1000 for client in clients for each in client.durations_s)


def _event(port: int) -> str:
    """Makes an event with guests; returns the path of its page."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:

        def call(token: str, path: str, **body: Any) -> Any:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            return client.post(path, json=body, headers=headers).raise_for_status().json()

        def sign_up(name: str) -> str:
            token: str = call("", "/api/session", name=name)["token"]
            client.cookies.clear()
            return token

        draft = {"title": "Board games in the depot", "starts": "2099-01-01T19:00", "zone": "Europe/Vienna"}
        text = {"place": "The Depot, hall 2", "description": "Bring a game. " * 40, "capacity": 120}
        path = f"/events/{call(sign_up('Olga'), '/api/events', **draft, **text)['id']}"
        for number in range(_GUESTS):
            call(sign_up(f"Guest {number}"), f"/api{path}/attendees", party=1)
        return path


def first_content_s(context: BrowserContext, url: str) -> tuple[float, float]:
    """When a new visitor sees something, and when the application is live, in seconds after the request."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", _NETWORK)
    slow_down_cpu(session)
    page.goto(url)
    page.get_by_test_id("answer").wait_for()
    paints = json.loads(page.evaluate("JSON.stringify(performance.getEntriesByName('first-contentful-paint'))"))
    live_ms = page.evaluate("performance.now()")
    page.close()
    return paints[0]["startTime"] / 1000, live_ms / 1000


def main() -> int:
    """Prints the figures; 1 if one misses its goal."""
    chosen = cores()
    os.sched_setaffinity(0, {chosen.server})  # the server inherits it
    with (
        tempfile.TemporaryDirectory() as folder,
        running_turnout(Path(folder) / "data", env={"TURNOUT_LIMITS": "off"}) as turnout,
    ):
        os.sched_setaffinity(0, {chosen.load})
        port, pid = turnout.port, turnout.pid
        path = _event(port)
        size = len(httpx.get(f"http://127.0.0.1:{port}{path}").content)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            per_s = runner.run(throughput(port, path, pid))
            times_ms = runner.run(latencies_ms(port, path, _GOAL_PER_S / 2))
        p99_ms = times_ms[int(len(times_ms) * 0.99)]
        print(f"HTML of an event page with {_GUESTS} guests ({size:,} bytes, sent as gzip)")
        print(f"  {per_s:,.0f} a second on one core (goal {_GOAL_PER_S:,})")
        print(f"  at {_GOAL_PER_S // 2:,}/s: median {statistics.median(times_ms):.2f} ms, p99 {p99_ms:.2f} ms")
        os.sched_setaffinity(0, {chosen.load, chosen.server})
        with running_chromium() as browser:
            visits = [first_content_s(browser.new_context(), f"{turnout.url}{path}") for _ in range(_VISITS)]
    first_s, live_s = (statistics.median(each) for each in zip(*visits, strict=True))
    print(f"slow 4G, {CPU_SLOWDOWN}x CPU: first content after {first_s:.2f} s (goal {_GOAL_FIRST_CONTENT_S})")
    print(f"  the application after {live_s:.2f} s")
    return int(per_s < _GOAL_PER_S or p99_ms > _GOAL_P99_MS or first_s > _GOAL_FIRST_CONTENT_S)


if __name__ == "__main__":
    sys.exit(main())
