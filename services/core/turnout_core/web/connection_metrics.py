"""Prometheus metrics of the connections of a server. A scrape reads plain counters."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from turnout_core.web.http_limits import HttpConnections


class ConnectionMetrics(Collector):
    """The connections of one server, for the registry of a service."""

    def __init__(self, connections: HttpConnections) -> None:
        self._connections = connections

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "turnout_http_connections", "Open connections without live WebSockets", value=len(self._connections)
        )
        yield GaugeMetricFamily(
            "turnout_open_files_max", "Files that the process may have open", value=self._connections.limits.open_files
        )
        refusals = CounterMetricFamily(
            "turnout_refused_connections", "Connections refused, by reason", labels=["reason"]
        )
        for reason, count in self._connections.refusals.items():
            refusals.add_metric([reason], count)
        yield refusals
        yield CounterMetricFamily(
            "turnout_accept_failures",
            "Attempts to accept a connection that failed for want of files or memory",
            value=self._connections.accept_failures,
        )
