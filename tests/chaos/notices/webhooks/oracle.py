"""Computes from the journal what webhooks must get, and what they may."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from turnout_core.domain.changes import Commit, EventDeleted
from turnout_core.domain.state import State
from turnout_notifier.channels.webhook import _message_id
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan.webhooks import _TYPES, _Told, holds, plan_webhooks

_PROBE: Final = Delivery("", "0.any.any", "", "webhook", body='{"type":"event.edited","at":0}')


@dataclass(frozen=True, slots=True)
class Target:
    """A webhook of one event."""

    event: str
    webhook: str


@dataclass(slots=True)
class Times:
    """The times at which a target gets what happens to its event.

    Attributes:
        since_seq: number of the commit since which it does; None if it does not now.
        spans: Unix times from and to; the last one has no end while it does.
    """

    since_seq: int | None = None
    spans: list[tuple[float, float]] = field(default_factory=list)


@dataclass(slots=True)
class Told:
    """A commit's news about an event.

    Attributes:
        delivery: to nobody yet.
        kind: type of the payload. A deletion holds whatever happens.
        planned: the webhooks for which it is planned after the commit.
    """

    delivery: Delivery
    kind: str
    planned: set[str]


@dataclass(frozen=True, slots=True)
class Expected:
    """A delivery that may come.

    Attributes:
        must_come: True if nothing has ended it.
    """

    target: Target
    kind: str
    must_come: bool
    spans: list[tuple[float, float]]


@dataclass
class WebhookOracle:
    """All that is told, and the times of all targets. ``operator`` is the id of the operator's webhook."""

    operator: str
    _told: list[Told] = field(default_factory=list)
    _times: dict[str, dict[str, Times]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Times)))

    def on_commit(self, state: State, commit: Commit, *, counts: bool) -> None:
        """Notes a commit, with the state after it; it is told if it ``counts``."""
        for change in commit.changes:
            event = getattr(change, "event", "")
            if event:
                self._follow(state, commit, event)
            if isinstance(change, EventDeleted):
                for each in change.webhooks:
                    _ = self._times[event][each.id]
        if counts:
            self._note(state, commit)

    def expected(self) -> dict[str, Expected]:
        """The deliveries by the ids of their messages."""
        found = {}
        for told in self._told:
            event, is_deletion = told.delivery.event, told.kind == "event.deleted"
            for webhook, times in self._times[event].items():
                is_held = times.since_seq is not None and times.since_seq <= told.delivery.seq
                must_come = webhook in told.planned and (is_deletion or is_held)
                name = _message_id(replace(told.delivery, target=webhook))
                spans = [(-math.inf, math.inf)] if is_deletion else times.spans
                found[name] = Expected(Target(event, webhook), told.kind, must_come, spans)
        return found

    def _note(self, state: State, commit: Commit) -> None:
        """Notes also what is planned for nobody: a notifier that is late plans by a later state."""
        told: dict[str, Told] = {}
        for change in commit.changes:
            if isinstance(change, _Told):
                kind = _TYPES[type(change)]
                notice = f"{commit.seq}.{kind}.{change.event}"
                told[notice] = Told(Delivery(commit.epoch, notice, change.event, "webhook"), kind, set())
        for each in plan_webhooks(state, [commit], [self.operator]):
            told[each.notice].planned.add(each.target)
        self._told += told.values()

    def _follow(self, state: State, commit: Commit, event: str) -> None:
        found = state.events.get(event)
        hooks = found.desk.webhooks if found is not None and found.desk is not None else ()
        for webhook in {self.operator, *hooks, *self._times[event]}:
            times = self._times[event][webhook]
            is_held = found is not None and holds(
                state, replace(_PROBE, epoch=commit.epoch, event=event, target=webhook), [self.operator]
            )
            if is_held and times.since_seq is None:
                times.since_seq = commit.seq
                times.spans.append((commit.at / 1000, math.inf))
            elif not is_held and times.since_seq is not None:
                times.since_seq = None
                times.spans[-1] = (times.spans[-1][0], commit.at / 1000)
