"""Hostile clients of `turnout up`, whose own port has the limits of a proxy."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
import psutil
from turnout_process import TurnoutProcess, running_turnout

ATTACK_S: Final = 5.0
CONNECTIONS: Final = 5
GROWTH_MAX: Final = 1.3
REQUESTS: Final = b"GET /api/events?when=upcoming HTTP/1.1\r\nHost: x\r\n\r\n" * 2_000


def resident_mb(turnout: TurnoutProcess) -> float:
    size: int = psutil.Process(turnout.pid).memory_info().rss
    return size / 1e6


def pipeline(port: int, until_s: float) -> None:
    """Sends requests and reads no response."""
    with socket.create_connection(("127.0.0.1", port)) as client, contextlib.suppress(OSError):
        while (left_s := until_s - time.monotonic()) > 0:
            client.settimeout(left_s)
            client.sendall(REQUESTS)


def test_pipelined_requests_cost_no_memory(tmp_path: Path, report_figure: Callable[[str], None]) -> None:
    with running_turnout(tmp_path / "data") as turnout:
        before_mb = resident_mb(turnout)
        until_s = time.monotonic() + ATTACK_S
        attacks = [threading.Thread(target=pipeline, args=(turnout.port, until_s)) for _ in range(CONNECTIONS)]
        for each in attacks:
            each.start()
        slowest_s = 0.0
        with httpx.Client(base_url=turnout.url) as client:
            while any(each.is_alive() for each in attacks):
                began_s = time.monotonic()
                assert client.get("/api/events?when=upcoming").status_code == 200
                slowest_s = max(slowest_s, time.monotonic() - began_s)
        after_mb = resident_mb(turnout)
    report_figure(
        f"{CONNECTIONS} pipelining connections for {ATTACK_S:.0f} s: {before_mb:.0f} MB before, {after_mb:.0f} MB "
        f"after, slowest read of another client {slowest_s * 1000:.0f} ms"
    )
    assert after_mb < GROWTH_MAX * before_mb
