"""Health and metrics: ``/healthz``, ``/readyz``, ``/metrics``."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from turnout_command.metrics import Metrics
from turnout_command.write.replication_monitor import ReplicationMonitor
from turnout_command.write.writer import Writer
from turnout_core.domain.zones import ZONE_DATA_VERSION
from turnout_core.web.metrics_access import MetricsReaders, check_metrics_access
from turnout_core.web.openapi import problem_responses


class ValkeyStatus(BaseModel):
    """The server that stores the journal, as it was at most two seconds ago.

    Attributes:
        primary: its address, as it names itself to this service.
        replicas: number of replicas that follow it.
        replicas_needed: number of replicas that must confirm a command (``TURNOUT_REPLICAS``).
        lag_bytes: writes that the replica furthest behind has not confirmed.
    """

    primary: str
    replicas: int
    replicas_needed: int
    lag_bytes: int


class Readiness(BaseModel):
    """The body of ``/readyz``.

    Attributes:
        role: ``leader`` or ``standby``.
        position: the durable position; null before the journal is read.
        trouble: reason for not writing, or for refusing commands that add; null for any other leader, and for a
            standby that is up to date.
        zone_data: version of the time zone rules, such as ``2026f``.
        valkey: null while the server does not answer.
    """

    role: str
    position: str | None
    trouble: str | None
    zone_data: str = ZONE_DATA_VERSION
    valkey: ValkeyStatus | None = None


def readiness(writer: Writer, replication: ReplicationMonitor) -> tuple[bool, Readiness]:
    """True if ``writer`` can write; and its role, position and trouble, and those of the server."""
    status = writer.status()
    position = str(status.position) if status.position is not None else None
    valkey = _valkey_status(replication)
    return status.ready, Readiness(role=status.role, position=position, trouble=status.trouble, valkey=valkey)


def _valkey_status(replication: ReplicationMonitor) -> ValkeyStatus | None:
    status = replication.status
    if status is None:
        return None
    return ValkeyStatus(
        primary=status.address,
        replicas=len(status.replicas),
        replicas_needed=replication.replicas_needed,
        lag_bytes=status.lag_bytes,
    )


def routes(
    writer: Writer, replication: ReplicationMonitor, metrics: Metrics, metrics_readers: MetricsReaders
) -> APIRouter:
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
        ready, body = readiness(writer, replication)
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
