"""The snippets of docs/proxies.md, in the real proxies: the whole surface works, and the cookie is safe."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, Self

import httpx
import pytest
from reverse_proxy import HOST, certificate, running_caddy, running_edge, running_haproxy, running_nginx, snippets
from turnout_process import TurnoutProcess, running_turnout
from websockets.sync.client import connect
from websockets.typing import Origin

ORIGIN: Final = Origin(f"https://{HOST}")
BASE: Final = "/turnout"
RUNNERS: Final[dict[str, Callable[..., AbstractContextManager[int]]]] = {
    "nginx": running_nginx,
    "caddyfile": running_caddy,
    "haproxy": running_haproxy,
}
EVENT: Final = {"title": "Behind a proxy", "starts": "2099-06-01T19:30", "zone": "Europe/Vienna"}
BARE_NGINX: Final = """server {
    listen 443 ssl;
    ssl_certificate /etc/ssl/events.example.crt;
    ssl_certificate_key /etc/ssl/events.example.key;
    location / {
        proxy_pass http://127.0.0.1:8000;
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
    }
}"""
"""Passes neither Host nor the scheme on."""


@pytest.fixture(scope="module")
def turnout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    with running_turnout(tmp_path_factory.mktemp("product") / "data") as process:
        yield process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    certificate(tmp_path)
    return tmp_path


class Page:
    """A page of ``https://events.example``, which reaches that host at a port of this machine."""

    def __init__(self, folder: Path, port: int) -> None:
        self._port = port
        self._tls = ssl.create_default_context(cafile=folder / "crt")
        # The port is not in the header Host: a visitor uses the default port.
        self.http = httpx.Client(verify=self._tls, headers={"Host": HOST, "Origin": ORIGIN}, timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        extensions = {"sni_hostname": HOST}
        return self.http.request(method, f"https://127.0.0.1:{self._port}{path}", extensions=extensions, **options)

    def first_message(self, path: str) -> dict[str, Any]:
        """The first message of a live link."""
        with connect(
            f"wss://{HOST}{path}", address=("127.0.0.1", self._port), ssl=self._tls, origin=ORIGIN, proxy=None
        ) as link:
            message: dict[str, Any] = json.loads(link.recv(timeout=20))
            return message

    def first_event(self, path: str) -> dict[str, Any]:
        """The first message of an event stream, which has to arrive although the stream does not end."""
        with self.http.stream(
            "GET",
            f"https://127.0.0.1:{self._port}{path}",
            headers={"Accept": "text/event-stream"},
            extensions={"sni_hostname": HOST},
        ) as stream:
            assert stream.status_code == 200
            data = next(line for line in stream.iter_lines() if line.startswith("data: "))
            message: dict[str, Any] = json.loads(data.removeprefix("data: "))
            return message


def sign_up(page: Page, base: str = "") -> tuple[str, dict[str, str]]:
    """The header with which a sign-up sets its cookie, and the header that sends the cookie back."""
    answer = page.request("POST", f"{base}/api/session", json={"name": "Ada"})
    assert answer.status_code == 201, answer.text
    return answer.headers["set-cookie"], {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def assert_writes_and_links_work(page: Page, cookie: dict[str, str], base: str = "") -> httpx.Response:
    written = page.request("POST", f"{base}/api/events", json=EVENT, headers=cookie)
    assert written.status_code == 201, written.text
    assert page.first_message(f"{base}/api/live")["type"] == "hello"
    assert page.first_event(f"{base}/api/live?view=events%3Fwhen%3Dupcoming")["type"] == "hello"
    return written


@pytest.mark.parametrize("language", RUNNERS)
def test_a_snippet_serves_everything(turnout: TurnoutProcess, folder: Path, language: str) -> None:
    with RUNNERS[language](snippets(language)[0], folder, product=turnout.port) as port, Page(folder, port) as page:
        set_cookie, cookie = sign_up(page)
        assert set_cookie.startswith("__Host-turnout_session_")
        assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(set_cookie.split("; "))
        assert_writes_and_links_work(page, cookie)


def test_one_setting_lets_a_proxy_change_the_host(folder: Path) -> None:
    with (
        running_turnout(folder / "data", env={"TURNOUT_ORIGINS": ORIGIN}) as turnout,
        running_nginx(BARE_NGINX, folder, product=turnout.port) as port,
        Page(folder, port) as page,
    ):
        assert_writes_and_links_work(page, sign_up(page)[1])


def test_a_refusal_names_the_setting(turnout: TurnoutProcess, folder: Path) -> None:
    with running_nginx(BARE_NGINX, folder, product=turnout.port) as port, Page(folder, port) as page:
        stream = page.request("GET", "/api/live?view=events", headers={"Accept": "text/event-stream"})
        for answer in (page.request("POST", "/api/session", json={"name": "Ada"}), stream):
            assert answer.status_code == 403
            assert f"TURNOUT_ORIGINS={ORIGIN}," in answer.json()["detail"]


@pytest.mark.parametrize("language", ["nginx", "caddyfile"])
def test_a_snippet_serves_everything_below_a_path(folder: Path, language: str) -> None:
    with (
        running_turnout(folder / "data", env={"TURNOUT_BASE_PATH": BASE}) as turnout,
        RUNNERS[language](snippets(language)[1], folder, product=turnout.port) as port,
        Page(folder, port) as page,
    ):
        set_cookie, cookie = sign_up(page, BASE)
        assert set_cookie.startswith("__Host-turnout_session_")
        assert "Path=/" in set_cookie.split("; ")
        location = assert_writes_and_links_work(page, cookie, BASE).headers["location"]
        items = page.request("GET", location).json()["items"]
        assert EVENT["title"] in [item.get("title") for item in items]
        assert page.request("GET", BASE).headers["location"].rstrip("/").endswith(BASE)
        for path in ("/", "/events/deep"):
            assert f'<base href="{BASE}/"' in page.request("GET", BASE + path).text
        document = httpx.URL(f"{ORIGIN}{BASE}/api/openapi.json")
        server = page.request("GET", document.path).json()["servers"][0]["url"]
        assert document.join(server) == f"{ORIGIN}{BASE}/"


def test_the_log_of_the_edge_has_no_address_of_a_feed(folder: Path) -> None:
    secret = "IjEyMyI.secret"
    with running_edge(folder, product=1, env={}) as port:  # nothing answers there, which the edge logs
        assert httpx.get(f"http://127.0.0.1:{port}/api/feeds/{secret}.ics?x=1", timeout=20).status_code == 503
    log = (folder / "caddy.log").read_text()
    assert "/api/feeds/-?x=1" in log
    assert secret not in log
