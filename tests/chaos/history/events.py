"""The events of a history: everything that the clients and the nemesis of a run observed.

The checker reads nothing else. Times are seconds of one monotonic clock, since one process sends all requests.
A history is saved as JSON Lines: ``python -m chaos.checker.checker FILE`` checks it again.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec


class Event(msgspec.Struct, frozen=True, tag_field="type"):
    """One thing that was seen. Which one is told by the subclass, ``type`` on the wire."""


class Began(Event, frozen=True, tag="began"):
    """
    Attributes:
        secret: what the services sign with, so that tokens can be checked.
    """

    seed: str
    secret: str


class Asked(Event, frozen=True, tag="asked"):
    """A command, or ``GET /api/session``, that a client wants done. Every attempt at it is the same request.

    Attributes:
        op: number of the request within the run.
        user: who asks, by the token they hold; None for a sign-up.
        at: when it was first tried.
    """

    op: int
    at: float
    user: str | None
    method: str
    path: str
    body: str = ""
    key: str | None = None
    if_match: str | None = None


class Answered(Event, frozen=True, tag="answered"):
    """An attempt that was answered with anything but a 5xx.

    Attributes:
        wall_ms: of the answer, in ms since 1970, and ``sent_ms`` of the attempt: rules may depend on it.
        position: the header, as it was sent.
    """

    op: int
    began: float
    ended: float
    wall_ms: int
    by: str
    status: int
    position: str
    body: str = ""
    replayed: bool = False
    location: str | None = None
    etag: str | None = None
    sent_ms: int = 0


class Unknown(Event, frozen=True, tag="unknown"):
    """An attempt whose outcome nobody was told: a broken link, a time-out, a 503."""

    op: int
    began: float
    ended: float
    by: str
    why: str


class Declined(Event, frozen=True, tag="declined"):
    """An answer to a request or a read that tells nothing: a 5xx, none of the expected statuses, or no position.

    Attributes:
        about: what was asked; ``op`` too, where it was a request.
        code: of the problem document.
        retry_after, position: the headers.
    """

    time: float
    by: str
    about: str
    status: int
    code: str | None = None
    retry_after: str | None = None
    position: str | None = None
    op: int | None = None


class Unanswered(Event, frozen=True, tag="unanswered"):
    """A client gave up, after more time than any fault takes."""

    op: int
    began: float
    ended: float


class Read(Event, frozen=True, tag="read"):
    """A view, as ``GET`` answered it.

    Attributes:
        by: the gateway, with the number of its process: ``gateway-1#3``.
        user: whose ``me`` it was.
        at_least: the position that the reader asked for.
        position: the header; the body's ``at`` has to say the same.
        last: read when all was quiet, so it has to show the end of the history.
    """

    began: float
    ended: float
    by: str
    view: str
    user: str | None
    at_least: str | None
    status: int
    position: str
    body: str
    last: bool = False


class Shown(Event, frozen=True, tag="shown"):
    """The items that a live client holds of a view after a message.

    Attributes:
        memory: counts how often the client asked for the view from nothing: what it had before, it no longer knows.
        kind: of the message: snapshot or patch.
        at: the message's position.
        digest: of the items that the client now holds (``oracle.digest``).
        last: what it holds when all was quiet.
    """

    time: float
    client: str
    by: str
    memory: int
    kind: str
    view: str
    user: str | None
    at: str
    digest: str
    last: bool = False


class Failed(Event, frozen=True, tag="failed"):
    """A live client was told that a view is not, or no longer, to be had."""

    time: float
    client: str
    by: str
    view: str
    user: str | None
    code: str


class Held(Event, frozen=True, tag="held"):
    """The whole State in the memory of a command service, or of a follower that starts now, when all was quiet.

    Attributes:
        digest: of all that a snapshot would hold (``held.digest_of``).
    """

    time: float
    by: str
    position: str
    digest: str


class Fault(Event, frozen=True, tag="fault"):
    """A fault of the nemesis."""

    time: float
    kind: str
    target: str
    seconds: float = 0.0


class Recorded(Event, frozen=True, tag="recorded"):
    """A record of the journal, as it was read from the stream."""

    record: str


class Rewritten(Event, frozen=True, tag="rewritten"):
    """The journal held another record under this number before, or ends earlier than it did."""

    seq: int
    before: str
    after: str


class Missing(Event, frozen=True, tag="missing"):
    """Something that has to come back when all faults are over did not: a service, an answer, a live client."""

    time: float
    what: str


class Finished(Event, frozen=True, tag="finished"):
    """All is quiet. Every event that ended by then has to be committed as ended.

    Attributes:
        wall_ms: in ms since 1970.
    """

    wall_ms: int


AnyEvent = (
    Began | Finished | Asked | Answered | Unknown | Declined | Unanswered
    | Read | Shown | Failed | Held | Fault | Recorded | Rewritten | Missing
)  # fmt: skip

_encode: Final = msgspec.json.Encoder().encode
_decoder: Final = msgspec.json.Decoder(AnyEvent)


def save(events: Iterable[AnyEvent], path: Path) -> None:
    """Writes one event a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(_encode(event) + b"\n" for event in events)


def read(path: Path) -> Iterator[AnyEvent]:
    with path.open("rb") as file:
        for line in file:
            yield _decoder.decode(line)
