"""The public address of the instance, as a request shows it."""

from typing import Final

from starlette.types import Scope

from turnout_core.runtime.origins import Origin
from turnout_gateway.pages.site import Site

_HOST_MAX_BYTES: Final = 260  # of a name in the DNS (RFC 1035 section 2.3.4), and a port


class PublicSite:
    """Finds the address at which readers know the instance.

    Args:
        base_path: below which a proxy serves everything.
        address: the public address; empty for that of each request.
        is_framed: True if other sites may frame its pages.
    """

    def __init__(self, base_path: str = "", address: str = "", *, is_framed: bool = False) -> None:
        self._base_path = base_path
        self._address = address
        self._is_framed = is_framed

    def of(self, scope: Scope) -> Site:
        """The site; without an address if the request names no host."""
        return Site(self._address or self._requested(scope), self._is_framed)

    def _requested(self, scope: Scope) -> str:
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        if len(host) > _HOST_MAX_BYTES:
            return ""
        origin = Origin.parse(f"{scope['scheme']}://{host.decode('latin-1')}")
        return f"{origin}{self._base_path}" if origin is not None else ""
