"""A good client of the API: bounded, patient with 503, every write under a key, so that a repetition does no harm."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx
import msgspec

_PATIENCE_S: Final = 60.0  # how long one request is repeated; a takeover or a restart is over by then
_PATIENCE_FIRST_S: Final = 5.0  # as long as nobody ever answered: more likely it is not there at all
_PAUSE_FIRST_S: Final = 0.2
_PAUSE_MOST_S: Final = 5.0
_AGAIN: Final = frozenset({429, 502, 503, 504})  # the outcome is unknown, or it is not our turn
_REFUSED_FROM: Final = 400


class SeedError(Exception):
    """Seeding cannot go on. The message is one line to print."""


class Answer(msgspec.Struct, frozen=True):
    """
    Attributes:
        code: of the problem document; empty where it was done.
        again: the request had been answered before.
    """

    status: int
    body: Any
    again: bool

    @property
    def code(self) -> str:
        return str(self.body.get("code", "")) if self.status >= _REFUSED_FROM and isinstance(self.body, dict) else ""

    def fields(self) -> set[str]:
        """Which fields were wrong."""
        errors = self.body.get("errors", ()) if isinstance(self.body, dict) else ()
        return {str(each.get("field")) for each in errors}


class Api:
    """
    Args:
        http: its base address is the one of the product.
        prefix: of all keys.
        at_once: requests in flight.
        pause: sleeps.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        prefix: str,
        at_once: int,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._http = http
        self._prefix = prefix
        self._turn = asyncio.Semaphore(at_once)
        self._pause = pause
        self._patience_s = _PATIENCE_FIRST_S

    async def ask(self, method: str, path: str, key: str, body: Any = None, token: str = "") -> Answer:
        """One write, repeated under its key until its outcome is known. Raises SeedError."""
        headers = {"Idempotency-Key": f"{self._prefix}:{key}", "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = b"" if body is None else msgspec.json.encode(body)
        waited_s, pause_s = 0.0, _PAUSE_FIRST_S
        while True:
            trouble = ""
            try:
                async with self._turn:
                    response = await self._http.request(method, path, content=content, headers=headers)
                self._patience_s = _PATIENCE_S
                if response.status_code not in _AGAIN:
                    return _answer(response)
                trouble = f"it answers {response.status_code} {_read(response).get('code', '')}".strip()
                pause_s = max(pause_s, _retry_after_s(response))
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                raise SeedError(f"that is no address: {error}") from error
            if waited_s >= self._patience_s:
                raise SeedError(f"{self._http.base_url} cannot be used: {trouble}")
            await self._pause(pause_s)
            waited_s += pause_s
            pause_s = min(pause_s * 2, _PAUSE_MOST_S)


def _answer(response: httpx.Response) -> Answer:
    body = _read(response)
    if "Turnout-Position" not in response.headers and "code" not in body:
        raise SeedError(f"{response.request.url} is no Turnout: it answers {response.status_code}")
    return Answer(response.status_code, body, response.headers.get("Idempotent-Replayed") == "true")


def _read(response: httpx.Response) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _retry_after_s(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return min(float(text), _PATIENCE_S) if text.isdigit() else 0.0
