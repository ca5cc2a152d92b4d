"""Selects the events of a history that concern one violation."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from chaos.history.events import Answered, AnyEvent, Asked, Declined, Fault, Read, Recorded, Shown, Unknown
from chaos.history.history_index import Violation

_AROUND_S: Final = 0.5
_LINES_MOST: Final = 12
_CHARS_MOST: Final = 240


def excerpt(events: Iterable[AnyEvent], violation: Violation) -> Sequence[str]:
    """At most a model of lines."""
    chosen = [_line(event) for event in events if _concerns(event, violation)]
    left = len(chosen) - _LINES_MOST
    return [*chosen[:_LINES_MOST], f"… and {left} more"] if left > 0 else chosen


def _concerns(event: AnyEvent, violation: Violation) -> bool:
    match event:
        case Asked(op=op) | Answered(op=op) | Unknown(op=op) | Declined(op=op) if op is not None and op == violation.op:
            return True
        case Answered(position=at) | Read(position=at) | Shown(at=at) if violation.seq is not None:
            return at.endswith(f"-{violation.seq}")
        case Recorded(record=record) if violation.seq is not None:
            return f'"seq":{violation.seq},' in record
        case Fault(time=time) if violation.time is not None:
            return abs(time - violation.time) < _AROUND_S * 4
    return False


def _line(event: AnyEvent) -> str:
    text = msgspec.json.encode(event).decode()
    return text if len(text) <= _CHARS_MOST else f"{text[:_CHARS_MOST]}…"
