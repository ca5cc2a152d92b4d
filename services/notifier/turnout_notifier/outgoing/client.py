"""An HTTP client for addresses that guests choose: it must not be led to, held up or flooded by what answers."""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

import httpcore2
import httpx2
import truststore

from turnout_notifier.outgoing.public_network import AddressRefused, PublicNetwork, Resolve, resolve_by_system

TIMEOUT_S: Final = 15.0  # of a whole exchange; Standard Webhooks recommends 15 to 30 s
BODY_MAX_BYTES: Final = 16 * 1024  # no more of a response is read; only its status counts
CONNECTIONS_MAX: Final = 50
RETRY_AFTER_MAX_S: Final = 24 * 3600.0
_IDLE_MAX_S: Final = 15.0


class NotSent(Exception):
    """The request had no response. The message has no address, which can be a secret.

    Attributes:
        is_permanent: True if it would have none later, either.
    """

    def __init__(self, reason: str, *, is_permanent: bool = False) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent


@dataclass(frozen=True, slots=True)
class Response:
    """A response.

    Attributes:
        retry_after_s: of ``Retry-After`` (RFC 9110 section 10.2.3), at most ``RETRY_AFTER_MAX_S``; None without one.
    """

    status: int
    retry_after_s: float | None


class OutgoingHttp:
    """Posts to public servers. It follows no redirects, and uses no proxy: a proxy would resolve names by itself.

    Args:
        allows_private: True if private addresses, and http, are allowed.
        resolve: finds the addresses of hosts.
        timeout_s: seconds of a whole exchange.
        tls: trusts the authorities that this machine trusts, unless it is given.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        *,
        allows_private: bool = False,
        resolve: Resolve = resolve_by_system,
        timeout_s: float = TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._schemes = (b"https", b"http") if allows_private else (b"https",)
        self._timeout_s = timeout_s
        self._now = now
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls or truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            max_connections=CONNECTIONS_MAX,
            keepalive_expiry=_IDLE_MAX_S,
            network_backend=PublicNetwork(allows_private=allows_private, resolve=resolve),
        )

    async def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Posts ``body``. Raises NotSent."""
        url = self._parse(address)
        sent = [(b"Host", url.netloc), *((name.encode(), value.encode()) for name, value in headers.items())]
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._pool.stream("POST", target, headers=sent, content=body) as response,
            ):
                await _skip_body(response)
                return Response(response.status, self._retry_after_s(response))
        except TimeoutError as error:
            raise NotSent(f"no response within {self._timeout_s:g} s") from error
        except AddressRefused as error:
            raise NotSent("the host has a private address", is_permanent=True) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, ssl.SSLError) as error:
            raise NotSent(f"the connection failed ({type(error).__name__})") from error

    async def aclose(self) -> None:
        """Ends all connections."""
        await self._pool.aclose()

    def _parse(self, address: str) -> httpx2.URL:
        try:
            url = httpx2.URL(address)
            port = url.port
        except (httpx2.InvalidURL, ValueError) as error:
            raise NotSent("the address is no web address", is_permanent=True) from error
        if url.raw_scheme not in self._schemes or not url.raw_host or url.userinfo or port == 0:
            raise NotSent("the address is no https address", is_permanent=True)
        return url

    def _retry_after_s(self, response: httpcore2.Response) -> float | None:
        value = next((value for name, value in response.headers if name.lower() == b"retry-after"), None)
        if value is None:
            return None
        text = value.decode("latin-1").strip()
        if text.isascii() and text.isdigit():
            seconds = float(text[:9])
        else:
            try:
                seconds = parsedate_to_datetime(text).timestamp() - self._now()
            except (ValueError, OverflowError):
                return None
        return min(max(seconds, 0.0), RETRY_AFTER_MAX_S)


async def _skip_body(response: httpcore2.Response) -> None:
    """Reads a short body, so that the connection can serve again; a longer one ends the connection."""
    received = 0
    async with aclosing(response.aiter_stream()) as chunks:
        async for chunk in chunks:
            received += len(chunk)
            if received > BODY_MAX_BYTES:
                return
