"""The live protocol of one client, without I/O: turns each message into a request."""

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from turnout_core.domain import limits
from turnout_core.domain.rejections import Invalid
from turnout_core.domain.validation_messages import field_errors, sentence
from turnout_core.protocol.messages import Close, ReportPresence, Unwatch, Watch, client_messages
from turnout_core.protocol.repeated_names import repeated_member, repetition

_ROUNDING_S: Final = 1e-6


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """Limits of the messages of one client.

    Attributes:
        max_bytes: of one message; a watch with the longest address needs less than 7 KB, even if all is escaped.
        burst: messages at once; a page that reconnects resumes all its views.
        per_s: messages per second in the long run.
    """

    max_bytes: int = 8192
    burst: int = 200
    per_s: float = 20.0


@dataclass(frozen=True, slots=True)
class InvalidMessage:
    """The message is invalid. The client gets the reason, and the connection stays open."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class CloseConnection:
    """The connection must be closed."""

    code: Close


Request = Watch | Unwatch | ReportPresence | InvalidMessage | CloseConnection


class ClientProtocol:
    """The state of a client between two messages: a token bucket, and the number of bad messages.

    The bucket is one number, the time at which it is full again (ITU-T I.371, the generic cell rate algorithm).
    """

    __slots__ = ("_bad_messages", "_full_at_s")

    def __init__(self) -> None:
        self._full_at_s: float = 0
        self._bad_messages = 0

    def receive(self, message: bytes | str, message_limits: MessageLimits, now_s: float) -> Request:
        """Reads one message. ``now_s`` is monotonic time."""
        if not self.count_message(message_limits, now_s):
            return CloseConnection(Close.TOO_FAST)
        if len(message) > message_limits.max_bytes:
            return CloseConnection(Close.TOO_LARGE)
        try:
            request = client_messages.validate_json(message)
        except ValidationError as error:
            return self._refuse(sentence(field_errors(error.errors(include_url=False))))
        name = repeated_member(message)
        return self._refuse(repetition(name).detail) if name is not None else request

    def count_message(self, message_limits: MessageLimits, now_s: float) -> bool:
        """Counts one message or other frame (a ping, a fragment: it costs as much); False if that exceeds the limit."""
        full_at_s = max(self._full_at_s, now_s) + 1 / message_limits.per_s
        if full_at_s - now_s > message_limits.burst / message_limits.per_s + _ROUNDING_S:
            return False
        self._full_at_s = full_at_s
        return True

    def _refuse(self, detail: str) -> InvalidMessage | CloseConnection:
        self._bad_messages += 1
        if self._bad_messages > limits.BAD_MESSAGES_MAX:
            return CloseConnection(Close.BAD_MESSAGE)
        return InvalidMessage(Invalid.code, detail)
