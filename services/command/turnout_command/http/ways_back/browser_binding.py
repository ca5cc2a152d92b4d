"""Binds a sign-in to the browser and the page in which it begins, so that nobody can be signed in by another page."""

from typing import Final

from fastapi import Response

from turnout_command.http.cookies import cookie_path
from turnout_command.http.raw_route import CommandRequest
from turnout_command.sign_in.oidc.attempts import BROWSER_CHARS, LIFETIME_S, new_browser
from turnout_core.web.identity import cookie_token, is_secure
from turnout_core.web.origin import OtherOrigin

COOKIE: Final = "turnout_sign_in"
HOST_COOKIE: Final = "__Host-turnout_sign_in"  # over TLS: no other page can set it (RFC 6265bis section 4.1.3.2)
_OWN_PAGES: Final = (None, "same-origin", "none")  # none is a typed address


def check_own_page(request: CommandRequest) -> None:
    """Refuses a navigation from a page of another site (W3C Fetch Metadata, "Sec-Fetch-Site"). Raises OtherOrigin."""
    if request.header(b"sec-fetch-site") not in _OWN_PAGES:
        raise OtherOrigin("A sign-in has to begin on a page of this site.")


def browser_of(request: CommandRequest) -> str | None:
    """The secret of the browser; None if it has none yet."""
    browser = cookie_token(request.header(b"cookie"), _name(request))
    return browser if browser is not None and len(browser) == BROWSER_CHARS else None


def bind_browser(request: CommandRequest, response: Response, base_path: str) -> str:
    """Gives the browser a secret for as long as a sign-in may take, and returns it. Several tabs share one."""
    browser, scheme = browser_of(request) or new_browser(), request.scope["scheme"]
    response.set_cookie(
        _name(request),
        browser,
        max_age=int(LIFETIME_S),
        path=cookie_path(scheme, base_path),
        secure=is_secure(scheme),
        httponly=True,
        samesite="lax",
    )
    return browser


def _name(request: CommandRequest) -> str:
    return HOST_COOKIE if is_secure(request.scope["scheme"]) else COOKIE
