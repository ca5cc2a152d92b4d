"""``/healthz``, ``/readyz``, ``/metrics``."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from turnout_command.metrics import Metrics
from turnout_command.write.writer import Writer


class Readiness(BaseModel):
    """
    Attributes:
        role: ``leader`` or ``standby``.
        position: of what is on disk; null before the journal was read.
        trouble: why it cannot write; null for a leader, and for a standby that is up to date.
    """

    role: str
    position: str | None
    trouble: str | None


def readiness(writer: Writer) -> tuple[bool, Readiness]:
    """The readiness of ``writer``: leader or standby, its position, and why it cannot write."""
    status = writer.status()
    position = str(status.position) if status.position is not None else None
    return status.ready, Readiness(role=status.role, position=position, trouble=status.trouble)


def routes(writer: Writer, metrics: Metrics) -> APIRouter:
    router = APIRouter(tags=["probes"])

    @router.get("/healthz", operation_id="healthz", summary="Alive")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get(
        "/readyz",
        operation_id="readyz",
        summary="Fit to write",
        response_model=Readiness,
        responses={503: {"model": Readiness, "description": "A standby, or in trouble."}},
    )
    async def readyz() -> Response:
        ready, told = readiness(writer)
        headers = None if ready else {"Retry-After": "1"}
        return Response(told.model_dump_json(), 200 if ready else 503, headers, "application/json")

    @router.get("/metrics", operation_id="metrics", summary="For Prometheus", response_class=Response)
    async def scraped() -> Response:
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router
