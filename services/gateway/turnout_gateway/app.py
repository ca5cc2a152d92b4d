"""The composition root of a gateway. A gateway process serves ``create_app``; `turnout up` includes only ``api``."""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from redis.asyncio import Redis

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Unavailable
from turnout_core.domain.zones import ZONE_DATA_VERSION
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.protocol.messages import Beat, Bye, Fail, Hello, Patch, Unwatch, Watch
from turnout_core.runtime.open_files import open_files_limit
from turnout_core.runtime.startup import CannotStart, read_signing_secret
from turnout_core.runtime.tasks import supervised
from turnout_core.runtime.valkey_client import connect
from turnout_core.runtime.valkey_url import parse_valkey_url
from turnout_core.web.connection_budget import report_if_short
from turnout_core.web.fallback_routes import add_fallback
from turnout_core.web.identity import Identity, shared_secret
from turnout_core.web.metrics_access import MetricsReaders, check_metrics_access
from turnout_core.web.openapi import complete_openapi, problem_responses
from turnout_core.web.problems import install_problems
from turnout_core.web.telemetry import NO_TELEMETRY
from turnout_gateway.gateway import Gateway
from turnout_gateway.http import calendars, embeds, personal_reads, reads
from turnout_gateway.http.crawlers import crawler_routes
from turnout_gateway.http.page_routes import PageRoute, no_page
from turnout_gateway.http.pages import Pages
from turnout_gateway.http.pictures import card_route
from turnout_gateway.http.public_site import PublicSite
from turnout_gateway.http.short_links import SHORT_LINK
from turnout_gateway.live.admission import LIVE_PATH
from turnout_gateway.runtime.presence_bus import ValkeyPresenceBus
from turnout_gateway.runtime.shells import EdgeShell
from turnout_gateway.settings import Settings
from turnout_gateway.transport import asgi_websocket, sse

STREAM_PATHS = frozenset({LIVE_PATH})  # a response lasts until the client disconnects
DESCRIPTION = """
Reads and live views of Turnout.

Every resource is a view with an address. `GET /api/<address>` returns the view once. `GET /api/live` opens the live
link: a WebSocket with the protocol of docs/protocol.md. With `Accept: text/event-stream` it sends the same messages as
server-sent events.
"""


class GatewayService:
    """A gateway with its connections to Valkey. It connects only within ``running``.

    Raises CannotStart if the secret file of ``settings`` cannot be read, or its URL knows no replicas to read from.

    Attributes:
        gateway: ready once its replica is up to date.
    """

    def __init__(self, settings: Settings) -> None:
        self._secret = read_signing_secret(settings.secret_file) if settings.secret_file is not None else None
        self._is_number_of_links_chosen = "links" in settings.model_fields_set
        self._keys = Keys()
        self._valkey = connect(settings.valkey)
        self._replica = _connect_to_replica(settings.valkey) if settings.read_from == "replica" else None
        self._journal = ValkeyJournal(
            connect(settings.valkey), connect(settings.valkey), self._keys, replica=self._replica
        )
        self.gateway = Gateway(
            settings,
            journal=self._journal,
            bus=ValkeyPresenceBus(self._valkey, self._keys.presence, self._replica),
            load_identity=self._load_identity,
            name=secrets.token_hex(8),
            open_files=open_files_limit(),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Gateway]:
        """Runs the gateway, and drains it at the end. Logs a warning if it can hold fewer links than configured."""
        report_if_short(self.gateway.budget, is_chosen=self._is_number_of_links_chosen)
        try:
            async with running(self.gateway):
                yield self.gateway
        finally:
            await self._valkey.aclose()
            await self._journal.close()

    async def try_access(self, valkey: Redis) -> None:
        """Tries the reads and subscriptions that a gateway needs, without effect. Raises RedisError."""
        await valkey.hlen(self._keys.head)
        async with valkey.pubsub() as pubsub:
            await pubsub.ssubscribe(self._keys.changes, self._keys.presence)
            await pubsub.get_message(timeout=1)

    async def _load_identity(self) -> Identity:
        return Identity(self._secret or await shared_secret(self._valkey, self._keys))


