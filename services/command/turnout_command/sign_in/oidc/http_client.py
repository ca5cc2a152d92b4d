"""HTTP requests to the provider, with bounds: it must not hang, flood or redirect this service."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final

import httpx2
import truststore

from turnout_command.sign_in.oidc.errors import ProviderUnavailable

TIMEOUT_S: Final = 10.0  # of a whole exchange; a person waits for it
BODY_MAX_BYTES: Final = 512 * 1024  # the key sets and tokens of large providers have some tens of kilobytes


class _BoundedBody(httpx2.AsyncByteStream):
    """The body of a response, up to ``BODY_MAX_BYTES``."""

    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for chunk in self._body:
            received += len(chunk)
            if received > BODY_MAX_BYTES:
                raise ProviderUnavailable(f"the provider's response has more than {BODY_MAX_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()


async def _bound_body(response: httpx2.Response) -> None:
    """Bounds the body. A compressed one is refused, since it could grow without bound when it is unpacked."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ProviderUnavailable("the provider's response is compressed, which was not asked for")
    assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 - an asynchronous client has no others
    response.stream = _BoundedBody(response.stream)


class ProviderHttp:
    """Makes requests to the provider. Proxies come from the environment, as for other programs.

    Args:
        timeout_s: seconds of a whole exchange.
    """

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s

    def client_options(self) -> dict[str, Any]:
        """The options of each client of httpx2."""
        return {
            "timeout": self._timeout_s,
            "follow_redirects": False,
            "verify": _tls(),
            "headers": {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "turnout"},
            "event_hooks": {"response": [_bound_body]},
        }

    @asynccontextmanager
    async def exchange(self, what: str) -> AsyncIterator[None]:
        """Bounds the time of requests about ``what``, and turns their errors into ProviderUnavailable."""
        try:
            async with asyncio.timeout(self._timeout_s):
                yield
        except TimeoutError as error:
            raise ProviderUnavailable(f"the provider did not answer within {self._timeout_s:g} s: {what}") from error
        except httpx2.HTTPStatusError as error:
            raise ProviderUnavailable(f"the provider answered {error.response.status_code}: {what}") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ProviderUnavailable(f"the provider cannot be reached ({type(error).__name__}): {what}") from error

    async def fetch(self, address: str, what: str, access_token: str | None = None) -> bytes:
        """The body at ``address``, which holds ``what``. Raises ProviderUnavailable."""
        headers = {} if access_token is None else {"Authorization": f"Bearer {access_token}"}
        async with self.exchange(what), httpx2.AsyncClient(**self.client_options()) as client:
            response = await client.get(address, headers=headers)
            response.raise_for_status()
            return response.content


@cache
def _tls() -> ssl.SSLContext:
    """Trusts the authorities that this machine trusts, so that a company's own provider can be used."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
