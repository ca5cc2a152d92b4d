"""The opening handshake of WebSockets (RFC 6455 section 4.2), with the security headers of all responses."""

from websockets.http11 import Response
from websockets.server import ServerProtocol

from turnout_core.web.security_headers import API


class Handshake(ServerProtocol):
    """Adds the security headers to each response, also to a refusal."""

    def send_response(self, response: Response) -> None:
        for name, value in API.items():
            if name not in response.headers:
                response.headers[name] = value
        super().send_response(response)
