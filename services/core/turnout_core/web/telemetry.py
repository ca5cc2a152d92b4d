"""Turns off the OpenTelemetry of FastAPI, which nothing here uses: each request would ask whether it is set up."""

from typing import Final

from fastapi.telemetry import TelemetryConfig

NO_TELEMETRY: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False}
