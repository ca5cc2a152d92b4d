"""Prometheus metrics of the command service."""

from functools import cached_property
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from turnout_core.domain.commands import Command


class Metrics:
    """The metrics, in a registry per instance, so that two services can run in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.commands = Counter(
            "turnout_commands", "Commands by type and outcome.", ["type", "outcome"], registry=self.registry
        )
        self.limited = Counter(
            "turnout_limited", "Requests beyond a limit per address, person or event.", ["kind"], registry=self.registry
        )
        self.batch_records = Histogram(
            "turnout_commit_batch_records",
            "Records per append.",
            buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
            registry=self.registry,
        )
        self.append_seconds = Histogram(
            "turnout_append_seconds",
            "Time of an append until it is durable.",
            buckets=(0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 4, 8),
            registry=self.registry,
        )
        self.unknown_outcomes = Counter(
            "turnout_unknown_outcomes", "Appends whose outcome was unknown at first.", registry=self.registry
        )
        self.terms = Counter("turnout_terms", "Times this process became leader.", registry=self.registry)
        self.snapshots = Counter("turnout_snapshots", "Snapshots by outcome.", ["outcome"], registry=self.registry)
        self.events_ended = Counter("turnout_events_ended", "Ends of events committed.", registry=self.registry)
        self.events_reopened = Counter(
            "turnout_events_reopened",
            "Events reopened, because a clock that was ahead ended them too early.",
            registry=self.registry,
        )
        self.reminders = Counter(
            "turnout_reminders", "Reminders of events committed.", ["lead"], registry=self.registry
        )
        self.forgotten = Counter(
            "turnout_forgotten", "Unused guests and past events that were removed.", ["kind"], registry=self.registry
        )
        self.clock_steps = Counter(
            "turnout_clock_steps",
            "Steps of the wall clock against the clock since boot.",
            ["direction"],
            registry=self.registry,
        )
        self.commit_ahead_seconds = Gauge(
            "turnout_commit_ahead_seconds",
            "Time by which the last commit is ahead of the wall clock.",
            registry=self.registry,
        )
        self.position = Gauge("turnout_position", "Number of the last commit.", registry=self.registry)
        self.is_leader = Gauge("turnout_leader", "1 if this process is the leader.", registry=self.registry)
        self.replicas = Gauge("turnout_valkey_replicas", "Replicas that follow the primary.", registry=self.registry)
        self.replicas_needed = Gauge(
            "turnout_valkey_replicas_needed", "Replicas that must confirm a command.", registry=self.registry
        )
        self.replica_lag_bytes = Gauge(
            "turnout_valkey_replica_lag_bytes",
            "Writes in bytes that the replica furthest behind has not confirmed.",
            registry=self.registry,
        )
        self.rewrites = Counter(
            "turnout_rewrites",
            "Rewrites of Valkey's append-only file, by outcome.",
            ["outcome"],
            registry=self.registry,
        )
        self.sign_ins = Counter(
            "turnout_sign_ins", "Attempts to sign in, by way and outcome.", ["way", "outcome"], registry=self.registry
        )
        self.mails = Counter(
            "turnout_mails",
            "Mails with codes, by result: sent, refused, given-up, dropped.",
            ["result"],
            registry=self.registry,
        )
        self.is_full = Gauge("turnout_full", "1 if Valkey has no room for commands that add.", registry=self.registry)
        self.memory_reserve_bytes = Gauge(
            "turnout_valkey_memory_reserve_bytes", "Memory that the next snapshots need.", registry=self.registry
        )
        self.memory_bytes = Gauge("turnout_valkey_memory_bytes", "Memory that Valkey uses.", registry=self.registry)
        self.memory_max_bytes = Gauge(
            "turnout_valkey_memory_max_bytes", "Memory that Valkey may use; 0 for no limit.", registry=self.registry
        )

    @cached_property
    def successes(self) -> dict[str, Counter]:
        """The counter of successes of each command type. Cached, because each command uses one."""
        types = [each.model_fields["type"].default for each in get_args(Command)]
        return {each: self.commands.labels(each, "done") for each in types}

    def render(self) -> bytes:
        """The text format of Prometheus."""
        return generate_latest(self.registry)
