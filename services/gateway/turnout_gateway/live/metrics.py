"""Prometheus metrics of a gateway. A scrape reads plain counters, so counting costs next to nothing."""

from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from turnout_core.journal.follower import Follower
from turnout_gateway.live.hub import Hub

_LAG_BUCKETS_S: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """The metrics of one gateway, in a registry of their own: several services may share a process."""

    def __init__(self, hub: Hub, follower: Follower, is_ready: Callable[[], bool]) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Gauges(hub, follower, is_ready))
        self._lag = Histogram(
            "turnout_gateway_patch_lag_seconds",
            "Seconds from the oldest commit of a flush until its frames were written",
            buckets=_LAG_BUCKETS_S,
            registry=self.registry,
        )

    def observe_lag(self, lag_s: float) -> None:
        self._lag.observe(lag_s)

    def render(self) -> bytes:
        """The exposition format of Prometheus."""
        return generate_latest(self.registry)


class _Gauges(Collector):
    def __init__(self, hub: Hub, follower: Follower, is_ready: Callable[[], bool]) -> None:
        self._hub = hub
        self._follower = follower
        self._is_ready = is_ready

    def collect(self) -> Iterator[Metric]:
        counters, clients = self._hub.counters, self._hub.clients
        yield _gauge("clients", "Live connections", len(clients))
        yield _gauge("clients_full", "Live connections with unsent data", clients.congested_count())
        yield _gauge("views", "Open views", len(self._hub.views))
        yield _gauge("ready", "1 if ready to serve, else 0", self._is_ready())
        yield _counter("connects", "Live connections opened", counters.connects)
        yield _counter("ticks", "Flushes", counters.flushes)
        yield _counter("frames", "Frames written to live connections", counters.frames)
        yield _counter("frame_bytes", "Bytes of frames written to live connections", counters.bytes)
        yield _counter("skipped", "Frames skipped because the client was congested", counters.skips)
        resumes = CounterMetricFamily(
            "turnout_gateway_resumes", "Resumed views, by kind of the first message", labels=["by"]
        )
        resumes.add_metric(["patch"], counters.resumed_by_patch)
        resumes.add_metric(["snapshot"], counters.resumed_by_snapshot)
        yield resumes
        for name, text, label, values in (
            ("aborts", "Live connections aborted by the gateway, by reason", "reason", counters.aborts),
            ("closes", "Live connections closed by the gateway, by reason", "reason", counters.closes),
            ("refusals", "Messages answered with fail, by code", "code", counters.refusals),
        ):
            family = CounterMetricFamily(f"turnout_gateway_{name}", text, labels=[label])
            for value, count in values.items():
                family.add_metric([value], count)
            yield family
        seq = self._follower.state.position.seq if self._follower.state else 0
        head = self._follower.head.seq if self._follower.head else seq
        yield _gauge("position", "Number of the last commit in the replica", seq)
        yield _gauge("position_lag", "Commits in the journal that the replica has not applied yet", max(0, head - seq))


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"turnout_gateway_{name}", text, value=value)


def _counter(name: str, text: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"turnout_gateway_{name}", text, value=value)
