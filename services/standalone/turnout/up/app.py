"""The composition root of the whole product: all services and the front end in one app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from turnout.up.compression import CompressedReads
from turnout.up.site import INDEX, Site, api_docs
from turnout_command.app import CommandService
from turnout_command.http.health import readiness
from turnout_command.http.openapi_extra import BODIES
from turnout_command.settings import Settings as CommandSettings
from turnout_core.domain.zones import ZONE_DATA_VERSION
from turnout_core.web.fallback_routes import add_fallback
from turnout_core.web.metrics_access import MetricsReaders, check_metrics_access
from turnout_core.web.openapi import complete_openapi
from turnout_core.web.problems import install_problems
from turnout_core.web.telemetry import NO_TELEMETRY
from turnout_gateway import app as gateway_app
from turnout_gateway.app import GatewayService
from turnout_gateway.http import reads
from turnout_gateway.http.crawlers import crawler_routes
from turnout_gateway.http.page_routes import PageRoute
from turnout_gateway.http.pages import Pages
from turnout_gateway.runtime.shells import FileShell
from turnout_gateway.settings import Settings as GatewaySettings
from turnout_notifier.app import NotifierService
from turnout_notifier.http.health import readiness as notifier_readiness
from turnout_notifier.settings import Settings as NotifierSettings

DESCRIPTION = """
A self-hosted, real-time event manager. Writes go to the command service, reads and live views to a gateway; here both
answer on one address. docs/protocol.md is the contract with clients.
"""


class Product:
    """All services. They do not connect before they are ``running``, so their OpenAPI document needs no server.

    Args:
        valkey: URL of the server; the other settings come from the environment.
        local_url: address of this process, with which links in mails begin that are only written into a folder.

    Raises ValidationError and CannotStart for a wrong setting.
    """

    def __init__(self, valkey: str, local_url: str = "http://localhost:8000") -> None:
        self.settings = GatewaySettings(valkey=valkey)
        self.command = CommandService(CommandSettings(valkey=valkey))
        self._gateway = GatewayService(self.settings)
        self.gateway = self._gateway.gateway
        notifier_settings = NotifierSettings(valkey=valkey)
        self._notifier = NotifierService(notifier_settings, local_url if notifier_settings.mail is not None else None)
        self.notifier = self._notifier.notifier

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs all services for the duration of the block. Raises the errors of their starts."""
        async with self.command.running(), self._gateway.running(), self._notifier.running():
            yield


def create_app(product: Product, site: Path | None) -> FastAPI:
    """The HTTP interface of ``product``, which the caller runs, and the files in ``site``, the built front end."""
    gateway = product.gateway
    app = FastAPI(
        title="Turnout",
        version="0.1.0",
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        servers=[{"url": ".."}],  # relative to the document's address (OpenAPI 3.1, "Server Object"), below any path
        docs_url=None,  # FastAPI's pages load scripts from another host; ``api_docs`` serves one without
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
    app.add_middleware(CompressedReads, endless=gateway_app.STREAM_PATHS)
    install_problems(app, lambda _: gateway_app.position(gateway))
    product.command.mount(app)
    app.include_router(gateway_app.api(gateway, product.settings))
    app.include_router(_probes(product, product.settings.metrics))
    complete_openapi(app, *BODIES, *reads.RESPONSE_STRUCTS)
    files = Site(site, product.settings.base_path, product.settings.embed_origins) if site is not None else None
    if files is not None:
        app.router.routes.append(api_docs(files))
    add_fallback(app, gateway_app.STREAM_PATHS)
    if site is not None and files is not None:
        public_site = gateway_app.public_site(product.settings)
        shells = FileShell(site / INDEX, product.settings.base_path)
        pages = Pages(gateway, shells, public_site, files.serve_index)
        app.router.routes.extend(crawler_routes(gateway, public_site))
        app.router.routes.insert(0, PageRoute(pages))
        files.missing = pages
        app.mount("/", files, name="site")
    return app


def _probes(product: Product, metrics_readers: MetricsReaders) -> APIRouter:
    """The routes for health and metrics of all services together."""
    service, gateway, notifier = product.command, product.gateway, product.notifier
    router = APIRouter(tags=["probes"], include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz(response: Response) -> dict[str, Any]:
        writes, writer = readiness(service.writer, service.replication)
        reads = gateway.is_ready()
        response.status_code = 200 if writes and reads else 503
        reader = {"ready": reads, "trouble": gateway.follower.trouble, "zone_data": ZONE_DATA_VERSION}
        return {"command": writer.model_dump(), "gateway": reader, "notifier": notifier_readiness(notifier)[1]}

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        check_metrics_access(request, metrics_readers)
        text = service.metrics.render() + gateway.metrics.render() + notifier.metrics.render()
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    return router
