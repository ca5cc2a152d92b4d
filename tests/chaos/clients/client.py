"""A client that repeats unanswered requests under the same key, and follows the leader."""

import asyncio
import itertools
from collections.abc import Mapping
from http.cookiejar import DefaultCookiePolicy
from random import Random
from typing import Final

import httpx

from chaos.history.events import Request, Response
from chaos.history.recorder import Recorder

ATTEMPT_S: Final = 2.0
_PAUSE_S: Final = (0.01, 0.08)


class Client:
    """Sends requests to the leader, which it finds by trying all services.

    Args:
        services: by name.
        retry_for_s: time for the attempts of one request, after which the client abandons it.
        may_fail: True if abandoned requests are expected, since a fault cuts the services off.
    """

    def __init__(
        self,
        services: Mapping[str, httpx.AsyncClient],
        recorder: Recorder,
        rng: Random,
        retry_for_s: float = 60.0,
        *,
        may_fail: bool = False,
    ) -> None:
        for each in services.values():
            each.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))  # each sign-up is another person's
        self._services = services
        self._recorder = recorder
        self._rng = rng
        self._retry_for_s = retry_for_s
        self._may_fail = may_fail
        self._order = itertools.cycle(services)
        self._target = next(self._order)
        self._keys = itertools.count()
        self._name = f"{rng.getrandbits(48):012x}"

    def new_key(self) -> str:
        """Returns a new Idempotency-Key."""
        return f"{self._name}-{next(self._keys):06}"

    async def send(self, request: Request, token: str | None) -> Response | None:
        """Repeats the request until there is a response. Returns None if it abandons the request."""
        began = self._recorder.now()
        deadline = began + self._retry_for_s
        while self._recorder.now() < deadline:
            target = self._target
            response = await self._attempt(request, token, target)
            if response is not None:
                return response
            if target == self._target:
                self._target = next(self._order)
            await asyncio.sleep(self._rng.uniform(*_PAUSE_S))
        if not self._may_fail:
            self._recorder.add_abandoned_request(request, began)
        return None

    async def _attempt(self, request: Request, token: str | None, target: str) -> Response | None:
        began, sent_ms = self._recorder.now(), self._recorder.wall_ms_of(target)
        try:
            async with asyncio.timeout(ATTEMPT_S):
                response = await self._services[target].request(
                    request.method, request.path, content=request.body.encode(), headers=_headers(request, token)
                )
        except (httpx.TransportError, TimeoutError, asyncio.CancelledError) as error:
            self._recorder.add_unknown_outcome(request, began, target, f"{type(error).__name__}: {error}")
            if isinstance(error, asyncio.CancelledError):
                raise
            return None
        return self._recorder.add_response(request, began, sent_ms, target, response)


def _headers(request: Request, token: str | None) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json" if request.body else None,
        "Authorization": f"Bearer {token}" if token else None,
        "Idempotency-Key": request.key,
        "If-Match": request.if_match,
    }
    return {name: value for name, value in headers.items() if value is not None}
