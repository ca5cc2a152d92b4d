"""Health and metrics: ``/healthz``, ``/readyz``, ``/metrics``."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from turnout_command.metrics import Metrics
from turnout_command.write.writer import Writer
from turnout_core.domain.zones import ZONE_DATA_VERSION
from turnout_core.web.metrics_access import MetricsReaders, check_metrics_access
from turnout_core.web.openapi import problem_responses


class Readiness(BaseModel):
    """The body of ``/readyz``.

    Attributes:
        role: ``leader`` or ``standby``.
        position: the durable position; null before the journal is read.
        trouble: reason for not writing, or for refusing commands that add; null for any other leader, and for a
            standby that is up to date.
        zone_data: version of the time zone rules, such as ``2026f``.
    """

    role: str
    position: str | None
    trouble: str | None
    zone_data: str = ZONE_DATA_VERSION


def readiness(writer: Writer) -> tuple[bool, Readiness]:
    """True if ``writer`` can write; and its role, position and trouble."""
    status = writer.status()
    position = str(status.position) if status.position is not None else None
    return status.ready, Readiness(role=status.role, position=position, trouble=status.trouble)


def routes(writer: Writer, metrics: Metrics, metrics_readers: MetricsReaders) -> APIRouter:
    router = APIRouter(tags=["probes"])

    @router.get("/healthz", operation_id="healthz", summary="Check that the process runs")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get(
        "/readyz",
        operation_id="readyz",
        summary="Check that this service can write",
        response_model=Readiness,
        responses={503: {"model": Readiness, "description": "This service is a standby, or cannot write."}},
    )
    async def readyz() -> Response:
        ready, body = readiness(writer)
        headers = None if ready else {"Retry-After": "1"}
        return Response(body.model_dump_json(), 200 if ready else 503, headers, "application/json")

    @router.get(
        "/metrics",
        operation_id="metrics",
        summary="Read the metrics, for Prometheus",
        response_class=Response,
        responses=problem_responses(403),
    )
    async def metrics_text(request: Request) -> Response:
        check_metrics_access(request, metrics_readers)
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router
