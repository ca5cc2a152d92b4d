"""Checks that connects and disconnects leak no memory, descriptors or counted connections.

    python bench/leaks.py [connects]

Starts `turnout up` and connects clients in rounds; each watches a view and disconnects. Exits with 1 if memory or
descriptors grew during the second half of the rounds.
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

CLIENTS_PER_ROUND: Final = 500
GROWTH_MAX_BYTES: Final = 4 << 20  # of the allocator, between two measurements after a warm-up
_HANDSHAKE: Final = (
    b"GET /api/live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_WATCH: Final = b'{"type":"watch","view":"events?when=upcoming"}'
_MASK: Final = b"\0\0\0\0"  # RFC 6455 section 5.3 requires a mask; this one changes no byte
_FRAME: Final = bytes((0x81, 0x80 | len(_WATCH))) + _MASK + _WATCH


def connect_and_disconnect(port: int) -> None:
    """``CLIENTS_PER_ROUND`` clients connect, watch a view, receive it, and disconnect; every second one by a reset."""
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(CLIENTS_PER_ROUND)]
    for client in clients:
        client.sendall(_HANDSHAKE)
    for client in clients:
        receive_until(client, b'"hello"')
        client.sendall(_FRAME)
    for number, client in enumerate(clients):
        receive_until(client, b'"snapshot"')
        if number % 2:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset (socket(7))
        client.close()


def receive_until(client: socket.socket, text: bytes) -> None:
    received = b""
    while text not in received:
        data = client.recv(65536)
        if not data:
            raise ConnectionError(f"connection closed before {text.decode()}: {received[-200:]!r}")
        received += data


def connected_clients(port: int) -> int:
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
    found = re.search(r"^turnout_gateway_clients (\d+)", text, re.MULTILINE)
    return int(found[1]) if found else -1


def until(condition: Callable[[], bool], timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)  # another process can only be polled


def is_ready(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz").status == 200)
    except (urllib.error.URLError, OSError):
        return False


def measure(process: psutil.Process, port: int, connects: int) -> tuple[int, int]:
    """Waits until all clients are disconnected. Returns resident bytes and open descriptors."""
    until(lambda: connected_clients(port) == 0)
    resident, descriptors = process.memory_info().rss, process.num_fds()
    print(f"after {connects:>7,} connects: {resident / 1e6:7.1f} MB resident, {descriptors} descriptors, 0 links")
    return resident, descriptors


def main() -> int:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        turnout = subprocess.Popen(
            [sys.executable, "-m", "turnout", "up", "--port", str(port), "--data", str(Path(folder) / "data")],
            env={**os.environ, "TURNOUT_LINKS_PER_ADDRESS": str(2 * CLIENTS_PER_ROUND)},
            stdout=subprocess.DEVNULL,
        )
        try:
            until(lambda: is_ready(port))
            process, measurements = psutil.Process(turnout.pid), []
            for connects in range(0, total, CLIENTS_PER_ROUND):
                if connects in (
                    total // 10 // CLIENTS_PER_ROUND * CLIENTS_PER_ROUND,
                    total // 2 // CLIENTS_PER_ROUND * CLIENTS_PER_ROUND,
                ):
                    measurements.append(measure(process, port, connects))
                connect_and_disconnect(port)
            measurements.append(measure(process, port, total))
        finally:
            turnout.send_signal(signal.SIGTERM)
            turnout.wait(30)
    growth_bytes = measurements[-1][0] - measurements[-2][0]
    growth_descriptors = measurements[-1][1] - measurements[-2][1]
    print(f"the second half added {growth_bytes / 1e6:+.1f} MB, {growth_descriptors:+d} descriptors")
    return int(growth_bytes > GROWTH_MAX_BYTES or growth_descriptors > 0)


if __name__ == "__main__":
    sys.exit(main())
