"""The check of the page that sends a write with our cookie."""

from fastapi import Request

from turnout_core.domain.rejections import Invalid


class OtherOrigin(Invalid):
    """A page of another origin tries to write in a visitor's name."""

    status = 403


def same_origin(request: Request) -> None:
    """Refuses a request that a page of another origin sends with our cookie. Raises OtherOrigin.

    A browser names the page's origin on every write (Fetch standard, "Origin" header); other clients name none.
    """
    origin = request.headers.get("origin")
    if origin is None or "authorization" in request.headers:
        return
    host = request.headers.get("host", "")
    if origin.partition("://")[2].lower() != host.lower():
        raise OtherOrigin(f"This page ({origin}) may not act here.")
