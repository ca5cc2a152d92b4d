"""The security headers of all responses. deploy/caddy/Caddyfile repeats them for the files that the edge serves.

Each response of a service is an answer of the API unless it says otherwise: it is never stored (RFC 9111 section
5.2.2.5), and a browser that shows it as a page runs nothing in it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

COMMON: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
API: Final = {
    **COMMON,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
PAGE: Final = {
    **COMMON,
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def embedded_page(origins: Sequence[str]) -> dict[str, str]:
    """The headers of a page that pages of ``origins`` may frame (CSP level 3, "frame-ancestors"); ``*`` is any page."""
    framed_by = " ".join(origins) or "'none'"
    policy = PAGE["Content-Security-Policy"].replace("ancestors 'none'", f"ancestors {framed_by}")
    return {**PAGE, "Content-Security-Policy": policy, "X-Robots-Tag": "noindex"}


VARY_BY_USER: Final = ("Vary", "Cookie, Authorization")
"""For reads that depend on who asks."""

RawHeaders = list[tuple[bytes, bytes]]

API_HEAD: Final = "".join(f"{name.lower()}: {value}\r\n" for name, value in API.items())
"""The headers as lines of a response."""


def encode(headers: dict[str, str]) -> RawHeaders:
    """The headers as ASGI has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


class DefaultHeaders(list[tuple[bytes, bytes]]):
    """Headers of each response that does not set them itself.

    uvicorn adds the headers of a response to its list of defaults. With this list no header is there twice, and there
    is no further layer around the app.
    """

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        super().__init__(headers)
        self._names = {name for name, _ in self}

    def __add__(self, headers: list[Any]) -> RawHeaders:  # type: ignore[override] # the result is an ordinary list
        names = self._names
        for name, _ in headers:
            if name in names:
                own = {name for name, _ in headers}
                return [*(each for each in self if each[0] not in own), *headers]
        return super().__add__(headers)
