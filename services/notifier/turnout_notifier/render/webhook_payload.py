"""The payloads of webhooks (Standard Webhooks, "Payload structure"). Pure."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from turnout_core.domain.state import Event, State
from turnout_core.protocol.items import EventItem
from turnout_core.protocol.rendering import event_item
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan.webhooks import facts_of


def webhook_payload(state: State, delivery: Delivery) -> bytes:
    """The payload as JSON: the event as it is now, or its id alone if it is gone."""
    facts = facts_of(delivery)
    event = state.events.get(delivery.event)
    data: dict[str, Any] = {"event": _public_item(state, event) if event is not None else {"id": delivery.event}}
    if facts.parties:
        data["parties"] = facts.parties
    timestamp = datetime.fromtimestamp(facts.at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return msgspec.json.encode({"type": facts.type, "timestamp": timestamp, "data": data})


def _public_item(state: State, event: Event) -> EventItem:
    """The item as visitors get it. They do not see a private event, so the names of its guests are left out."""
    item = event_item(state, event)
    if event.details.visibility != "private":
        return item
    return msgspec.structs.replace(item, faces=(), newest=())
