"""Puts a gateway together: ``create_app`` for a process of its own, ``running`` and ``api`` for one that does more."""

import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from redis.asyncio import Redis

from turnout_core.domain.rejections import Unavailable
from turnout_core.journal.valkey import CHANNEL as CHANGES
from turnout_core.journal.valkey import HEAD, ValkeyJournal
from turnout_core.protocol.messages import Beat, Bye, Fail, Hello, Patch, Snapshot, Unwatch, Watch
from turnout_core.runtime.startup import read_secret
from turnout_core.runtime.tasks import supervised
from turnout_core.runtime.valkey_client import connect
from turnout_core.web.fallback_routes import add_fallback
from turnout_core.web.identity import Identity, shared_secret
from turnout_core.web.problems import complete_openapi, install_problems
from turnout_gateway.gateway import Gateway
from turnout_gateway.http import reads as http
from turnout_gateway.http.reads import gateway_of, position_of
from turnout_gateway.live.admission import LIVE_PATH
from turnout_gateway.live.presence import CHANNEL
from turnout_gateway.runtime.presence_bus import ValkeyBus
from turnout_gateway.settings import Settings
from turnout_gateway.transport import sse as stream

ENDLESS = frozenset({LIVE_PATH})  # what answers there goes on until the client leaves
DESCRIPTION = """
Reads and live views of Turnout.

Every readable thing is a view with an address; `GET /api/<address>` answers once. `GET /api/live` opens the live link:
as a WebSocket it speaks the protocol of docs/protocol.md, with `Accept: text/event-stream` it sends the same messages
as events.
"""


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Gateway]:
    """A gateway on the Valkey of ``settings``, from start to drained. It is ready when its replica is.

    Raises:
        CannotStart: the secret that the settings name is not there.
    """
    given = read_secret(settings.secret_file) if settings.secret_file is not None else None
    async with contextlib.AsyncExitStack() as stack:
        writes, reads, rest = [await stack.enter_async_context(connect(settings.valkey)) for _ in range(3)]
        gateway = Gateway(
            settings,
            journal=ValkeyJournal(writes, reads),
            bus=ValkeyBus(rest, CHANNEL),
            identity=lambda: _identity(given, rest),
            name=secrets.token_hex(8),
        )
        async with started(gateway):
            yield gateway


@asynccontextmanager
async def started(gateway: Gateway) -> AsyncIterator[Gateway]:
    """Runs ``gateway``, and drains it on the way out."""
    async with supervised(gateway.run(), "the gateway"):
        yield gateway
        await gateway.drain()


def api() -> APIRouter:
    """All that a gateway serves but its health; the request's state has to hold ``gateway``."""
    router = APIRouter()
    router.include_router(http.router)
    router.include_router(stream.router)
    return router


def create_app(settings: Settings) -> FastAPI:
    """The gateway as a process of its own; to be served with ``uvicorn.Config(ws=Wire)``."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Gateway]]:
        async with running(settings) as gateway:
            yield {"gateway": gateway}

    return assembled(lifespan)


def assembled(lifespan: object) -> FastAPI:
    """The routes around a lifespan that yields ``{"gateway": gateway}``."""
    app = FastAPI(title="Turnout gateway", version="0.1.0", description=DESCRIPTION, lifespan=lifespan)  # type: ignore[arg-type]
    install_problems(app, position_of)
    app.include_router(api())
    app.include_router(_health())
    add_fallback(app, ENDLESS)
    complete_openapi(app, Hello, Snapshot, Patch, Fail, Beat, Bye, Watch, Unwatch)
    return app


def _health() -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", operation_id="gateway_health")
    async def healthz() -> dict[str, str]:
        """Alive."""
        return {"status": "alive"}

    @router.get("/readyz", operation_id="gateway_readiness")
    async def readyz(request: Request) -> dict[str, str]:
        """Fit to serve: up to date as of a moment ago, and not about to stop."""
        gateway = gateway_of(request)
        if not gateway.ready():
            raise Unavailable(gateway.trouble())
        return {"status": "ready", "position": str(gateway.views.position)}

    @router.get("/metrics", operation_id="gateway_metrics", response_class=Response)
    async def metrics(request: Request) -> Response:
        """Prometheus metrics."""
        return Response(gateway_of(request).metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router


async def may_read(valkey: Redis) -> None:
    """Does what every gateway has to. Raises RedisError."""
    await valkey.hlen(HEAD)
    async with valkey.pubsub() as pubsub:
        await pubsub.subscribe(CHANGES, CHANNEL)
        await pubsub.get_message(timeout=1)


async def _identity(given: str | None, valkey: Redis) -> Identity:
    return Identity(given or await shared_secret(valkey))
