"""Indexes a history by request, position and kind of event."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from chaos.history.events import (
    Answered,
    AnyEvent,
    Asked,
    Began,
    Declined,
    Failed,
    Finished,
    Held,
    Missing,
    Read,
    Recorded,
    Rewritten,
    Shown,
    Unanswered,
    Unknown,
)
from turnout_core.domain.position import Position
from turnout_core.journal.record import BrokenRecord, peek


@dataclass(frozen=True, slots=True)
class Violation:
    """
    Attributes:
        rule: which one was broken.
        op, seq, time: what to look at: a request, a commit, a moment of the run.
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
    """
    Attributes:
        epoch: the only one of the run.
        finished_ms: wall clock at the end of the run; 0 if it is unknown.
        answers, unknown: by request, in the order in which they came.
    """

    secret: str = ""
    epoch: str = ""
    finished_ms: int = 0
    asked: dict[int, Asked] = field(default_factory=dict)
    answers: dict[int, list[Answered]] = field(default_factory=lambda: defaultdict(list))
    unknown: dict[int, list[Unknown]] = field(default_factory=lambda: defaultdict(list))
    declined: list[Declined] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    records: list[bytes] = field(default_factory=list)
    rewritten: list[Rewritten] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    @classmethod
    def of(cls, events: Iterable[AnyEvent]) -> Self:
        found = cls()
        for event in events:
            found._add(event)
        if found.records:
            try:
                found.epoch = peek(found.records[0])[0].epoch
            except BrokenRecord as error:
                found.missing.append(Missing(0, f"a readable first record: {error}"))
        return found

    def seq(self, position: str) -> int:
        """The number that a position names; beyond everything, where it is of no history that we know."""
        there = Position.parse(position)
        return there.seq if there.epoch == self.epoch or there.seq == 0 else 1 << 60

    def _add(self, event: AnyEvent) -> None:  # noqa: C901, PLR0912 - one line for each kind
        match event:
            case Began(secret=secret):
                self.secret = secret
            case Finished(wall_ms=wall_ms):
                self.finished_ms = wall_ms
            case Asked(op=op):
                self.asked[op] = event
            case Answered(op=op):
                self.answers[op].append(event)
            case Unknown(op=op):
                self.unknown[op].append(event)
            case Declined():
                self.declined.append(event)
            case Unanswered():
                self.unanswered.append(event)
            case Read():
                self.reads.append(event)
            case Shown():
                self.shown.append(event)
            case Failed():
                self.failed.append(event)
            case Held():
                self.held.append(event)
            case Recorded(record=record):
                self.records.append(record.encode())
            case Rewritten():
                self.rewritten.append(event)
            case Missing():
                self.missing.append(event)
