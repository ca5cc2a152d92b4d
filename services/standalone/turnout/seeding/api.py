"""A client of the API with bounded concurrency and retries. Every write has a key, so that a retry is safe."""

import asyncio
from collections.abc import Awaitable, Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import httpx
import msgspec

_RETRY_FOR_S: Final = 60.0  # for retries of one request; a takeover or a restart takes less
_RETRY_FOR_FIRST_S: Final = 5.0  # before the first response: more likely no server is there
_PAUSE_FIRST_S: Final = 0.2
_PAUSE_MAX_S: Final = 5.0
_RETRY_STATUSES: Final = frozenset({429, 502, 503, 504})  # unknown outcome, or too many requests
_ERROR_STATUS_MIN: Final = 400


class SeedError(Exception):
    """Seeding cannot continue. The message is one line."""


class ApiResponse(msgspec.Struct, frozen=True):
    """A response of the API.

    Attributes:
        is_replay: the service had stored this response for an earlier request with the same key.
    """

    status: int
    body: Any
    is_replay: bool

    @property
    def code(self) -> str:
        """The code of the problem document; empty if the request succeeded."""
        return (
            str(self.body.get("code", "")) if self.status >= _ERROR_STATUS_MIN and isinstance(self.body, dict) else ""
        )

    def invalid_fields(self) -> set[str]:
        """The names of the invalid fields."""
        errors = self.body.get("errors", ()) if isinstance(self.body, dict) else ()
        return {str(each.get("field")) for each in errors}


_NO_COOKIES: Final = DefaultCookiePolicy(allowed_domains=())


class Api:
    """Sends writes to one instance.

    Args:
        http: a client whose base address is that of the instance.
        prefix: prefix of all idempotency keys.
        max_in_flight: limit of concurrent requests.
        pause: sleeps for a number of seconds.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        prefix: str,
        max_in_flight: int,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        http.cookies.jar.set_policy(_NO_COOKIES)  # with the cookie of a session, a sign-up makes no new guest
        self._http = http
        self._prefix = prefix
        self._slots = asyncio.Semaphore(max_in_flight)
        self._pause = pause
        self._retry_for_s = _RETRY_FOR_FIRST_S

    async def send(self, method: str, path: str, key: str, body: Any = None, token: str = "") -> ApiResponse:
        """Sends one write and retries it under its key until the outcome is known. Raises SeedError."""
        headers = {"Idempotency-Key": f"{self._prefix}:{key}", "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = b"" if body is None else msgspec.json.encode(body)
        waited_s, pause_s = 0.0, _PAUSE_FIRST_S
        while True:
            problem = ""
            try:
                async with self._slots:
                    response = await self._http.request(method, path, content=content, headers=headers)
                self._retry_for_s = _RETRY_FOR_S
                if response.status_code not in _RETRY_STATUSES:
                    return _to_api_response(response)
                problem = f"it responds with {response.status_code} {_parse_object(response).get('code', '')}".strip()
                pause_s = max(pause_s, _retry_after_s(response))
            except httpx.TransportError as error:
                problem = str(error) or type(error).__name__
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                raise SeedError(f"{self._http.base_url} is no address: {error}") from error
            if waited_s >= self._retry_for_s:
                raise SeedError(f"{self._http.base_url} cannot be used: {problem}")
            await self._pause(pause_s)
            waited_s += pause_s
            pause_s = min(pause_s * 2, _PAUSE_MAX_S)


def _to_api_response(response: httpx.Response) -> ApiResponse:
    body = _parse_object(response)
    if "Turnout-Position" not in response.headers and "code" not in body:
        raise SeedError(f"{response.request.url} is no Turnout: it responds with {response.status_code}")
    return ApiResponse(response.status_code, body, response.headers.get("Idempotent-Replayed") == "true")


def _parse_object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _retry_after_s(response: httpx.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return min(float(text), _RETRY_FOR_S) if text.isdigit() else 0.0
