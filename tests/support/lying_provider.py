"""A small OpenID Connect provider that lies in the way that a test asks for. Without a lie it is honest."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import uvicorn
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry, serialize_compact
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CLIENT_ID: Final = "turnout"
CODE: Final = "code-of-ada"
KEY: Final = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
OTHER_KEY: Final = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
ENDPOINTS: Final = ("metadata", "keys", "token", "userinfo")

Handler = Callable[[Request], Awaitable[Response]]


class LyingProvider:
    """The provider. Its attributes are what it says.

    Attributes:
        metadata: differences from honest metadata.
        claims: differences from honest claims of the ID token; None removes a claim.
        userinfo: differences from honest claims about the person.
        token: differences from an honest response of the token endpoint.
        sign: makes the ID token of the claims.
        keys: the published keys.
        replies: what endpoints do instead of answering.
        requests: the number of requests of each endpoint.
    """

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.token: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = sign
        self.keys = [KEY.as_dict(private=False)]
        self.replies: dict[str, Handler] = {}
        self.requests: Counter[str] = Counter()
        self._asked: Mapping[str, str] = {}

    def answer_to(self, address: str) -> dict[str, str]:
        """The query of the redirect with which the provider answers a request for authorization."""
        self._asked = dict(parse_qsl(urlsplit(address).query))
        return {"code": CODE, "state": self._asked["state"], "iss": self.issuer}

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._endpoint("metadata", self._serve_metadata)),
            Route("/keys", self._endpoint("keys", self._serve_keys)),
            Route("/token", self._endpoint("token", self._serve_token), methods=["POST"]),
            Route("/userinfo", self._endpoint("userinfo", self._serve_userinfo)),
        ]

    def _endpoint(self, name: str, honest: Handler) -> Handler:
        async def handle(request: Request) -> Response:
            self.requests[name] += 1
            return await self.replies.get(name, honest)(request)

        return handle

    async def _serve_metadata(self, _: Request) -> Response:
        names = {"jwks_uri": "keys", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
        endpoints = {name: f"{self.issuer}/{path}" for name, path in names.items()}
        honest = {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize?tenant=1", **endpoints}
        return JSONResponse(honest | self.metadata)

    async def _serve_keys(self, _: Request) -> Response:
        return JSONResponse({"keys": self.keys})

    async def _serve_token(self, request: Request) -> Response:
        verifier = dict(parse_qsl((await request.body()).decode()))["code_verifier"]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        if self._asked["code_challenge_method"] != "S256" or challenge != self._asked["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now_s = int(time.time())
        honest = {"iss": self.issuer, "sub": "ada", "aud": CLIENT_ID, "iat": now_s, "exp": now_s + 60}
        claims = {**honest, "nonce": self._asked["nonce"], "name": "Ada"} | self.claims
        id_token = self.sign({name: value for name, value in claims.items() if value is not None})
        return JSONResponse({"access_token": "access", "token_type": "Bearer", "id_token": id_token} | self.token)

    async def _serve_userinfo(self, _: Request) -> Response:
        return JSONResponse({"sub": "ada", "email": "ada@example.org", "email_verified": True} | self.userinfo)


def sign(claims: dict[str, Any], key: RSAKey = KEY, **header: Any) -> str:
    registry = JWSRegistry(strict_check_header=False)
    given = {"alg": "RS256", "kid": "first", **header}
    protected = {name: value for name, value in given.items() if value is not None}
    return serialize_compact(protected, json.dumps(claims), key, registry=registry)


def sign_with_none(claims: dict[str, Any]) -> str:
    return f"{_encode({'alg': 'none'})}.{_encode(claims)}."


def sign_with_public_key(claims: dict[str, Any]) -> str:
    """HS256 with the public key as the secret, which a careless verifier takes for its own (RFC 8725 section 2.1)."""
    signed = f"{_encode({'alg': 'HS256', 'kid': 'first'})}.{_encode(claims)}"
    signature = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def _encode(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@asynccontextmanager
async def running_lying_provider(certificate: str | None = None) -> AsyncIterator[LyingProvider]:
    """Serves the provider on a free port for the duration of the block, over TLS with a file of key and certificate."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        scheme = "http" if certificate is None else "https"
        provider = LyingProvider(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}")
        app = Starlette(routes=provider.routes())
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ssl_certfile=certificate)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve([listener]))
        try:
            yield provider
        finally:
            server.should_exit = server.force_exit = True
            await serving
