"""`turnout up` with few open files: an address has its share, and a process without free files recovers."""

import contextlib
import resource
import selectors
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import psutil
import pytest
from turnout_process import TurnoutProcess, running_turnout
from waiting import until_sync
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from turnout_core.protocol.messages import Close

FILES: Final = 256
GREEDY: Final = "127.0.0.2"
READ: Final = b"GET /api/events?when=upcoming HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def turnout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TurnoutProcess]:
    monkeypatch.setenv("TURNOUT_TRUSTED_PROXIES", "192.0.2.0/24")  # so that loopback addresses are clients
    with running_turnout(tmp_path / "data", open_files=FILES) as process:
        yield process


def open_from(address: str, port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(address, 0))
    client.setblocking(False)
    return client


def metric(turnout: TurnoutProcess, name: str) -> float:
    metrics = httpx.get(f"http://127.0.0.1:{turnout.port}/metrics").text
    return next(
        float(value) for each, _, value in (line.rpartition(" ") for line in metrics.splitlines()) if each == name
    )


def wait_for_line(turnout: TurnoutProcess, text: str) -> None:
    """Raises TimeoutError if the log never contains ``text``."""
    until_sync(lambda: text in turnout.log.read_text())


def test_the_start_says_what_few_files_allow(turnout: TurnoutProcess) -> None:
    wait_for_line(turnout, "at most 256 files may be open, and 51120 are needed for 50000 links (TURNOUT_LINKS)")
    wait_for_line(turnout, "ulimit -n, LimitNOFILE=")


def test_one_address_does_not_shut_out_another(turnout: TurnoutProcess) -> None:
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as selector:
        for _ in range(4 * FILES):
            client = stack.enter_context(contextlib.closing(open_from(GREEDY, turnout.port)))
            selector.register(client, selectors.EVENT_READ)
        for _ in range(10):  # each on a connection of its own
            assert httpx.get(f"http://127.0.0.1:{turnout.port}/api/events?when=upcoming").status_code == 200
        refused = selector.select(timeout=5)[0][0].fileobj
        assert isinstance(refused, socket.socket)
        answer = refused.recv(4096)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 1\r\n" in answer
        assert b'"code":"unavailable"' in answer
        assert metric(turnout, 'turnout_refused_connections_total{reason="address"}') > 3 * FILES
        wait_for_line(turnout, f"connections of {GREEDY} are refused")
        assert turnout.log.read_text().count("are refused") == 1
        assert psutil.Process(turnout.pid).num_fds() < FILES / 2


def is_admitted(link: ClientConnection) -> bool:
    """True if the link greets, False if it closes with "crowded"."""
    with contextlib.suppress(ConnectionClosed):
        return '"hello"' in str(link.recv(5))
    assert link.close_code == Close.CROWDED
    return False


def test_links_leave_files_for_http(turnout: TurnoutProcess) -> None:
    url = f"ws://127.0.0.1:{turnout.port}/api/live"
    admitted: Counter[str] = Counter()
    with contextlib.ExitStack() as stack:
        for address in (f"127.0.0.{host}" for host in range(2, 7)):
            for _ in range(50):
                admitted[address] += is_admitted(stack.enter_context(connect(url, source_address=(address, 0))))
        assert list(admitted.values()) == [40, 40, 40, 0, 0]
        assert httpx.get(f"http://127.0.0.1:{turnout.port}/api/events?when=upcoming").status_code == 200


def test_a_process_without_free_files_recovers(turnout: TurnoutProcess) -> None:
    process = psutil.Process(turnout.pid)
    process.rlimit(resource.RLIMIT_NOFILE, (8, FILES))  # all of these are in use
    with socket.create_connection(("127.0.0.1", turnout.port), timeout=10) as client:
        client.sendall(READ)
        wait_for_line(turnout, "no connection can be accepted: Too many open files")
        process.rlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
        assert client.recv(12) == b"HTTP/1.1 200"
    assert metric(turnout, "turnout_accept_failures_total") > 0


def test_too_few_files_end_the_start_with_one_line(tmp_path: Path) -> None:
    process = TurnoutProcess(tmp_path / "data", open_files=10)
    process.launch()
    assert process.stop(0) == 1
    line = (
        "turnout: at most 10 files may be open, and at least 128 are needed: raise the limit to 1024 (ulimit -n, "
        "LimitNOFILE= of a systemd unit, ulimits of a container)"
    )
    assert process.log.read_text().splitlines() == [line]
