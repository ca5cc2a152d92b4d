"""Sends notices to browsers by their push services (RFC 8030), encrypted for the browser alone (RFC 8291)."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Final

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

from turnout_core.domain.notices import Notice, NoticeKind
from turnout_core.domain.people import PushSubscription
from turnout_core.domain.state import State
from turnout_notifier.channels.port import Batch, Failed, Gone, Result, Sent
from turnout_notifier.channels.push_token import PushTokens
from turnout_notifier.outgoing.client import NotSent, OutgoingHttp, Response
from turnout_notifier.render.push_payload import push_payload

_TTL_S: Final = 24 * 3600  # after that, news is old
_URGENT: Final[frozenset[NoticeKind]] = frozenset({"promoted", "called-off", "deleted", "reminder"})
_TOPIC_CHARS: Final = 32  # RFC 8030 section 5.4
_GONE: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)  # RFC 8030 section 7.3
_RETRIED: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)


ForgetPush = Callable[[str, str], Awaitable[None]]
"""Asks the writer to end the subscription of this user with this id. Raises JournalError."""


class PushChannel:
    """Satisfies ``Channel``. A message that is sent twice is shown once: both have the same topic.

    Args:
        tokens: makes those of the instance, which need its secret. Raises JournalError.
        now: Unix time in seconds.
    """

    def __init__(
        self,
        http: OutgoingHttp,
        tokens: Callable[[], Awaitable[PushTokens]],
        forget: ForgetPush,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._forget = forget
        self._now = now

    async def send(self, batch: Batch) -> Result:
        (delivery,), (notice,) = batch.deliveries, batch.notices
        user = batch.state.users.get(delivery.user)
        pushes = user.pushes if user is not None else ()
        subscription = next((each for each in pushes if each.id == delivery.target), None)
        if subscription is None:
            return Gone("the subscription was removed")
        try:
            body = encrypt(push_payload(batch.state, delivery.user, notice), subscription)
        except ValueError:
            return Failed("the keys of the subscription are not valid", is_permanent=True)
        headers = self._headers(batch.state, notice)
        headers["authorization"] = (await self._tokens()).authorization(subscription.endpoint)
        try:
            response = await self._http.post(subscription.endpoint, headers, body)
        except NotSent as error:
            return Failed(str(error), error.is_permanent)
        if response.status in _GONE:
            await self._forget(delivery.user, subscription.id)
            return Gone(f"the push service answered {response.status}")
        return _result(response)

    def _headers(self, state: State, notice: Notice) -> dict[str, str]:
        return {
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(_ttl_s(state, notice, self._now())),
            "urgency": "high" if notice.kind in _URGENT else "normal",
            "topic": _topic(state, notice),
            "user-agent": "turnout",
        }


def encrypt(payload: bytes, subscription: PushSubscription) -> bytes:
    """Encrypts for the browser of the subscription. Raises ValueError if its keys are not valid."""
    encrypted: bytes = http_ece.encrypt(
        payload,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_decoded(subscription.key),
        auth_secret=_decoded(subscription.auth),
        version="aes128gcm",
    )
    return encrypted


def _ttl_s(state: State, notice: Notice, now_s: float) -> int:
    """Seconds for which a push service keeps the message for a browser that is offline: a reminder until the start."""
    event = state.events.get(notice.event)
    if notice.kind != "reminder" or event is None:
        return _TTL_S
    return int(min(max(event.details.starts_at / 1000 - now_s, 0), _TTL_S))


def _topic(state: State, notice: Notice) -> str:
    """The same for the same notice, whose number in another history is that of another one."""
    digest = sha256(f"{state.position.epoch}-{notice.id}".encode()).digest()
    return urlsafe_b64encode(digest).decode()[:_TOPIC_CHARS]


def _result(response: Response) -> Result:
    status = response.status
    if status in range(200, 300):
        return Sent()
    is_permanent = status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _RETRIED
    return Failed(f"the push service answered {status}", is_permanent, response.retry_after_s)


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
