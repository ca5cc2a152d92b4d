"""The session cookie: sets it, renews it and deletes it."""

from collections.abc import Iterable

from fastapi import Response

from turnout_command.http.endpoint import CommandEndpoint, credentials_of
from turnout_command.http.raw_route import CommandRequest
from turnout_core.web.identity import TOKEN_LIFETIME_S, bearer_token, is_secure


def has_bearer(request: CommandRequest) -> bool:
    """True if the request has a bearer token. Then its cookie, which can be another guest's, stays as it is."""
    return bearer_token(request.header(b"authorization")) is not None


def set_cookie(endpoint: CommandEndpoint, request: CommandRequest, response: Response, token: str) -> None:
    """Sets the session cookie, and deletes those of earlier versions."""
    scheme = request.scope["scheme"]
    response.set_cookie(
        endpoint.tokens().cookie_name(scheme),
        token,
        max_age=TOKEN_LIFETIME_S,
        path=cookie_path(scheme, endpoint.base_path),
        secure=is_secure(scheme),
        httponly=True,
        samesite="lax",
    )
    _delete_former_cookies(request, response, endpoint.tokens().former_cookies(credentials_of(request)))


def delete_cookie(endpoint: CommandEndpoint, request: CommandRequest, response: Response) -> None:
    """Deletes the session cookie, and those of earlier versions."""
    tokens = endpoint.tokens()
    former = tokens.former_cookies(credentials_of(request))
    _delete_cookie(request, response, tokens.cookie_name(request.scope["scheme"]), endpoint.base_path)
    _delete_former_cookies(request, response, former)


def _delete_former_cookies(request: CommandRequest, response: Response, names: Iterable[str]) -> None:
    """Deletes the cookies of earlier versions, which knew no path."""
    for name in names:
        _delete_cookie(request, response, name, "")


def _delete_cookie(request: CommandRequest, response: Response, name: str, base_path: str) -> None:
    scheme = request.scope["scheme"]
    path = cookie_path(scheme, base_path)
    response.delete_cookie(name, path=path, secure=is_secure(scheme), httponly=True, samesite="lax")


def cookie_path(scheme: str, base_path: str) -> str:
    """Over TLS the prefix ``__Host-`` demands the path ``/`` (RFC 6265bis section 4.1.3.2)."""
    return "/" if is_secure(scheme) else base_path or "/"
