"""The opening handshake of WebSockets (RFC 6455 section 4.2), with the security headers of all responses."""

from http import HTTPStatus
from typing import Final

from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from turnout_core.web.security_headers import API


class Handshake(ServerProtocol):
    """Adds the security headers to each response, also to a refusal."""

    def send_response(self, response: Response) -> None:
        _secure(response)
        super().send_response(response)


_JUDGE: Final = ServerProtocol()  # judges requests and sends nothing, so one serves all connections


def respond(request: Request, *, is_available: bool) -> Response:
    """The response to a request for a WebSocket: 101 if it is valid, 503 if it is and the server is not available.

    The request has been read by another parser, so a body, which no handshake has, must be refused here.
    """
    headers = request.headers
    if "Transfer-Encoding" in headers or not {"0"}.issuperset(headers.get_all("Content-Length")):
        response = _JUDGE.reject(HTTPStatus.BAD_REQUEST, "A WebSocket handshake has no body.\n")
    else:
        response = _JUDGE.accept(request)
    if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS and not is_available:
        response = _JUDGE.reject(
            HTTPStatus.SERVICE_UNAVAILABLE, "This gateway is starting or stopping. Try again in a second.\n"
        )
        response.headers["Retry-After"] = "1"
    _secure(response)
    return response


def _secure(response: Response) -> None:
    for name, value in API.items():
        if name not in response.headers:
            response.headers[name] = value
