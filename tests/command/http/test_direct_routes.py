"""Commands are served before the layers of FastAPI; everything else passes on to them."""

import pytest
from fastapi import APIRouter, Response
from starlette.types import Message, Receive, Scope, Send

from turnout_command.http.direct_routes import DirectRoutes
from turnout_command.http.raw_route import RawResponse, raw_route


async def _other_app(scope: Scope, receive: Receive, send: Send) -> None:
    await RawResponse(404, b"", [])(scope, receive, send)


def _routes() -> DirectRoutes:
    router = APIRouter(route_class=raw_route(lambda: None))

    @router.delete("/api/events/{event}/attendees/me")
    async def leave(_request: object, event: str) -> Response:
        return RawResponse(200, f"leave {event}".encode(), [])

    @router.delete("/api/events/{event}/attendees/{user}")
    async def remove(_request: object, event: str, user: str) -> Response:
        return RawResponse(200, f"remove {user} from {event}".encode(), [])

    return DirectRoutes(_other_app, router.routes)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("DELETE", "/api/events/e1/attendees/me", (200, b"leave e1")),  # the first route that matches
        ("DELETE", "/api/events/e1/attendees/u1", (200, b"remove u1 from e1")),
        ("GET", "/api/events/e1/attendees/me", (404, b"")),
        ("DELETE", "/api/events/e1", (404, b"")),
        ("DELETE", "/api/events/e1/attendees/me/", (404, b"")),
    ],
)
async def test_a_request_goes_to_the_first_route_with_its_method_and_path(
    method: str, path: str, expected: tuple[int, bytes]
) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    await _routes()({"type": "http", "method": method, "path": path, "headers": []}, receive, send)
    assert (sent[0]["status"], sent[1]["body"]) == expected
