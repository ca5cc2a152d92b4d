"""The composition root of the whole product: both services and the front end as one app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from turnout.up.compression import CompressedReads
from turnout.up.site import mount_site
from turnout_command.app import CommandService
from turnout_command.http.health import readiness
from turnout_command.http.openapi_extra import BODIES
from turnout_command.settings import Settings as CommandSettings
from turnout_core.web.fallback_routes import add_fallback
from turnout_core.web.problems import complete_openapi, install_problems
from turnout_gateway import app as gateway_app
from turnout_gateway.gateway import Gateway
from turnout_gateway.http.reads import gateway_of, position_of
from turnout_gateway.settings import Settings as GatewaySettings

DESCRIPTION = """
A self-hosted, real-time event manager. Writes go to the command service, reads and live views to a gateway; here both
answer on one address. docs/protocol.md tells what a client can rely on.
"""


def create_product(valkey: str, site: Path | None) -> FastAPI:
    """The app. Connects to ``valkey`` (its URL) when it starts; ``site`` is the folder of the built front end.

    Raises:
        ValidationError, CannotStart: further settings, from the environment, are no good.
    """
    service = CommandService(CommandSettings(valkey=valkey))
    settings = GatewaySettings(valkey=valkey)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Gateway]]:
        async with service.running(), gateway_app.running(settings) as gateway:
            yield {"gateway": gateway}

    app = FastAPI(
        title="Turnout",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # the framework's pages fetch their scripts from another host
        redoc_url=None,
    )
    app.add_middleware(CompressedReads, endless=gateway_app.ENDLESS)
    install_problems(app, position_of)
    service.mount(app)
    app.include_router(gateway_app.api())
    app.include_router(_probes(service))
    complete_openapi(app, *BODIES)
    add_fallback(app, gateway_app.ENDLESS)
    if site is not None:
        mount_site(app, site)
    return app


def _probes(service: CommandService) -> APIRouter:
    """What each service has of its own is asked of both at once here."""
    router = APIRouter(tags=["probes"], include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz(request: Request, response: Response) -> dict[str, Any]:
        gateway = gateway_of(request)
        writes, writer = readiness(service.writer)
        reads = gateway.ready()
        response.status_code = 200 if writes and reads else 503
        return {"command": writer.model_dump(), "gateway": {"ready": reads, "trouble": gateway.follower.trouble}}

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        return Response(service.metrics.render() + gateway_of(request).metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router
