"""The headers of each answer of `turnout up`, and the log of hostile requests."""

import asyncio
import contextlib
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
import tzdata
from turnout_process import TurnoutProcess, free_port, running_turnout
from waiting import until

from turnout_core.web.security_headers import API, PAGE, embedded_page

HOSTILE: Final = b"\x1b[2J\x00\x7f\xc2\x85\xe2\x80\xa8\xe2\x80\xae\xe2\x81\xa6"  # with NEL, U+2028, U+202E, U+2066
ESCAPED: Final = "%0D%0A2026-11-29%20ERROR%20forged%1B%5B2J%00%E2%80%A8%E2%80%AE"
UPGRADE: Final = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
KEY: Final = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
LONG: Final = b"a" * 20_000
LOG_LINES_MAX: Final = 30


@pytest.fixture(scope="module")
def turnout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    folder = tmp_path_factory.mktemp("surface")
    site = folder / "site"
    (site / "assets").mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html><title>Turnout</title>")
    (site / "api-docs.html").write_text("<!doctype html><title>API</title>")
    (site / "assets" / "x-abc.js").write_text("")
    with running_turnout(folder / "data", "--site", str(site)) as process:
        yield process


def exchange(turnout: TurnoutProcess, request: bytes) -> tuple[int, httpx.Headers]:
    """Sends bytes, and reads the head of the response."""
    with socket.create_connection(("127.0.0.1", turnout.port), timeout=20) as client:
        client.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            received = client.recv(65536)
            assert received, answer
            answer += received
    first, *lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    return int(first.split()[1]), httpx.Headers(
        [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    )


def assert_each_once(headers: httpx.Headers, expected: dict[str, str]) -> None:
    assert {name: headers.get_list(name) for name in expected} == {name: [value] for name, value in expected.items()}


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /api/events HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        (b"HEAD /api/events HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        (b"GET /api/events?limit=0 HTTP/1.1\r\nHost: h\r\n\r\n", 422),
        (b"GET /api/me HTTP/1.1\r\nHost: h\r\n\r\n", 401),
        (b"GET /api/session HTTP/1.1\r\nHost: h\r\n\r\n", 401),
        (b"POST /api/session HTTP/1.1\r\nHost: h\r\nOrigin: http://evil\r\nContent-Length: 0\r\n\r\n", 422),
        (b"POST /api/session HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n1", 415),
        (b"POST /api/session HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\n", 413),
        (b"GET /api/nothing HTTP/1.1\r\nHost: h\r\n\r\n", 404),
        (b"PUT /api/events HTTP/1.1\r\nHost: h\r\n\r\n", 405),
        (b"GET /api/openapi.json HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        (b"GET /api/live?view=events HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        (b"GET /api/live?view=events HTTP/1.1\r\nHost: h\r\nOrigin: http://evil\r\n\r\n", 403),
        (b"GET /api/live?view=events HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\n\r\n", 406),
        (b"GET /api/live HTTP/1.1\r\nHost: h\r\n" + UPGRADE + KEY + b"\r\n", 101),
        (b"GET /api/live HTTP/1.1\r\nHost: h\r\n" + UPGRADE + b"\r\n", 400),
        (b"GET /elsewhere HTTP/1.1\r\nHost: h\r\n" + UPGRADE + KEY + b"\r\n", 403),
        (b"GET /assets/gone.js HTTP/1.1\r\nHost: h\r\n\r\n", 404),
        (b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        (b"GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        (b"GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n", 200),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + LONG, 431),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else value,
)
def test_each_answer_of_the_api_has_its_headers_once(
    turnout: TurnoutProcess, request_bytes: bytes, status: int
) -> None:
    found, headers = exchange(turnout, request_bytes)
    assert found == status
    assert_each_once(headers, API)
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    ("path", "cache"),
    [("/", "no-cache"), ("/events/x", "no-cache"), ("/api/docs", "no-cache"), ("/assets/x-abc.js", "public, ")],
)
def test_each_page_has_its_headers_once(turnout: TurnoutProcess, path: str, cache: str) -> None:
    response = httpx.get(turnout.url + path)
    assert response.status_code == 200
    assert_each_once(response.headers, PAGE)
    (found,) = response.headers.get_list("cache-control")
    assert found.startswith(cache)


def test_no_page_frames_another_unless_the_operator_allows_it(turnout: TurnoutProcess) -> None:
    assert_each_once(httpx.get(f"{turnout.url}/embed/events/x").headers, embedded_page(()))


def test_reads_that_depend_on_the_viewer_vary_with_them(turnout: TurnoutProcess) -> None:
    with httpx.Client(base_url=turnout.url) as client:
        position = client.post("/api/session", json={"name": "Ada"}).headers["turnout-position"]
        for path in (f"/api/me?at_least={position}", "/api/session"):
            response = client.get(path)
            assert response.status_code == 200
            assert response.headers["cache-control"] == "no-store"
            assert {"Cookie", "Authorization"} <= set(re.split(", ?", response.headers["vary"]))


@pytest.mark.parametrize(
    "query",
    [
        "events?when=past&when=past",
        "events?at_least=a-1&at_least=a-1",
        "events/x?at_least=a-1&at_least=a-1",
        "events/x/attendees?limit=1&limit=2",
        "me?at_least=a-1&at%5Fleast=a-1",
        "live?view=events&other=1&other=2",
    ],
)
def test_a_parameter_that_is_there_twice_is_refused(turnout: TurnoutProcess, query: str) -> None:
    response = httpx.get(f"{turnout.url}/api/{query}")
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


def hostile_requests() -> Iterator[bytes]:
    """Requests with control characters in each place where a client can put them."""
    upgrade = UPGRADE + KEY + b"\r\n"
    for path in (b"/api/events/", b"/", b"/api/live/", b"/api/events?q="):
        target = path + ESCAPED.encode()
        yield b"GET " + target + b" HTTP/1.1\r\nHost: h\r\n\r\n"
        yield b"DELETE " + target + b" HTTP/1.1\r\nHost: h\r\n\r\n"
        yield b"GET " + target + b" HTTP/1.1\r\nHost: h\r\n" + upgrade
        yield b"GET " + path + HOSTILE + b" HTTP/1.1\r\nHost: h\r\n\r\n"
    for name in (b"Host", b"Origin", b"Cookie", b"Authorization", b"X-Forwarded-For", b"Idempotency-Key", b"If-Match"):
        for value in (HOSTILE, HOSTILE[9:], b"Bearer " + HOSTILE[9:], b"turnout_session=" + HOSTILE[9:]):
            header = b"" if name == b"Host" else b"Host: h\r\n"
            header += name + b": " + value + b"\r\nContent-Type: application/json\r\n"
            yield b"POST /api/session HTTP/1.1\r\n" + header + b'Content-Length: 14\r\n\r\n{"name":"\\n\x1b"}'
            yield b"GET /api/live HTTP/1.1\r\n" + header + upgrade
    yield HOSTILE + b"\r\n\r\n"
    yield b"POST /api/session HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n" + HOSTILE


def send_hostile_requests(port: int) -> int:
    """Sends each hostile request five times, and reads the answers. Returns the number of requests."""
    requests = [*hostile_requests()] * 5
    for each in requests:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
            client.sendall(each)
            client.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                while client.recv(65536):
                    pass
    return len(requests)


def assert_readable(log: bytes) -> None:
    assert log.decode().replace("\n", "").isprintable(), log
    assert log.count(b"\n") < LOG_LINES_MAX, log


def test_hostile_requests_leave_few_lines_in_the_log(tmp_path: Path) -> None:
    with running_turnout(tmp_path / "data") as turnout:
        assert send_hostile_requests(turnout.port) > 300
        assert turnout.is_ready()
    assert_readable(turnout.log.read_bytes())


@pytest.mark.parametrize("service", ["command", "gateway"])
async def test_they_do_so_in_the_log_of_each_service(tmp_path: Path, valkey_url: str, service: str) -> None:
    """Services log from the level info on, at which libraries log each connection."""
    port, log = free_port(), tmp_path / "service.log"
    arguments = ("-m", "turnout", service, "--port", str(port), "--valkey", valkey_url)
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=output, stderr=output)
    await until(lambda: b"listening on" in log.read_bytes(), 60)
    assert await asyncio.to_thread(send_hostile_requests, port) > 300
    process.terminate()
    assert await process.wait() == 0
    assert_readable(log.read_bytes())


def test_the_version_of_the_time_zones_is_shown(turnout: TurnoutProcess) -> None:
    version = subprocess.run([sys.executable, "-m", "turnout", "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.endswith(f", time zones {tzdata.IANA_VERSION}\n")
    ready = httpx.get(f"{turnout.url}/readyz").json()
    assert (ready["command"]["zone_data"], ready["gateway"]["zone_data"]) == (tzdata.IANA_VERSION, tzdata.IANA_VERSION)
