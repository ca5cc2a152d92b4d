"""Records the events of a run as the clients observe them."""

import json
import time
from collections.abc import Callable

import httpx

from chaos.history.events import Answered, AnyEvent, Asked, Declined, Fault, Held, Missing, Read, Unanswered, Unknown
from turnout_core.runtime.clock import wall_ms
from turnout_core.web.problems import POSITION_HEADER


class Recorder:
    """
    Attributes:
        events: in the order in which they were seen.
        acknowledged: requests that were answered.
        newest: the highest position that an answer told.
        leader: name of the service that answered a write last.
        wall_ms: the wall clock of the run, in ms since 1970.
        acknowledged_at: when, and by whom, each change was acknowledged.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, wall_ms: Callable[[], int] = wall_ms) -> None:
        self.events: list[AnyEvent] = []
        self.acknowledged = 0
        self.unknown = 0
        self.newest: str | None = None
        self.leader = ""
        self.acknowledged_at: list[tuple[float, float, str]] = []
        self.wall_ms = wall_ms
        self._clock = clock
        self._started = clock()
        self._ops = 0

    def now(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._started

    def asked(
        self,
        user: str | None,
        method: str,
        path: str,
        body: str = "",
        key: str | None = None,
        if_match: str | None = None,
    ) -> Asked:
        self._ops += 1
        event = Asked(self._ops, self.now(), user, method, path, body, key, if_match)
        self.events.append(event)
        return event

    def answered(self, asked: Asked, began: float, sent_ms: int, by: str, response: httpx.Response) -> Answered | None:
        """Takes the answer to an attempt; None where it leaves the outcome open."""
        position = response.headers.get(POSITION_HEADER)
        if response.status_code >= 500 or position is None:
            self.declined(by, f"{asked.method} {asked.path}", response, asked.op)
            self.silent(asked, began, by, f"{response.status_code} {response.text[:200]}")
            return None
        event = Answered(
            op=asked.op,
            began=began,
            ended=self.now(),
            wall_ms=self.wall_ms(),
            sent_ms=sent_ms,
            by=by,
            status=response.status_code,
            position=position,
            body=response.text,
            replayed=response.headers.get("idempotent-replayed") == "true",
            location=response.headers.get("location"),
            etag=response.headers.get("etag"),
        )
        self.events.append(event)
        self.acknowledged += 1
        self.leader = by
        self._see(position)
        if event.status < 400 and not event.replayed and asked.key is not None:
            self.acknowledged_at.append((began, event.ended, by))
        return event

    def silent(self, asked: Asked, began: float, by: str, why: str) -> None:
        self.unknown += 1
        self.events.append(Unknown(asked.op, began, self.now(), by, why))

    def declined(self, by: str, about: str, response: httpx.Response, op: int | None = None) -> None:
        """Takes an answer that tells nothing."""
        header = response.headers.get
        code, after, position = _code(response), header("retry-after"), header(POSITION_HEADER)
        self.events.append(Declined(self.now(), by, about, response.status_code, code, after, position, op))

    def unanswered(self, asked: Asked, began: float) -> None:
        """A client gives up."""
        self.events.append(Unanswered(asked.op, began, self.now()))

    def read(self, read: Read) -> None:
        self.events.append(read)
        self._see(read.position)

    def fault(self, kind: str, target: str, seconds: float = 0.0) -> None:
        self.events.append(Fault(self.now(), kind, target, seconds))

    def held(self, by: str, position: str, digest: str) -> None:
        self.events.append(Held(self.now(), by, position, digest))

    def missing(self, what: str) -> None:
        self.events.append(Missing(self.now(), what))

    def _see(self, position: str) -> None:
        if self.newest is None or _number(position) > _number(self.newest):
            self.newest = position


def _code(response: httpx.Response) -> str | None:
    """The stable code of a problem document (RFC 9457)."""
    try:
        code: str | None = json.loads(response.text).get("code")
    except (ValueError, AttributeError):
        return None
    return code


def _number(position: str) -> int:
    return int(position.partition("-")[2])
