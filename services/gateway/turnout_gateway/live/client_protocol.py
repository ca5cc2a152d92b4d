"""One client's conversation, sans I/O: a message and the time go in, what it asks for comes out."""

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from turnout_core.domain.rejections import Invalid
from turnout_core.protocol.messages import Close, Unwatch, Watch, client_messages

MISTAKES_MAX: Final = 10  # a client that sends more than so many bad messages on one link will not get better


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much one client may say.

    Attributes:
        message_max_bytes: of one message; a watch with the longest address needs less than 7 KB, however it is escaped.
        burst: messages at once: a page that comes back resumes all its views.
        per_s: messages per second in the long run.
    """

    message_max_bytes: int = 8192
    burst: int = 200
    per_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Refused:
    """The message is not of the protocol: tell so, and go on."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The conversation is over."""

    code: Close


Asked = Watch | Unwatch | Refused | Ended


class Session:
    """What is kept of a conversation between two messages."""

    __slots__ = ("_at_s", "_left", "_mistakes")

    def __init__(self, allowance: Allowance, now_s: float) -> None:
        self._left: float = allowance.burst
        self._at_s = now_s
        self._mistakes = 0

    def received(self, message: bytes | str, allowance: Allowance, now_s: float) -> Asked:
        """What a message asks for. ``now_s`` is of any clock that only goes forward."""
        if not self.allowed(allowance, now_s):
            return Ended(Close.TOO_FAST)
        if len(message) > allowance.message_max_bytes:
            return Ended(Close.TOO_LARGE)
        try:
            return client_messages.validate_json(message)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        self._mistakes += 1
        if self._mistakes > MISTAKES_MAX:
            return Ended(Close.BAD_MESSAGE)
        field = ".".join(map(str, first["loc"]))
        return Refused(Invalid.code, f"{field}: {first['msg']}" if field else first["msg"])

    def allowed(self, allowance: Allowance, now_s: float) -> bool:
        """Counts one message, or another frame, which costs as much (a ping, a fragment); False when it is too many."""
        earned = (now_s - self._at_s) * allowance.per_s
        self._left = min(allowance.burst, self._left + earned)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True
