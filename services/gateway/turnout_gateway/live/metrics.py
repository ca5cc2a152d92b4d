"""Prometheus metrics of a gateway. Plain counters are read when somebody asks, so counting costs next to nothing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from turnout_gateway.gateway import Gateway

_LAG_BUCKETS_S: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """A registry of its own, so that several gateways, or a gateway and a command service, fit into one process."""

    def __init__(self, gateway: "Gateway") -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Gauges(gateway))
        self._lag = Histogram(
            "turnout_gateway_patch_lag_seconds",
            "From the time of a commit until it has been written to the sockets (of each tick, the oldest commit)",
            buckets=_LAG_BUCKETS_S,
            registry=self.registry,
        )

    def lag(self, lag_s: float) -> None:
        self._lag.observe(lag_s)

    def text(self) -> bytes:
        """The exposition format of Prometheus."""
        return generate_latest(self.registry)


class _Gauges(Collector):
    def __init__(self, gateway: "Gateway") -> None:
        self._gateway = gateway

    def collect(self) -> Iterator[Metric]:
        gateway = self._gateway
        counts, clients = gateway.hub.counts, gateway.hub.clients
        yield _gauge("clients", "Live links", len(clients))
        yield _gauge("clients_full", "Live links that take no more at the moment", clients.full())
        yield _gauge("views", "Different views that are kept up to date", len(gateway.views))
        yield _gauge("ready", "1 when fit to serve", gateway.ready())
        yield _counter("connects", "Live links that were opened", counts.connected)
        yield _counter("ticks", "Ticks", counts.ticks)
        yield _counter("frames", "Frames written to live links", counts.frames)
        yield _counter("frame_bytes", "Bytes of frames written to live links", counts.bytes)
        yield _counter(
            "skipped", "Frames not written because a client was full; it got a newer one later", counts.skipped
        )
        resumes = CounterMetricFamily(
            "turnout_gateway_resumes", "Clients that came back with a position", labels=["by"]
        )
        resumes.add_metric(["patch"], counts.resumed_by_patch)
        resumes.add_metric(["snapshot"], counts.resumed_by_snapshot)
        yield resumes
        for name, text, label, values in (
            ("aborts", "Links cut off by this side", "reason", counts.aborted),
            ("closes", "Links closed by this side", "reason", counts.closed),
            ("refusals", "Messages answered with fail", "code", counts.refused),
        ):
            family = CounterMetricFamily(f"turnout_gateway_{name}", text, labels=[label])
            for value, count in values.items():
                family.add_metric([value], count)
            yield family
        follower = gateway.follower
        seq = follower.state.position.seq if follower.state else 0
        head = follower.head.seq if follower.head else seq
        yield _gauge("position", "Commits that the replica holds", seq)
        yield _gauge("position_lag", "Commits that it has heard of but does not hold yet", max(0, head - seq))


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"turnout_gateway_{name}", text, value=value)


def _counter(name: str, text: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"turnout_gateway_{name}", text, value=value)
