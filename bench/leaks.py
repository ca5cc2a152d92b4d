"""Checks that connects and disconnects leave nothing behind: memory, descriptors, counted connections.

    python bench/leaks.py [connects]

Starts `turnout up`, lets clients come, watch a view and go, in crowds, and exits 1 where the second half of them left
more than noise.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

CROWD: Final = 500
GROWTH_MAX_BYTES: Final = 4 << 20  # of the allocator, between two measurements after a warm-up
_HANDSHAKE: Final = (
    b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_WATCH: Final = b'{"type":"watch","view":"events?when=upcoming"}'
_MASK: Final = b"\0\0\0\0"  # a mask all the same (RFC 6455 section 5.3), and one that changes nothing
_FRAME: Final = bytes((0x81, 0x80 | len(_WATCH))) + _MASK + _WATCH


def crowd(port: int) -> None:
    """``CROWD`` clients connect, watch, hear the answer, and hang up; every second one without a goodbye."""
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(CROWD)]
    for client in clients:
        client.sendall(_HANDSHAKE)
    for client in clients:
        hear(client, b'"hello"')
        client.sendall(_FRAME)
    for number, client in enumerate(clients):
        hear(client, b'"snapshot"')
        if number % 2:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset (socket(7))
        client.close()


def hear(client: socket.socket, word: bytes) -> None:
    heard = b""
    while word not in heard:
        data = client.recv(65536)
        if not data:
            raise ConnectionError(f"hung up before {word.decode()}: {heard[-200:]!r}")
        heard += data


def links(port: int) -> int:
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    found = re.search(r"^turnout_gateway_clients (\d+)", text, re.MULTILINE)
    return int(found[1]) if found else -1


def until(condition: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)  # between two looks at another process


def serves(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").status == 200)
    except (urllib.error.URLError, OSError):
        return False


def measured(process: psutil.Process, port: int, connects: int) -> tuple[int, int]:
    """Resident bytes and open descriptors once nobody is connected any more."""
    until(lambda: links(port) == 0)
    resident, descriptors = process.memory_info().rss, process.num_fds()
    print(f"after {connects:>7,} connects: {resident / 1e6:7.1f} MB resident, {descriptors} descriptors, 0 links")
    return resident, descriptors


def main() -> int:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        served = subprocess.Popen(
            [sys.executable, "-m", "turnout", "up", "--port", str(port), "--data", str(Path(folder) / "data")],
            env={**os.environ, "TURNOUT_LINKS_PER_ADDRESS": str(2 * CROWD)},
            stdout=subprocess.DEVNULL,
        )
        try:
            until(lambda: serves(port))
            process, marks = psutil.Process(served.pid), []
            for connects in range(0, total, CROWD):
                if connects in (total // 10 // CROWD * CROWD, total // 2 // CROWD * CROWD):
                    marks.append(measured(process, port, connects))
                crowd(port)
            marks.append(measured(process, port, total))
        finally:
            served.send_signal(signal.SIGTERM)
            served.wait(30)
    grown = marks[-1][0] - marks[-2][0]
    print(f"the second half added {grown / 1e6:+.1f} MB, {marks[-1][1] - marks[-2][1]:+d} descriptors")
    return int(grown > GROWTH_MAX_BYTES or marks[-1][1] > marks[-2][1])


if __name__ == "__main__":
    sys.exit(main())
