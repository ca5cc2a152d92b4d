"""A well-behaved client: signs up, creates, joins, reads, and watches on a live link. It measures what it waits for."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

_TIMEOUT_S: Final = 10.0
_PAUSE_S: Final = 0.04  # on average, between two acts of a person
_ROUNDS: Final = 5  # of joining and leaving, before a person signs out and another one comes
_WORDS: Final = ("games", "music", "coffee", "running", "books")


class Disappointment(Exception):
    """The product did not do what docs/protocol.md promises."""


@dataclass
class Samples:
    """Times and errors that people saw in one phase.

    Attributes:
        requests_s: the time of each request.
        patches_s: from each request to the patch that it caused, on the live link of the same person.
        errors: failures, as sentences.
    """

    requests_s: list[float] = field(default_factory=list)
    patches_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Diary:
    """The samples of all people by phase. A sample belongs to the phase in which its request began."""

    def __init__(self) -> None:
        self.phase = "warm-up"
        self.samples: defaultdict[str, Samples] = defaultdict(Samples)

    @property
    def current(self) -> Samples:
        return self.samples[self.phase]


class Person:
    """One person after another at the same client.

    Args:
        url: of the product.
        source: address to connect from; None leaves it to the operating system.
    """

    def __init__(self, url: str, source: str | None, diary: Diary, rng: Random) -> None:
        self._url = url
        self._source = source
        self._diary = diary
        self._rng = rng
        self._asked_s = 0.0  # when the last request began

    async def live(self) -> None:
        """Acts until cancelled."""
        while True:
            phase = self._diary.current
            try:
                async with self._client() as client:
                    await self._visit(client)
            except (httpx.HTTPError, WebSocketException, Disappointment, OSError) as error:
                phase.errors.append(f"{type(error).__name__}: {error}")
                await self._pause()

    def _client(self) -> httpx.AsyncClient:
        transport = httpx.AsyncHTTPTransport(local_address=self._source)
        return httpx.AsyncClient(base_url=self._url, transport=transport, timeout=_TIMEOUT_S)

    async def _visit(self, client: httpx.AsyncClient) -> None:
        signed_up = await self._ask(client, 201, "POST", "/api/session", {"name": "Ada"})
        user, token = signed_up.json()["user"]["id"], signed_up.json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        title = f"{self._rng.choice(_WORDS)} {self._rng.randrange(100)}"
        draft = {"title": title, "starts": "2090-05-01T19:30", "zone": "Europe/Vienna", "capacity": 9}
        created = await self._ask(client, 201, "POST", "/api/events", draft)
        event = f"/api/events/{created.json()['id']}"
        async with self._watching(event.removeprefix("/api/"), created.headers["turnout-position"]) as link:
            for _ in range(_ROUNDS):
                await self._join_and_leave(client, link, event, f"attendee:{user}")
        await self._ask(client, 204, "DELETE", event)
        await self._ask(client, 204, "DELETE", "/api/session")

    async def _join_and_leave(self, client: httpx.AsyncClient, link: ClientConnection, event: str, key: str) -> None:
        joined = await self._ask(client, 201, "POST", f"{event}/attendees", {})
        await self._expect_patch(link, key, "upsert")
        position = joined.headers["turnout-position"]
        page = await self._ask(client, 200, "GET", f"{event}?at_least={position}")
        if key not in {item["key"] for item in page.json()["items"]}:
            raise Disappointment(f"a read of {event} at {position} misses the join")
        await self._ask(client, 200, "GET", "/api/events?when=upcoming")
        await self._ask(client, 200, "GET", f"/api/events?q={self._rng.choice(_WORDS)}+{self._rng.randrange(100)}")
        await self._ask(client, 200, "PATCH", f"{event}/attendees/me", {"party": 3})
        await self._expect_patch(link, key, "upsert")
        await self._ask(client, 200, "GET", "/api/me")
        await self._ask(client, 204, "DELETE", f"{event}/attendees/me")
        await self._expect_patch(link, key, "remove")

    async def _ask(
        self, client: httpx.AsyncClient, status: int, method: str, path: str, body: Any = None
    ) -> httpx.Response:
        """Sends a request. Raises Disappointment for another status than ``status``."""
        await self._pause()
        samples = self._diary.current
        self._asked_s = time.monotonic()
        headers = {"Idempotency-Key": f"{self._rng.getrandbits(128):032x}"} if method != "GET" else {}
        response = await client.request(method, path, json=body, headers=headers)
        samples.requests_s.append(time.monotonic() - self._asked_s)
        if response.status_code != status:
            raise Disappointment(f"{method} {path}: {response.status_code} {response.text[:200]}")
        return response

    @asynccontextmanager
    async def _watching(self, view: str, position: str) -> AsyncIterator[ClientConnection]:
        """A live link that watches ``view`` from ``position`` on."""
        source = (self._source, 0) if self._source is not None else None
        address = self._url.replace("http", "ws", 1) + "/api/live"
        async with connect(address, compression=None, open_timeout=_TIMEOUT_S, local_addr=source) as link:
            await link.send(json.dumps({"type": "watch", "view": view, "at": position}))
            while (await _receive(link))["type"] not in ("snapshot", "patch"):
                pass
            yield link

    async def _expect_patch(self, link: ClientConnection, key: str, part: str) -> None:
        """Waits for the patch of the last request, whose ``part`` (``upsert`` or ``remove``) has the item ``key``."""
        samples = self._diary.current
        while True:
            patch = await _receive(link)
            keys = patch.get(part, ())
            if key in (keys if part == "remove" else {item["key"] for item in keys}):
                break
        samples.patches_s.append(time.monotonic() - self._asked_s)

    async def _pause(self) -> None:
        await asyncio.sleep(self._rng.uniform(0, 2 * _PAUSE_S))


async def _receive(link: ClientConnection) -> dict[str, Any]:
    """The next message. Raises Disappointment if none comes."""
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            message: dict[str, Any] = json.loads(await link.recv())
    except TimeoutError:
        raise Disappointment(f"no message on the live link for {_TIMEOUT_S:.0f} s") from None
    return message
