"""Turns commits into deliveries to webhooks.

Everything follows from the commit and the state after it. So it does not matter when a notifier plans a commit, as long
as the journal still has it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple

import msgspec

from turnout_core.domain.access import is_listed
from turnout_core.domain.changes import (
    Commit,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    Joined,
    Left,
    Promoted,
)
from turnout_core.domain.event_desk import Webhook
from turnout_core.domain.state import Event, State
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan.deliveries import Planned
from turnout_notifier.plan.validity import Obsolete, Ready
from turnout_notifier.queue.port import QueuedDelivery

WebhookType = Literal[
    "event.created", "event.edited", "event.cancelled", "event.deleted", "event.ended",
    "attendee.joined", "attendee.left", "attendee.promoted",
]  # fmt: skip

_Told = EventCreated | EventEdited | EventCancelled | EventDeleted | EventEnded | Joined | Left | Promoted
_TYPES: Final[Mapping[type[_Told], WebhookType]] = {
    EventCreated: "event.created",
    EventEdited: "event.edited",
    EventCancelled: "event.cancelled",
    EventDeleted: "event.deleted",
    EventEnded: "event.ended",
    Joined: "attendee.joined",
    Left: "attendee.left",
    Promoted: "attendee.promoted",
}


class WebhookFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The ``body`` of a delivery to a webhook, as JSON: what the state does not say when it is sent.

    Attributes:
        at: time of the commit, in ms since 1970.
        parties: number of the parties that have joined, left or moved up by the commit; 0 for an event.
        url: address of the webhook of an organizer, whose event is gone; empty while the state has it.
    """

    type: WebhookType
    at: int
    parties: int = 0
    url: str = ""


def plan_webhooks(state: State, commits: Iterable[Commit], operators: Collection[str]) -> Iterator[Delivery]:
    """The deliveries of ``commits``, which ``state`` contains: one for each commit, type, event and webhook.

    ``operators`` are the ids of the operator's webhooks. They get public events; of any event that is deleted the id.
    """
    for commit in commits:
        told: dict[tuple[WebhookType, str], list[_Told]] = {}
        for change in commit.changes:
            if isinstance(change, _Told):
                told.setdefault((_TYPES[type(change)], change.event), []).append(change)
        for (kind, event), changes in told.items():
            parties = len(changes) if kind.startswith("attendee.") else 0
            for webhook, url in _webhooks(state, changes[0], operators):
                facts = WebhookFacts(kind, commit.at, parties, url)
                body = msgspec.json.encode(facts).decode()
                yield Delivery(commit.epoch, f"{commit.seq}.{kind}.{event}", event, "webhook", "", webhook, body)


class WebhookPlan(NamedTuple):
    """The webhooks of a deployment, for the planner and the sender.

    Attributes:
        operators: ids of the operator's webhooks.
        has_organizers: False if those of organizers are off.
    """

    operators: Collection[str]
    has_organizers: bool

    def plan(self, state: State, commits: Iterable[Commit]) -> Iterator[Planned]:
        """The deliveries of ``plan_webhooks``, due at once."""
        for each in plan_webhooks(state, commits, self.operators):
            if self._has(each):
                at = facts_of(each).at
                yield Planned(each.seq, "", QueuedDelivery(each, at), at)

    def examine(self, state: State, delivery: Delivery, _now_ms: int) -> Ready | Obsolete:
        """``validity.examine`` for webhooks, which never wait."""
        return Ready(None) if self._has(delivery) and holds(state, delivery, self.operators) else Obsolete()

    def _has(self, delivery: Delivery) -> bool:
        return self.has_organizers or delivery.target in self.operators


def holds(state: State, delivery: Delivery, operators: Collection[str]) -> bool:
    """True if a planned delivery still has to be sent.

    It has not if its history has been replaced, its webhook was removed, or its event is hidden or not public any more.
    """
    if delivery.epoch != state.position.epoch:
        return False
    event = state.events.get(delivery.event)
    if event is None:
        return delivery.target in operators or bool(facts_of(delivery).url)
    if delivery.target in operators:
        return is_listed(event)
    return delivery.target in _of_organizer(state, event)


def facts_of(delivery: Delivery) -> WebhookFacts:
    """The facts in the body of a delivery to a webhook."""
    return msgspec.json.decode(delivery.body, type=WebhookFacts)


def url_of(state: State, delivery: Delivery) -> str | None:
    """The address of the organizer's webhook; None if it was removed."""
    event = state.events.get(delivery.event)
    if event is None:
        return facts_of(delivery).url or None
    webhook = _of_organizer(state, event).get(delivery.target)
    return webhook.url if webhook is not None else None


def _webhooks(state: State, change: _Told, operators: Collection[str]) -> Iterator[tuple[str, str]]:
    """The ids of the webhooks that are told about ``change``; with the address of those that the state lacks."""
    event = state.events.get(change.event)
    if isinstance(change, EventDeleted):
        yield from ((each, "") for each in operators)
        yield from ((each.id, each.url) for each in change.webhooks)
    elif event is not None:
        if is_listed(event):
            yield from ((each, "") for each in operators)
        yield from ((each, "") for each in _of_organizer(state, event))


def _of_organizer(state: State, event: Event) -> Mapping[str, Webhook]:
    """The webhooks of the organizer; none while a moderator hides the event or blocks the organizer."""
    organizer = state.users.get(event.organizer)
    if event.desk is None or event.hidden or organizer is None or organizer.blocked:
        return {}
    return event.desk.webhooks
