"""Indexes a history by request, position and kind of event."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from chaos.history.events import (
    AbandonedRequest,
    AnyEvent,
    FailedWatch,
    InconclusiveResponse,
    JournalRecord,
    LiveView,
    MissingPart,
    OperatorCommand,
    Request,
    Response,
    RewrittenRecord,
    RunFinished,
    RunStarted,
    StateDump,
    UnknownOutcome,
    ViewRead,
)
from turnout_core.domain.position import Position
from turnout_core.journal.record import BrokenRecord, peek


@dataclass(frozen=True, slots=True)
class Violation:
    """A violation of one rule.

    Attributes:
        rule: name of the rule.
        op, seq, time: the request, the commit and the time that it concerns.
    """

    rule: str
    message: str
    op: int | None = None
    seq: int | None = None
    time: float | None = None

    def __str__(self) -> str:
        return f"[{self.rule}] {self.message}" + ("" if self.op is None else f" (request {self.op})")


@dataclass
class HistoryIndex:
    """All events of a history, by kind.

    Attributes:
        epoch: epoch of the run, which has only one.
        finished_ms: wall clock at the end of the run; 0 if it is unknown.
        responses, unknown_outcomes: by request, in the order of arrival.
    """

    secret: str = ""
    epoch: str = ""
    finished_ms: int = 0
    requests: dict[int, Request] = field(default_factory=dict)
    responses: dict[int, list[Response]] = field(default_factory=lambda: defaultdict(list))
    unknown_outcomes: dict[int, list[UnknownOutcome]] = field(default_factory=lambda: defaultdict(list))
    inconclusive_responses: list[InconclusiveResponse] = field(default_factory=list)
    abandoned_requests: list[AbandonedRequest] = field(default_factory=list)
    reads: list[ViewRead] = field(default_factory=list)
    live_views: list[LiveView] = field(default_factory=list)
    failed_watches: list[FailedWatch] = field(default_factory=list)
    state_dumps: list[StateDump] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    rewritten_records: list[RewrittenRecord] = field(default_factory=list)
    missing_parts: list[MissingPart] = field(default_factory=list)
    operator_commands: list[OperatorCommand] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[AnyEvent]) -> Self:
        index = cls()
        for event in events:
            index._add(event)
        if index.records:
            try:
                index.epoch = peek(index.records[0])[0].epoch
            except BrokenRecord as error:
                index.missing_parts.append(MissingPart(0, f"a readable first record: {error}"))
        return index

    def seq(self, position: str) -> int:
        """The number of a position; a number greater than all others if its epoch is unknown."""
        parsed = Position.parse(position)
        return parsed.seq if parsed.epoch == self.epoch or parsed.seq == 0 else 1 << 60

    def _add(self, event: AnyEvent) -> None:  # noqa: C901, PLR0912 - one line for each kind
        match event:
            case RunStarted(secret=secret):
                self.secret = secret
            case RunFinished(wall_ms=wall_ms):
                self.finished_ms = wall_ms
            case Request(op=op):
                self.requests[op] = event
            case OperatorCommand():
                self.operator_commands.append(event)
            case Response(op=op):
                self.responses[op].append(event)
            case UnknownOutcome(op=op):
                self.unknown_outcomes[op].append(event)
            case InconclusiveResponse():
                self.inconclusive_responses.append(event)
            case AbandonedRequest():
                self.abandoned_requests.append(event)
            case ViewRead():
                self.reads.append(event)
            case LiveView():
                self.live_views.append(event)
            case FailedWatch():
                self.failed_watches.append(event)
            case StateDump():
                self.state_dumps.append(event)
            case JournalRecord(record=record):
                self.records.append(record.encode())
            case RewrittenRecord():
                self.rewritten_records.append(event)
            case MissingPart():
                self.missing_parts.append(event)
