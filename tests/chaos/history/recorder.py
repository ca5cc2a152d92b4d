"""Records the events of a run as the clients observe them."""

import json
import time
from collections.abc import Callable, Mapping

import httpx

from chaos.faults.wall_clock import WallClock
from chaos.history.events import (
    AbandonedRequest,
    AnyEvent,
    Fault,
    InconclusiveResponse,
    MissingPart,
    OperatorCommand,
    Request,
    Response,
    StateDump,
    UnknownOutcome,
    ViewRead,
)
from turnout_core.runtime.clock import wall_ms
from turnout_core.web.problems import POSITION_HEADER


class Recorder:
    """Appends the events of a run.

    Args:
        clocks: wall clocks of services, by name; the others have the clock ``wall_ms``.

    Attributes:
        events: in the order of observation.
        acknowledged: number of requests with a response.
        unknown_outcomes: number of attempts without one.
        newest: the highest position in a response.
        leader: name of the service that answered the last write.
        wall_ms: the wall clock of the run, in ms since 1970.
        acknowledged_at: start and end of each acknowledged change, and its service.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        wall_ms: Callable[[], int] = wall_ms,
        clocks: Mapping[str, WallClock] | None = None,
    ) -> None:
        self.events: list[AnyEvent] = []
        self.acknowledged = 0
        self.unknown_outcomes = 0
        self.newest: str | None = None
        self.leader = ""
        self.acknowledged_at: list[tuple[float, float, str]] = []
        self.wall_ms = wall_ms
        self._clock = clock
        self._clocks = clocks or {}
        self._started = clock()
        self._ops = 0

    def now(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._started

    def wall_ms_of(self, service: str) -> int:
        """The wall clock of ``service``, in ms since 1970."""
        return self._clocks[service].now_ms() if service in self._clocks else self.wall_ms()

    def add_request(
        self,
        user: str | None,
        method: str,
        path: str,
        body: str = "",
        key: str | None = None,
        if_match: str | None = None,
        session: str = "",
    ) -> Request:
        self._ops += 1
        event = Request(self._ops, self.now(), user, method, path, body, key, if_match, session)
        self.events.append(event)
        return event

    def add_response(
        self, request: Request, began: float, sent_ms: int, service: str, response: httpx.Response
    ) -> Response | None:
        """Records the response to an attempt. Returns None if it leaves the outcome unknown."""
        position = response.headers.get(POSITION_HEADER)
        if response.status_code >= 500 or position is None:
            self.add_inconclusive_response(service, f"{request.method} {request.path}", response, request.op)
            self.add_unknown_outcome(request, began, service, f"{response.status_code} {response.text[:200]}")
            return None
        event = Response(
            op=request.op,
            began=began,
            ended=self.now(),
            wall_ms=self.wall_ms_of(service),
            sent_ms=sent_ms,
            steps_ms=self._clocks[service].steps_since(self._started + began) if service in self._clocks else (),
            service=service,
            status=response.status_code,
            position=position,
            body=response.text,
            replayed=response.headers.get("idempotent-replayed") == "true",
            location=response.headers.get("location"),
            etag=response.headers.get("etag"),
        )
        self.events.append(event)
        self.acknowledged += 1
        self.leader = service
        self._update_newest(position)
        if event.status < 400 and not event.replayed and request.key is not None:
            self.acknowledged_at.append((began, event.ended, service))
        return event

    def add_unknown_outcome(self, request: Request, began: float, service: str, reason: str) -> None:
        self.unknown_outcomes += 1
        self.events.append(UnknownOutcome(request.op, began, self.now(), service, reason))

    def add_inconclusive_response(
        self, service: str, target: str, response: httpx.Response, op: int | None = None
    ) -> None:
        """Records a response without information."""
        header = response.headers.get
        code, after, position = _code(response), header("retry-after"), header(POSITION_HEADER)
        self.events.append(
            InconclusiveResponse(self.now(), service, target, response.status_code, code, after, position, op)
        )

    def add_operator_command(self, command: str, *, is_done: bool) -> None:
        """Records a command of the operator, as JSON."""
        self.events.append(OperatorCommand(self.now(), command, is_done))

    def add_abandoned_request(self, request: Request, began: float) -> None:
        """Records that a client abandons a request."""
        self.events.append(AbandonedRequest(request.op, began, self.now()))

    def add_view_read(self, read: ViewRead) -> None:
        self.events.append(read)
        self._update_newest(read.position)

    def add_fault(self, kind: str, target: str, seconds: float = 0.0) -> None:
        self.events.append(Fault(self.now(), kind, target, seconds))

    def add_state_dump(self, service: str, position: str, digest: str) -> None:
        self.events.append(StateDump(self.now(), service, position, digest))

    def add_missing_part(self, part: str) -> None:
        self.events.append(MissingPart(self.now(), part))

    def _update_newest(self, position: str) -> None:
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
