"""The events of a history: everything that the clients and the nemesis of a run observed.

The checker reads nothing else. Times are seconds of one monotonic clock, since one process sends all requests.
A saved history is a file of JSON lines: ``python -m chaos.checker.checker FILE`` checks it again.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec


class Event(msgspec.Struct, frozen=True, tag_field="type"):
    """One observation. In the file, ``type`` names the subclass."""


class RunStarted(Event, frozen=True, tag="began"):
    """The start of the run.

    Attributes:
        secret: the key with which the services sign tokens, so that the checker can verify them.
    """

    seed: str
    secret: str


class Request(Event, frozen=True, tag="asked"):
    """A command, or ``GET /api/session``, of a client. All attempts to send it belong to one request.

    Attributes:
        op: number of the request within the run.
        user: owner of the token that it is sent with; None without a token, as for a sign-up.
        session: id of the session of that token; empty for the first one of the user.
        at: time of the first attempt.
    """

    op: int
    at: float
    user: str | None
    method: str
    path: str
    body: str = ""
    key: str | None = None
    if_match: str | None = None
    session: str = ""


class OperatorCommand(Event, frozen=True, tag="operated"):
    """A command of the operator, such as ``turnout moderator add``.

    Attributes:
        command: as JSON (``OperatorCommand`` of the services).
        is_done: False if the outcome is unknown.
    """

    time: float
    command: str
    is_done: bool


class Response(Event, frozen=True, tag="answered"):
    """The response to an attempt, except 5xx.

    Attributes:
        wall_ms, sent_ms: wall clock of the service at the response and at the attempt, in ms since 1970; rules may
            depend on it.
        steps_ms: its readings before and after each step of that clock meanwhile.
        position: the header ``Turnout-Position``.
    """

    op: int
    began: float
    ended: float
    wall_ms: int
    service: str
    status: int
    position: str
    body: str = ""
    replayed: bool = False
    location: str | None = None
    etag: str | None = None
    sent_ms: int = 0
    steps_ms: tuple[int, ...] = ()


class UnknownOutcome(Event, frozen=True, tag="unknown"):
    """An attempt with an unknown outcome: a broken connection, a time-out or a 503."""

    op: int
    began: float
    ended: float
    service: str
    reason: str


class InconclusiveResponse(Event, frozen=True, tag="declined"):
    """A response without information: a 5xx, an unexpected status, or no position.

    Attributes:
        target: method and path.
        op: number of the request; None for a read.
        code: code of the problem document.
        retry_after, position: the headers.
    """

    time: float
    service: str
    target: str
    status: int
    code: str | None = None
    retry_after: str | None = None
    position: str | None = None
    op: int | None = None


class AbandonedRequest(Event, frozen=True, tag="unanswered"):
    """A request that a client abandoned after more time than any fault takes."""

    op: int
    began: float
    ended: float


class ViewRead(Event, frozen=True, tag="read"):
    """The response to ``GET`` of a view.

    Attributes:
        service: the gateway, with the number of its process: ``gateway-1#3``.
        user: owner of the view ``me``; None for other views.
        at_least: the position that the reader requested.
        position: the header; ``at`` in the body must be equal.
        is_final: the run was quiet, so the view must show the end of the history.
    """

    began: float
    ended: float
    service: str
    view: str
    user: str | None
    at_least: str | None
    status: int
    position: str
    body: str
    is_final: bool = False


class LiveView(Event, frozen=True, tag="shown"):
    """The items of a view in a live client after a message.

    Attributes:
        generation: number of times that the client has started the view from an empty state.
        kind: kind of the message: snapshot or patch.
        viewer: the user of the client.
        at: position of the message.
        digest: digest of the items in the client (``oracle.digest``).
        is_final: the run was quiet.
    """

    time: float
    client: str
    service: str
    generation: int
    kind: str
    view: str
    user: str | None
    at: str
    digest: str
    is_final: bool = False
    viewer: str | None = None


class FailedWatch(Event, frozen=True, tag="failed"):
    """A ``fail`` message to a live client of ``viewer``: a view does not exist, or no longer."""

    time: float
    client: str
    service: str
    view: str
    user: str | None
    code: str
    viewer: str | None = None


class StateDump(Event, frozen=True, tag="held"):
    """The State in the memory of a command service, or of a new follower, at the end of the run.

    Attributes:
        digest: digest of a snapshot of the State (``state_dump.digest_of``).
    """

    time: float
    service: str
    position: str
    digest: str


class Fault(Event, frozen=True, tag="fault"):
    """A fault of the nemesis."""

    time: float
    kind: str
    target: str
    seconds: float = 0.0


class JournalRecord(Event, frozen=True, tag="recorded"):
    """A record of the journal's stream."""

    record: str


class RewrittenRecord(Event, frozen=True, tag="rewritten"):
    """A record that another one has replaced under the same number, or that the journal has lost at its end."""

    seq: int
    before: str
    after: str


class MissingPart(Event, frozen=True, tag="missing"):
    """A service, response or live client that did not recover after the last fault."""

    time: float
    part: str


class RunFinished(Event, frozen=True, tag="finished"):
    """The end of the run. Every event whose end has passed must have a commit that ends it.

    Attributes:
        wall_ms: in ms since 1970.
    """

    wall_ms: int


AnyEvent = (
    RunStarted | RunFinished | Request | OperatorCommand | Response | UnknownOutcome | InconclusiveResponse
    | AbandonedRequest | ViewRead | LiveView | FailedWatch | StateDump | Fault | JournalRecord | RewrittenRecord
    | MissingPart
)  # fmt: skip

_encode: Final = msgspec.json.Encoder().encode
_decoder: Final = msgspec.json.Decoder(AnyEvent)


def save(events: Iterable[AnyEvent], path: Path) -> None:
    """Writes one event per line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(_encode(event) + b"\n" for event in events)


def read(path: Path) -> Iterator[AnyEvent]:
    with path.open("rb") as file:
        for line in file:
            yield _decoder.decode(line)
