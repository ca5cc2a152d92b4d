"""The requests that the one published port serves or refuses."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy

import httpx
import pytest
from deployment import Deployment, docker
from websockets.sync.client import connect

from turnout_core.web.security_headers import API, PAGE, embedded_page

CUT_OFF_MAX_S = 30.0


@pytest.fixture
def edge(deployment: Deployment) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=deployment.url, timeout=15) as client:
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))  # each sign-up is another person's
        yield client


def _sign_up(edge: httpx.Client, name: str) -> dict[str, str]:
    response = edge.post(
        "/api/session", json={"name": name}, headers={"Idempotency-Key": f"compose-tests-{name}-{time.time()}"}
    )
    assert response.status_code == 201, response.text
    return {"Authorization": f"Bearer {response.json()['token']}"}


def _create(edge: httpx.Client, guest: dict[str, str], title: str) -> httpx.Response:
    draft = {"title": title, "starts": "2090-05-01T19:30", "zone": "Europe/Vienna", "capacity": 1}
    response = edge.post("/api/events", json=draft, headers=guest)
    assert response.status_code == 201, response.text
    return response


def test_a_join_reaches_another_client(deployment: Deployment, edge: httpx.Client) -> None:
    ada, grace = _sign_up(edge, "Ada"), _sign_up(edge, "Grace")
    created = _create(edge, ada, "Board games in containers")
    event = created.json()["id"]
    edge.get(f"/api/events/{event}", params={"at_least": created.headers["turnout-position"]})
    with connect(deployment.url.replace("http", "ws") + "/api/live", compression=None) as link:
        assert json.loads(link.recv())["type"] == "hello"
        link.send(json.dumps({"type": "watch", "view": "events?when=upcoming&q=containers"}))
        assert json.loads(link.recv())["type"] == "snapshot"
        joined = edge.post(f"/api/events/{event}/attendees", json={}, headers=grace)
        assert joined.json()["status"] == "going"
        message = json.loads(link.recv(timeout=10))
        while f"card:{event}" not in {item["key"] for item in message.get("upsert", ())}:
            message = json.loads(link.recv(timeout=10))
        assert "Grace" in json.dumps(message["upsert"])
    waitlisted = edge.post(f"/api/events/{event}/attendees", json={}, headers=ada)
    assert waitlisted.json()["status"] == "waitlisted"
    view = edge.get(f"/api/events/{event}", params={"at_least": waitlisted.headers["turnout-position"]})
    assert [item["kind"] for item in view.json()["items"]].count("attendee") == 2
    assert edge.delete(f"/api/events/{event}/attendees/me", headers=grace).status_code == 204


def test_events_stream_through_the_edge(edge: httpx.Client) -> None:
    accepts = {"Accept": "text/event-stream"}
    with edge.stream("GET", "/api/live", params={"view": "events?when=upcoming"}, headers=accepts) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert any("snapshot" in line for line in response.iter_lines())


def test_a_repeated_command_has_one_effect(edge: httpx.Client) -> None:
    guest = {**_sign_up(edge, "Twice"), "Idempotency-Key": f"the-same-key-{time.time()}"}
    draft = {"title": "Only once", "starts": "2090-05-01T19:30", "zone": "Europe/Vienna"}
    first, second = (edge.post("/api/events", json=draft, headers=guest) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"


def test_pages_carry_the_same_headers_as_in_one_process(edge: httpx.Client) -> None:
    for path, expected, status in (
        ("/", PAGE, 200),
        ("/you", PAGE, 200),
        ("/events/anything", PAGE, 404),
        ("/manifest.json", PAGE, 200),
        ("/api/docs", PAGE, 200),
        ("/embed/events/anything", embedded_page(()), 200),
        ("/api/events", API, 200),
        ("/api/openapi.json", API, 200),
    ):
        response = edge.get(path)
        assert response.status_code == status
        assert {name: response.headers.get_list(name) for name in expected} == {
            name: [value] for name, value in expected.items()
        }
        assert "server" not in response.headers


def test_pages_of_other_sites_may_show_pictures(edge: httpx.Client) -> None:
    draft = {"title": "In a chat", "starts": "2090-05-01T19:30", "zone": "Europe/Vienna"}
    event = edge.post("/api/events", json=draft, headers=_sign_up(edge, "Olga")).json()["id"]
    picture = edge.get(f"/events/{event}/card.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers.get_list("cross-origin-resource-policy") == ["cross-origin"]
    assert picture.headers.get_list("cache-control") == ["public, no-cache"]
    page = edge.get(f"/e/{event}", follow_redirects=False)
    assert (page.status_code, page.headers["location"]) == (308, f"../events/{event}")


def test_hashed_files_are_cached_for_ever_and_pages_are_not(edge: httpx.Client) -> None:
    page = edge.get("/")
    asset = next(f"/{part.lstrip('./')}" for part in page.text.split('"') if part.lstrip("./").startswith("assets/"))
    assert page.headers["cache-control"] == "no-cache"
    assert edge.get(asset).headers["cache-control"] == "public, max-age=31536000, immutable"
    missing = edge.get("/assets/gone.js")
    assert missing.status_code == 404
    assert {name: missing.headers.get(name) for name in API} == API
    assert "server" not in missing.headers
    assert "immutable" not in missing.headers.get("cache-control", "")


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/healthz"])
def test_operator_routes_are_not_published(edge: httpx.Client, path: str) -> None:
    response = edge.get(path)
    assert response.headers["content-type"].startswith("text/html")


def test_only_the_edge_is_published(deployment: Deployment) -> None:
    published = {each: docker("port", each).strip() for each in deployment.containers()}
    assert {each for each, ports in published.items() if ports} == {deployment.container("edge")}


def test_a_client_cannot_claim_https(edge: httpx.Client) -> None:
    forged = {"X-Forwarded-Proto": "https", "Idempotency-Key": f"forged-proto-{time.time()}"}
    response = edge.post("/api/session", json={"name": "Plain"}, headers=forged)
    assert "secure" not in response.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "incomplete_request",
    [b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{"],
    ids=["head", "body"],
)
def test_the_connection_of_an_incomplete_request_is_closed(deployment: Deployment, incomplete_request: bytes) -> None:
    with socket.create_connection(("localhost", deployment.port), timeout=CUT_OFF_MAX_S) as link:
        link.sendall(incomplete_request)
        with contextlib.suppress(ConnectionResetError):
            while link.recv(65536):
                pass


def test_an_oversized_body_is_refused(edge: httpx.Client) -> None:
    response = edge.post("/api/events", content=b"x" * 100_000, headers=_sign_up(edge, "Large"))
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_an_operator_imports_a_backup(deployment: Deployment, edge: httpx.Client) -> None:
    before = _create(edge, _sign_up(edge, "Before"), "Before the backup").json()["id"]
    backup = deployment.run_operator("journal", "export", "-")
    after = _create(edge, _sign_up(edge, "After"), "After the backup").json()["id"]
    assert b"the journal is sound" in deployment.run_operator("journal", "verify")

    deployment.compose("stop", "command", "standby")
    deployment.run_operator("journal", "import", "-", "--force", "--yes", stdin=backup)
    deployment.compose("up", "--detach", "--wait")
    for number in (1, 2):
        deployment.wait_until_ready(deployment.container("gateway", number))
    assert edge.get(f"/api/events/{before}").status_code == 200
    assert edge.get(f"/api/events/{after}").status_code == 404
    _create(edge, _sign_up(edge, "Later"), "After the restore")
