"""Delivers to webhooks as Standard Webhooks describes it (https://www.standardwebhooks.com)."""

import time
from base64 import b32encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from standardwebhooks import Webhook

from turnout_core.domain.state import State
from turnout_core.web.webhook_secrets import WebhookSecrets
from turnout_notifier.channels.operator_webhooks import SignedTarget
from turnout_notifier.channels.port import Batch, Failed, Gone, Result, Sent
from turnout_notifier.delivery import Delivery
from turnout_notifier.outgoing.client import NotSent, OutgoingHttp
from turnout_notifier.plan.webhooks import url_of
from turnout_notifier.render.webhook_payload import webhook_payload

_ID_CHARS: Final = 26  # 130 bits


class WebhookChannel:
    """Satisfies ``Channel``.

    All attempts at a delivery have the same id, so that a receiver can tell repetitions. Every answer but 2xx is a
    failure, also a redirect, and is tried again; 410 ends the webhook.

    Args:
        operators: the webhooks of the operator by id.
        secrets: those of the webhooks of organizers.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        http: OutgoingHttp,
        secrets: WebhookSecrets,
        operators: Mapping[str, SignedTarget],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._secrets = secrets
        self._operators = operators
        self._now = now

    async def send(self, batch: Batch) -> Result:
        (delivery,) = batch.deliveries
        target = self._target(batch.state, delivery)
        if target is None:
            return Gone("the webhook was removed")
        payload = webhook_payload(batch.state, delivery)
        try:
            response = await self._http.post(target.url, self._headers(delivery, target.secret, payload), payload)
        except NotSent as error:
            return Failed(str(error), error.is_permanent)
        if response.status in range(200, 300):
            return Sent()
        if response.status == HTTPStatus.GONE:
            return Gone("the receiver answered 410")
        return Failed(f"the receiver answered {response.status}", retry_after_s=response.retry_after_s)

    def _target(self, state: State, delivery: Delivery) -> SignedTarget | None:
        operator = self._operators.get(delivery.target)
        if operator is not None:
            return operator
        url = url_of(state, delivery)
        return SignedTarget(url, self._secrets.secret(delivery.target)) if url is not None else None

    def _headers(self, delivery: Delivery, secret: str, payload: bytes) -> Mapping[str, str]:
        message, now_s = _message_id(delivery), int(self._now())
        moment = datetime.fromtimestamp(now_s, UTC)
        return {
            "content-type": "application/json",
            "user-agent": "turnout",
            "webhook-id": message,
            "webhook-timestamp": str(now_s),
            "webhook-signature": Webhook(secret).sign(message, moment, payload.decode()),
        }


def _message_id(delivery: Delivery) -> str:
    """Names the delivery without a full stop, which would make what is signed ambiguous."""
    return "msg_" + b32encode(sha256(delivery.id.encode()).digest()).decode().lower()[:_ID_CHARS]
