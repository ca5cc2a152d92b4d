"""The metrics of a notifier."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from turnout_notifier.delivery import CHANNELS, ChannelName
from turnout_notifier.queue.port import QueueSize

_DELAYS_S: Final = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600)


class Metrics:
    """Counters of this process, and the extent of the queue as its leader last saw it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.is_sender = Gauge(
            "turnout_notifier_is_sender", "1 on the notifier that sends, 0 on the others", registry=self.registry
        )
        self.deliveries = Counter(
            "turnout_notifier_deliveries",
            "What became of deliveries: sent, obsolete, retried, dead, gone",
            ["channel", "outcome"],
            registry=self.registry,
        )
        self.delay = Histogram(
            "turnout_notifier_delay_seconds",
            "Time from the planning of a delivery until it was sent",
            ["channel"],
            buckets=_DELAYS_S,
            registry=self.registry,
        )
        self._waiting = Gauge("turnout_notifier_waiting", "Deliveries that wait", ["channel"], registry=self.registry)
        self._overdue = Gauge(
            "turnout_notifier_overdue_seconds",
            "How long the delivery that is due the longest has been due",
            ["channel"],
            registry=self.registry,
        )
        self.dead_letters = Gauge(
            "turnout_notifier_dead_letters", "Deliveries that failed for good", registry=self.registry
        )
        for channel in CHANNELS:
            self.forget_size(channel)

    def show_size(self, channel: ChannelName, size: QueueSize, now_ms: int) -> None:
        overdue_ms = now_ms - size.oldest_due_ms if size.oldest_due_ms is not None else 0
        self._waiting.labels(channel).set(size.waiting)
        self._overdue.labels(channel).set(max(overdue_ms, 0) / 1000)

    def forget_size(self, channel: ChannelName) -> None:
        """Shows nothing: only the one that sends knows the queue."""
        self._waiting.labels(channel).set(0)
        self._overdue.labels(channel).set(0)

    def render(self) -> bytes:
        """The text format of Prometheus."""
        return generate_latest(self.registry)
