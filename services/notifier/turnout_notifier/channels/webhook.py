"""Delivers to webhooks as Standard Webhooks describes it (https://www.standardwebhooks.com)."""

import logging
import time
from base64 import b32encode
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from standardwebhooks import Webhook

from turnout_core.web.webhook_secrets import WebhookSecrets
from turnout_notifier.channels.operator_webhooks import SignedTarget
from turnout_notifier.channels.pauses import Pauses
from turnout_notifier.channels.port import Batch, Failed, Gone, Result, Sent
from turnout_notifier.delivery import Delivery
from turnout_notifier.outgoing.client import NotSent, OutgoingHttp
from turnout_notifier.plan.webhooks import url_of
from turnout_notifier.render.webhook_payload import webhook_payload

_ID_CHARS: Final = 26  # 130 bits


ForgetWebhook = Callable[[str, str], Awaitable[None]]
"""Asks the writer to remove the webhook of this event with this id. Raises JournalError."""

log = logging.getLogger("turnout.notifier")


class WebhookChannel:
    """Satisfies ``Channel``.

    All attempts at a delivery have the same id, so that a receiver can tell repetitions. Every answer but 2xx is a
    failure, also a redirect, and is tried again; 410 ends the webhook. A failure begins a pause of the webhook.

    Args:
        secrets: makes those of organizers, which need the secret of the instance. Raises JournalError.
        operators: the webhooks of the operator by id. One of them that answers 410 gets nothing until the next start.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        http: OutgoingHttp,
        secrets: Callable[[], Awaitable[WebhookSecrets]],
        operators: Mapping[str, SignedTarget],
        forget: ForgetWebhook,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._secrets = secrets
        self._operators = dict(operators)
        self._forget = forget
        self._now = now
        self._pauses = Pauses()

    async def send(self, batch: Batch) -> Result:
        (delivery,) = batch.deliveries
        url, payload = url_of(batch.state, delivery), webhook_payload(batch.state, delivery)
        target = self._operators.get(delivery.target)
        if target is None and url is not None:
            target = SignedTarget(url, (await self._secrets()).secret(delivery.target))
        if target is None:
            return Gone("the webhook was removed")
        pause_s = self._pauses.left_s(delivery.target, self._now())
        if pause_s:
            return Failed("the receiver fails, and has a pause", retry_after_s=pause_s)
        result = await self._post(delivery, target, payload)
        if isinstance(result, Failed):
            self._pauses.note_failure(delivery.target, self._now())
        else:
            self._pauses.note_success(delivery.target)
        return result

    async def _post(self, delivery: Delivery, target: SignedTarget, payload: bytes) -> Result:
        try:
            response = await self._http.post(target.url, self._headers(delivery, target.secret, payload), payload)
        except NotSent as error:
            return Failed(str(error), error.is_permanent)
        if response.status in range(200, 300):
            return Sent()
        if response.status == HTTPStatus.GONE:
            await self._end(delivery)
            return Gone("the receiver answered 410")
        return Failed(f"the receiver answered {response.status}", retry_after_s=response.retry_after_s)

    async def _end(self, delivery: Delivery) -> None:
        """Sends nothing more to the webhook. Raises JournalError."""
        if self._operators.pop(delivery.target, None) is None:
            await self._forget(delivery.event, delivery.target)
        else:
            log.warning("a webhook of the operator answered 410, and gets nothing until the next start: remove it")

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
