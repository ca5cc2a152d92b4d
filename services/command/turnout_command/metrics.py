"""What Prometheus may ask of the command service."""

from functools import cached_property
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from turnout_core.domain.commands import Command


class Metrics:
    """Counters with a registry of their own, so that two services in one process do not meet in a global one."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.commands = Counter(
            "turnout_commands", "Commands, by what came of them.", ["type", "outcome"], registry=self.registry
        )
        self.batch = Histogram(
            "turnout_commit_batch_records",
            "Records that one append carried.",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
            registry=self.registry,
        )
        self.append = Histogram(
            "turnout_append_seconds",
            "From the request to append until the journal had it on disk.",
            buckets=(0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 4, 8),
            registry=self.registry,
        )
        self.unknown = Counter("turnout_unknown_outcomes", "Appends whose answer did not come.", registry=self.registry)
        self.terms = Counter("turnout_terms", "Times that this process got the lease.", registry=self.registry)
        self.snapshots = Counter("turnout_snapshots", "Snapshots, by outcome.", ["outcome"], registry=self.registry)
        self.position = Gauge("turnout_position", "Number of the last commit.", registry=self.registry)
        self.leader = Gauge("turnout_leader", "1 where this process may write.", registry=self.registry)
        self.memory = Gauge("turnout_valkey_memory_bytes", "Bytes that Valkey holds.", registry=self.registry)
        self.memory_max = Gauge(
            "turnout_valkey_memory_max_bytes", "Bytes that Valkey may hold; 0 for no limit.", registry=self.registry
        )

    @cached_property
    def done(self) -> dict[str, Counter]:
        """The counter of what took effect, by type of command: looked up for every command, so looked up before."""
        types = [each.model_fields["type"].default for each in get_args(Command)]
        return {each: self.commands.labels(each, "done") for each in types}

    def render(self) -> bytes:
        """The text format of Prometheus."""
        return generate_latest(self.registry)
