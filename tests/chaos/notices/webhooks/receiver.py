"""A receiver of webhooks that fails, stalls or is gone now and then, and notes what it was sent, and when."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any, Final

import msgspec
from http_receiver import Answer, Received, Receiver, answering, stalling
from standardwebhooks import Webhook as Verifier

OPERATOR_PATH: Final = "/operator"
OPERATOR_SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_STALL_SHARE: Final = 0.005
_FAILURE_SHARE: Final = 0.05
_GONE_SHARE: Final = 0.005
_CLOCKS_APART_MAX_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Post:
    """A request to the receiver.

    Attributes:
        at_s: Unix time.
        path: of the webhook.
        status: of the answer; 0 if there was none.
    """

    at_s: float
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> Any:
        return msgspec.json.decode(self.body)

    def is_signed_by(self, secret: str) -> bool:
        """True if the signature is that of ``secret``, at about the time at which it came."""
        signed_s = int(self.headers["webhook-timestamp"])
        expected = Verifier(secret).sign(self.id, datetime.fromtimestamp(signed_s, UTC), self.body.decode())
        return self.headers["webhook-signature"] == expected and abs(self.at_s - signed_s) < _CLOCKS_APART_MAX_S


class FailingReceiver(Receiver):
    """A receiver for the operator and all organizers.

    Attributes:
        posts: all requests so far.
        secrets: of the webhooks by their paths.
    """

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.posts: list[Post] = []
        self.secrets = {OPERATOR_PATH: OPERATOR_SECRET}
        self._random = random

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def answer_to(self, request: Received) -> Answer:
        status = self._status(request.target)
        self.posts.append(Post(time.time(), request.target, request.headers, request.body, status))
        return answering(status) if status else stalling

    def _status(self, path: str) -> int:
        """A notifier tells the operator's webhook nothing more until its next start if that is gone."""
        chance = self._random.random()
        if chance < _STALL_SHARE:
            return 0
        if chance < _STALL_SHARE + _FAILURE_SHARE:
            return 500
        return 410 if chance > 1 - _GONE_SHARE and path != OPERATOR_PATH else 204
