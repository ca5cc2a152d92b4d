"""Refuses writes that pages of other origins send with our cookie (cross-site request forgery)."""

from collections.abc import Collection

from fastapi import Request

from turnout_core.domain.rejections import Invalid
from turnout_core.runtime.origins import ANY, Origin
from turnout_core.web.identity import bearer_token


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
    requested = Origin.parse(origin)
    allowed = (f"{scheme}://{host}", *further)
    return requested is not None and any(requested == Origin.parse(each) for each in allowed)


def check_same_origin(request: Request, further: Collection[str] = ()) -> None:
    """Refuses a request with our cookie from a page of another origin. Raises OtherOrigin.

    Browsers send the page's origin with every write (Fetch standard, "Origin" header); other clients do not. A page of
    another origin cannot know a bearer token, so a request with one is not checked.
    """
    origin = request.headers.get("origin")
    if origin is None or bearer_token(request.headers.get("authorization")) is not None:
        return
    if not is_allowed(origin, request.url.scheme, request.headers.get("host", ""), set(further) - {ANY}):
        raise other_origin(origin, request.url.scheme, request.headers.get("host", ""))


def other_origin(origin: str, scheme: str, host: str) -> OtherOrigin:
    """The refusal of a page of ``origin``, with what the operator can set; arguments as for ``is_allowed``."""
    page, site = Origin.parse(origin), Origin.parse(f"{scheme}://{host}")
    sentences = [f"This page ({origin}) may not act here."]
    if page is not None and site is not None:
        sentences.append(
            f"The request came for {site}. If both are the same site, set {setting(origin)}, or let the proxy pass "
            "Host and X-Forwarded-Proto on and name it in TURNOUT_TRUSTED_PROXIES (docs/proxies.md)."
        )
    return OtherOrigin(" ".join(sentences))


def setting(origin: str) -> str:
    """The setting that allows a page of ``origin``; without a value if that is no origin."""
    page = Origin.parse(origin)
    return "TURNOUT_ORIGINS" if page is None else f"TURNOUT_ORIGINS={page}"
