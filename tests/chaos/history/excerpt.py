"""Selects the events of a history that concern one violation."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from chaos.history.events import (
    AnyEvent,
    Fault,
    InconclusiveResponse,
    JournalRecord,
    LiveView,
    Request,
    Response,
    UnknownOutcome,
    ViewRead,
)
from chaos.history.history_index import Violation

_AROUND_S: Final = 0.5
_LINES_MAX: Final = 12
_CHARS_MAX: Final = 240


def excerpt(events: Iterable[AnyEvent], violation: Violation) -> Sequence[str]:
    """Selects at most ``_LINES_MAX`` events, one line each."""
    chosen = [_line(event) for event in events if _concerns(event, violation)]
    hidden = len(chosen) - _LINES_MAX
    return [*chosen[:_LINES_MAX], f"… and {hidden} more"] if hidden > 0 else chosen


def _concerns(event: AnyEvent, violation: Violation) -> bool:
    match event:
        case Request(op=op) | Response(op=op) | UnknownOutcome(op=op) | InconclusiveResponse(op=op) if (
            op is not None and op == violation.op
        ):
            return True
        case Response(position=at) | ViewRead(position=at) | LiveView(at=at) if violation.seq is not None:
            return at.endswith(f"-{violation.seq}")
        case JournalRecord(record=record) if violation.seq is not None:
            return f'"seq":{violation.seq},' in record
        case Fault(time=time) if violation.time is not None:
            return abs(time - violation.time) < _AROUND_S * 4
    return False


def _line(event: AnyEvent) -> str:
    text = msgspec.json.encode(event).decode()
    return text if len(text) <= _CHARS_MAX else f"{text[:_CHARS_MAX]}…"
