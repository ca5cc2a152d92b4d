"""Refuses writes that pages of other origins send with our cookie (cross-site request forgery)."""

from fastapi import Request

from turnout_core.domain.rejections import Invalid


class OtherOrigin(Invalid):
    """A page of another origin sent a write with the visitor's cookie."""

    status = 403


def check_same_origin(request: Request) -> None:
    """Refuses a request with our cookie from a page of another origin. Raises OtherOrigin.

    Browsers send the page's origin with every write (Fetch standard, "Origin" header); other clients do not.
    """
    origin = request.headers.get("origin")
    if origin is None or "authorization" in request.headers:
        return
    host = request.headers.get("host", "")
    if origin.partition("://")[2].lower() != host.lower():
        raise OtherOrigin(f"This page ({origin}) may not act here.")
