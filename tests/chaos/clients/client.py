"""A client that repeats unanswered requests under the same key, and follows the leader."""

import asyncio
import itertools
from collections.abc import Mapping
from random import Random
from typing import Final

import httpx

from chaos.history.events import Answered, Asked
from chaos.history.recorder import Recorder

ATTEMPT_S: Final = 2.0
_BACK_OFF_S: Final = (0.01, 0.08)


class Client:
    """
    Args:
        services: by name; all of them are tried.
        patience_s: for how long a request is repeated before it is left unknown for good.
        hopeless: whether that is to be expected, since the services are cut off on purpose.
    """

    def __init__(
        self,
        services: Mapping[str, httpx.AsyncClient],
        recorder: Recorder,
        rng: Random,
        patience_s: float = 60.0,
        *,
        hopeless: bool = False,
    ) -> None:
        self._services = services
        self._recorder = recorder
        self._rng = rng
        self._patience_s = patience_s
        self._hopeless = hopeless
        self._order = itertools.cycle(services)
        self._target = next(self._order)
        self._keys = itertools.count()
        self._name = f"{rng.getrandbits(48):012x}"

    def key(self) -> str:
        """A new Idempotency-Key."""
        return f"{self._name}-{next(self._keys):06}"

    async def do(self, asked: Asked, token: str | None) -> Answered | None:
        """Asks until there is an answer; None when there was none for too long."""
        began = self._recorder.now()
        give_up = began + self._patience_s
        while self._recorder.now() < give_up:
            target = self._target
            answered = await self._attempt(asked, token, target)
            if answered is not None:
                return answered
            if target == self._target:
                self._target = next(self._order)
            await asyncio.sleep(self._rng.uniform(*_BACK_OFF_S))
        if not self._hopeless:
            self._recorder.unanswered(asked, began)
        return None

    async def _attempt(self, asked: Asked, token: str | None, target: str) -> Answered | None:
        began, sent_ms = self._recorder.now(), self._recorder.wall_ms()
        try:
            async with asyncio.timeout(ATTEMPT_S):
                response = await self._services[target].request(
                    asked.method, asked.path, content=asked.body.encode(), headers=_headers(asked, token)
                )
        except (httpx.TransportError, TimeoutError, asyncio.CancelledError) as error:
            self._recorder.silent(asked, began, target, f"{type(error).__name__}: {error}")
            if isinstance(error, asyncio.CancelledError):
                raise
            return None
        return self._recorder.answered(asked, began, sent_ms, target, response)


def _headers(asked: Asked, token: str | None) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json" if asked.body else None,
        "Authorization": f"Bearer {token}" if token else None,
        "Idempotency-Key": asked.key,
        "If-Match": asked.if_match,
    }
    return {name: value for name, value in headers.items() if value is not None}
