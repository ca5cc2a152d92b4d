"""A document of the provider that is fetched when it is needed, and not too often."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from turnout_command.sign_in.oidc.errors import ProviderUnavailable

FRESH_S: Final = 3600.0  # after that a key that the provider has withdrawn no longer counts
RETRY_S: Final = 10.0  # between two requests, whatever browsers do

T = TypeVar("T")


class CachedDocument(Generic[T]):
    """The parsed document, kept for ``FRESH_S``. At most one request is made in ``RETRY_S``, and one at a time.

    Args:
        fetch: requests and parses the document; raises ProviderUnavailable.
        clock: seconds that never go back.
    """

    def __init__(self, fetch: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = asyncio.Lock()
        self._found: T | None = None
        self._error: ProviderUnavailable | None = None
        self._requested_s = float("-inf")

    async def get(self) -> T:
        """The document. Raises ProviderUnavailable, also for ``RETRY_S`` after a request that failed."""
        async with self._lock:
            if self._found is None or self._age_s() >= FRESH_S:
                await self._refresh()
            return self._require()

    async def get_newer(self, seen: T) -> T:
        """A newer document than ``seen``, or the same one if the last request is recent. Raises ProviderUnavailable."""
        async with self._lock:
            if self._found is seen:
                await self._refresh()
            return self._require()

    async def _refresh(self) -> None:
        if self._age_s() < RETRY_S:
            return
        try:
            self._found, self._error = await self._fetch(), None
        except ProviderUnavailable as error:
            self._found, self._error = None, error
        self._requested_s = self._clock()

    def _require(self) -> T:
        if self._found is None:
            assert self._error is not None  # noqa: S101 - a request ends with a document or with an error
            raise self._error
        return self._found

    def _age_s(self) -> float:
        return self._clock() - self._requested_s
