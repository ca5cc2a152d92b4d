"""Bugs of webhooks. Calling one plants it in this process."""

import secrets

from turnout_core.domain import apply
from turnout_core.domain.changes import Commit
from turnout_core.domain.host_changes import WebhookRemoved
from turnout_core.domain.state import Event
from turnout_core.web.webhook_secrets import WebhookSecrets
from turnout_notifier.channels import webhook
from turnout_notifier.delivery import Delivery
from turnout_notifier.plan import webhooks
from turnout_notifier.queue.port import Cursor
from turnout_notifier.sending.planner import Planner


def webhook_lost_at_takeover() -> None:
    """A new sender does not read the commits of the time without one."""

    async def read_commits(self: Planner, cursor: Cursor, until: Cursor) -> list[Commit]:
        return []

    Planner._read_commits = read_commits  # type: ignore[method-assign]


def webhook_sent_after_removal() -> None:
    """A webhook that is removed stays."""
    apply._APPLY[WebhookRemoved] = lambda *_: None


def webhook_signed_with_old_secret() -> None:
    """All webhooks have the secret of the first one."""
    original = WebhookSecrets.secret
    first: list[str] = []

    def secret(self: WebhookSecrets, webhook: str) -> str:
        first.append(webhook)
        return original(self, first[0])

    WebhookSecrets.secret = secret  # type: ignore[method-assign]


def webhook_id_of_each_attempt() -> None:
    """Each attempt at a delivery has an id of its own."""

    def message_id(delivery: Delivery) -> str:
        return f"msg_{secrets.token_hex(13)}"

    webhook._message_id = message_id


def private_event_told() -> None:
    """The operator's webhooks get all events."""

    def is_listed(event: Event) -> bool:
        return True

    webhooks.is_listed = is_listed  # type: ignore[attr-defined]
