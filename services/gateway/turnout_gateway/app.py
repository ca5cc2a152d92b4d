"""The composition root of a gateway: a process of its own serves ``create_app``, `turnout up` adds ``api`` to more."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST
from redis.asyncio import Redis

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Unavailable
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.protocol.messages import Beat, Bye, Fail, Hello, Patch, Unwatch, Watch
from turnout_core.runtime.startup import read_secret
from turnout_core.runtime.tasks import supervised
from turnout_core.runtime.valkey_client import connect
from turnout_core.web.fallback_routes import add_fallback
from turnout_core.web.identity import Identity, shared_secret
from turnout_core.web.openapi import complete_openapi
from turnout_core.web.problems import install_problems
from turnout_gateway.gateway import Gateway
from turnout_gateway.http import reads
from turnout_gateway.live.admission import LIVE_PATH
from turnout_gateway.runtime.presence_bus import ValkeyPresenceBus
from turnout_gateway.settings import Settings
from turnout_gateway.transport import asgi_websocket, sse

STREAM_PATHS = frozenset({LIVE_PATH})  # a response there lasts until the client leaves
DESCRIPTION = """
Reads and live views of Turnout.

Every readable thing is a view with an address; `GET /api/<address>` answers once. `GET /api/live` opens the live link:
as a WebSocket it speaks the protocol of docs/protocol.md, with `Accept: text/event-stream` it sends the same messages
as events.
"""


class GatewayService:
    """A gateway on the Valkey of ``settings``. It connects to nothing before it is ``running``.

    Raises CannotStart if the settings name a secret that cannot be read.

    Attributes:
        gateway: ready once its replica is.
    """

    def __init__(self, settings: Settings) -> None:
        self._secret = read_secret(settings.secret_file) if settings.secret_file is not None else None
        self._keys = Keys()
        self._valkey = connect(settings.valkey)
        self._journal = ValkeyJournal(connect(settings.valkey), connect(settings.valkey), self._keys)
        self.gateway = Gateway(
            settings,
            journal=self._journal,
            bus=ValkeyPresenceBus(self._valkey, self._keys.presence),
            load_identity=self._load_identity,
            name=secrets.token_hex(8),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Gateway]:
        """Runs the gateway, and drains it at the end."""
        try:
            async with running(self.gateway):
                yield self.gateway
        finally:
            await self._valkey.aclose()
            await self._journal.close()

    async def try_access(self, valkey: Redis) -> None:
        """Does, without effect, what every gateway has to. Raises RedisError."""
        await valkey.hlen(self._keys.head)
        async with valkey.pubsub() as pubsub:
            await pubsub.subscribe(self._keys.changes, self._keys.presence)
            await pubsub.get_message(timeout=1)

    async def _load_identity(self) -> Identity:
        return Identity(self._secret or await shared_secret(self._valkey, self._keys))


@asynccontextmanager
async def running(gateway: Gateway) -> AsyncIterator[Gateway]:
    """Runs ``gateway``, and drains it at the end."""
    async with supervised(gateway.run(), "the gateway"):
        yield gateway
        await gateway.drain()


def create_app(gateway: Gateway) -> FastAPI:
    """The HTTP interface of ``gateway``, which the caller runs; to be served by ``gateway_server``."""
    app = FastAPI(title="Turnout gateway", version="0.1.0", description=DESCRIPTION)
    install_problems(app, lambda _: position(gateway))
    app.include_router(api(gateway))
    app.include_router(_health(gateway))
    add_fallback(app, STREAM_PATHS)
    complete_openapi(app, *reads.RESPONSE_STRUCTS, Hello, Patch, Fail, Beat, Bye, Watch, Unwatch)
    return app


def api(gateway: Gateway) -> APIRouter:
    """Everything that a gateway serves but its health."""
    router = APIRouter()
    router.include_router(reads.routes(gateway))
    router.include_router(sse.routes(gateway))
    router.include_router(asgi_websocket.routes(gateway))
    return router


def position(gateway: Gateway) -> Position | None:
    """The position of the gateway's replica; None while there is none."""
    return gateway.views.position if gateway.views.state is not None else None


def _health(gateway: Gateway) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", operation_id="gateway_health")
    async def healthz() -> dict[str, str]:
        """Alive."""
        return {"status": "alive"}

    @router.get("/readyz", operation_id="gateway_readiness")
    async def readyz() -> dict[str, str]:
        """Ready to serve: up to date as of a moment ago, and not about to stop."""
        if not gateway.is_ready():
            raise Unavailable(gateway.not_ready_reason())
        return {"status": "ready", "position": str(gateway.views.position)}

    @router.get("/metrics", operation_id="gateway_metrics", response_class=Response)
    async def metrics() -> Response:
        """Prometheus metrics."""
        return Response(gateway.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router
