"""Decides the commands about the webhooks of an event: add, remove."""

from turnout_command.rules.find import find_permitted_event
from turnout_core.domain import changes, limits, rejections
from turnout_core.domain.event_desk import Webhook
from turnout_core.domain.host_changes import WebhookAdded, WebhookRemoved
from turnout_core.domain.host_commands import AddWebhook, ForgetWebhook, RemoveWebhook
from turnout_core.domain.state import Event, State


def add(state: State, command: AddWebhook, actor: str, now: int) -> list[changes.AnyChange]:
    """The same address twice is allowed: so an organizer can change the secret without a gap."""
    event = find_permitted_event(state, command.event, actor, "webhooks")
    if len(webhooks_of(event)) >= limits.WEBHOOKS_MAX:
        raise rejections.LimitReached(f"An event has at most {limits.WEBHOOKS_MAX} webhooks. Remove one first.")
    if command.webhook in webhooks_of(event):
        raise rejections.Unavailable
    return [WebhookAdded(event.id, Webhook(command.webhook, command.body.url, now))]


def remove(state: State, command: RemoveWebhook, actor: str, _: int) -> list[changes.AnyChange]:
    event = find_permitted_event(state, command.event, actor, "webhooks")
    if command.webhook not in webhooks_of(event):
        raise rejections.WebhookNotFound
    return [WebhookRemoved(event.id, command.webhook)]


def forget(state: State, command: ForgetWebhook) -> list[changes.AnyChange]:
    """Nothing changes if the webhook has ended meanwhile."""
    event = state.events.get(command.event)
    if event is None or command.webhook not in webhooks_of(event):
        return []
    return [WebhookRemoved(event.id, command.webhook)]


def end_webhooks(event: Event) -> list[WebhookRemoved]:
    """Ends all: they are the organizer's, and end with that role."""
    return [WebhookRemoved(event.id, each) for each in webhooks_of(event)]


def deletion(event: Event) -> changes.EventDeleted:
    """The change that deletes the event, and names the webhooks that are told."""
    return changes.EventDeleted(event.id, tuple(webhooks_of(event).values()))


def webhooks_of(event: Event) -> dict[str, Webhook]:
    """The webhooks by id."""
    return event.desk.webhooks if event.desk is not None else {}
