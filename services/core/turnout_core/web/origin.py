"""Refuses writes that pages of other origins send with our cookie (cross-site request forgery)."""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from turnout_core.domain.rejections import Invalid
from turnout_core.web.identity import bearer_token

ANY: Final = "*"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_AS_HTTP: Final = {"ws": "http", "wss": "https"}


class OtherOrigin(Invalid):
    """A page of another origin sent a request with the visitor's cookie."""

    status = 403


def is_allowed(origin: str, scheme: str, host: str, further: Collection[str] = ()) -> bool:
    """True if a page of ``origin`` belongs to the site at ``host``, or to one of the ``further`` origins.

    Origins are equal if scheme, host and port are (RFC 6454 section 5); a default port may be absent.

    Args:
        origin: the header ``Origin``; browsers send ``null`` for pages without one.
        scheme: of the request, as the nearest trusted proxy received it.
        host: the header ``Host``.
        further: such as ``https://events.example``; ``*`` is any origin.
    """
    if ANY in further:
        return True
    requested = _parse_origin(origin)
    allowed = (f"{scheme}://{host}", *further)
    return requested is not None and any(requested == _parse_origin(each) for each in allowed)


def check_same_origin(request: Request, further: Collection[str] = ()) -> None:
    """Refuses a request with our cookie from a page of another origin. Raises OtherOrigin.

    Browsers send the page's origin with every write (Fetch standard, "Origin" header); other clients do not. A page of
    another origin cannot know a bearer token, so a request with one is not checked.
    """
    origin = request.headers.get("origin")
    if origin is None or bearer_token(request.headers.get("authorization")) is not None:
        return
    if not is_allowed(origin, request.url.scheme, request.headers.get("host", ""), set(further) - {ANY}):
        raise OtherOrigin(
            f"This page ({origin}) may not act here. The operator can allow its origin with TURNOUT_ORIGINS; behind a "
            "proxy with TLS, TURNOUT_TRUSTED_PROXIES has to name the proxy."
        )


def _parse_origin(origin: str) -> tuple[str, str, int | None] | None:
    """Scheme, host and port; None if it is no origin, such as ``null``."""
    try:
        split = urlsplit(origin)
        port = split.port
    except ValueError:
        return None
    if not split.hostname or split.path.strip("/"):
        return None
    scheme = split.scheme.lower()
    return _AS_HTTP.get(scheme, scheme), split.hostname, port or _DEFAULT_PORTS.get(scheme)
