"""Health and metrics: ``/healthz``, ``/readyz``, ``/metrics``."""

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from turnout_core.domain.zones import ZONE_DATA_VERSION
from turnout_core.web.metrics_access import MetricsReaders, check_metrics_access
from turnout_notifier.notifier import Notifier


def readiness(notifier: Notifier) -> tuple[bool, dict[str, Any]]:
    """True if ``notifier`` could send; and its role, position and trouble."""
    state = notifier.follower.state
    return notifier.is_ready(), {
        "role": "sender" if notifier.is_sending() else "standby",
        "position": str(state.position) if state is not None else None,
        "trouble": notifier.follower.trouble,
        "zone_data": ZONE_DATA_VERSION,
    }


def routes(notifier: Notifier, metrics_readers: MetricsReaders) -> APIRouter:
    router = APIRouter(tags=["probes"])

    @router.get("/healthz", summary="Check that the process runs")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz", summary="Check that the notifier is up to date")
    async def readyz(response: Response) -> dict[str, Any]:
        """200 if the replica is up to date, also on one that another notifier sends for; else 503."""
        is_ready, body = readiness(notifier)
        response.status_code = 200 if is_ready else 503
        return body

    @router.get("/metrics", summary="Read the metrics, for Prometheus", response_class=Response)
    async def metrics(request: Request) -> Response:
        check_metrics_access(request, metrics_readers)
        return Response(notifier.metrics.render(), media_type=CONTENT_TYPE_LATEST)

    return router