def _connect_to_replica(url: str) -> Redis:
    if parse_valkey_url(url).topology == "server":
        raise CannotStart(
            "TURNOUT_READ_FROM=replica needs a TURNOUT_VALKEY of redis+sentinel:// or redis+cluster://, which knows "
            "the "
            "replicas"
        )
    return connect(url, role="replica")


@asynccontextmanager
async def running(gateway: Gateway) -> AsyncIterator[Gateway]:
    """Runs ``gateway``, and drains it at the end."""
    async with supervised(gateway.run(), "the gateway"):
        yield gateway
        await gateway.drain()


def create_app(gateway: Gateway, settings: Settings) -> FastAPI:
    """Makes the HTTP interface of ``gateway``. The caller runs the gateway; ``gateway_server`` serves the app."""
    app = FastAPI(title="Turnout gateway", version="0.1.0", description=DESCRIPTION, telemetry=NO_TELEMETRY)
    install_problems(app, lambda _: position(gateway))
    app.include_router(api(gateway, settings))
    app.include_router(_health(gateway, settings.metrics))
    add_fallback(app, STREAM_PATHS)
    if settings.index_url is not None:
        shells = EdgeShell(settings.index_url, settings.base_path, time.monotonic)
        site = public_site(settings)
        pages = Pages(gateway, shells, site, no_page)
        app.router.routes.extend(crawler_routes(gateway, site))
        app.router.routes.insert(0, PageRoute(pages))
        app.router.routes.append(PageRoute(pages, missing=True))
    complete_openapi(app, *reads.RESPONSE_STRUCTS, Hello, Patch, Fail, Beat, Bye, Watch, Unwatch)
    return app


def api(gateway: Gateway, settings: Settings) -> APIRouter:
    """The routes of a gateway, without health and metrics."""
    router = APIRouter()
    # The calendars come first, because {event} of other routes matches {event}.ics.
    router.include_router(calendars.routes(gateway, public_site(settings)))
    router.include_router(reads.routes(gateway))
    router.include_router(personal_reads.routes(gateway))
    router.include_router(embeds.routes(gateway, settings))
    router.include_router(sse.routes(gateway))
    router.include_router(asgi_websocket.routes(gateway))
    router.routes += [card_route(gateway), SHORT_LINK]
    return router


def public_site(settings: Settings) -> PublicSite:
    """Where readers find the instance: at ``TURNOUT_URL`` or, without it, where each request says."""
    return PublicSite(settings.base_path, settings.url or "", is_framed=bool(settings.embed_origins))


def position(gateway: Gateway) -> Position | None:
    """The position of the gateway's replica; None until it is loaded."""
    return gateway.views.position if gateway.views.state is not None else None


def _health(gateway: Gateway, metrics_readers: MetricsReaders) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", operation_id="gateway_health", summary="Check that the gateway runs")
    async def healthz() -> dict[str, str]:
        """Always 200: the process serves requests."""
        return {"status": "alive"}

    @router.get("/readyz", operation_id="gateway_readiness", summary="Check that the gateway is ready")
    async def readyz() -> dict[str, str]:
        """200 if the replica is up to date and the gateway is not stopping, else 503."""
        if not gateway.is_ready():
            raise Unavailable(gateway.not_ready_reason())
        return {"status": "ready", "position": str(gateway.views.position), "zone_data": ZONE_DATA_VERSION}

    @router.get(
        "/metrics",
        operation_id="gateway_metrics",
        summary="Read the metrics",
        response_class=Response,
        responses=problem_responses(403),
    )
    async def metrics(request: Request) -> Response:
        """Metrics in the text format of Prometheus."""
        check_metrics_access(request, metrics_readers)
        return Response(gateway.metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router
