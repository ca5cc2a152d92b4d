"""Calendar files as rows."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from icalendar.parser import split_on_unescaped_comma

from turnout_command.importing.calendar_blocks import EventBlock, Property, find_blocks
from turnout_command.importing.calendar_times import (
    FileTime,
    days_of_draft,
    is_all_day,
    moment,
    read_span,
    read_time,
    times_of_draft,
)
from turnout_command.importing.calendar_zones import FileZones, iana_name
from turnout_command.importing.cpu_limit import CpuBudget, TooSlow
from turnout_command.importing.file_text import decode, unfold
from turnout_command.importing.rows import (
    ImportResult,
    ImportRow,
    UnreadableEvent,
    draft_row,
    error_row,
)
from turnout_command.importing.series import is_series, occurrences
from turnout_core.domain import limits

EVENT_CPU_S: Final = 0.5
_MINUTE_MS: Final = 60_000
_LAST_MINUTE: Final = timedelta(days=1, minutes=-1)  # of a day: an event that lasts all day may be of today
_CANCELLED: Final = "CANCELLED"
_LINKS: Final = ("CONFERENCE", "X-GOOGLE-CONFERENCE", "URL")  # RFC 7986 section 5.11, and older names
_WEB: Final = ("https://", "http://")

Properties = dict[str, list[Property]]


class _Event(NamedTuple):
    """``error`` is a sentence if the event cannot be read."""

    properties: Properties
    uid: str
    title: str
    error: str = ""


class CalendarReader:
    """Reads one file.

    Args:
        content: of the file.
        zone: the IANA zone of the person; it holds where the file names none.
        now_ms: ms since 1970; events that began before are left out.
        cpu_s: CPU time for all events. Each has at most ``EVENT_CPU_S``.
    """

    def __init__(self, content: bytes, zone: str, now_ms: int, cpu_s: float) -> None:
        blocks = find_blocks(decode(unfold(content)))
        self._zones = FileZones(blocks.zones, iana_name(blocks.default_zone) or zone)
        self._events = [_read_event(each) for each in blocks.events]
        self._now_ms = now_ms
        self._budget = CpuBudget(cpu_s)
        self._over = self._cancelled = 0
        self._rows: list[ImportRow] = []

    def read(self) -> ImportResult:
        """The rows of the events to come."""
        replaced = self._replaced()
        problems = []
        for event in self._events:
            if self._budget.is_spent:
                problems.append("The file takes too long to read. The events after these are left out.")
                break
            rows = self._rows_within_limit(event, replaced)
            room = limits.IMPORT_MAX_EVENTS - len(self._rows)
            self._rows += rows[:room]
            if len(rows) > room:
                problems.append(f"Only the first {limits.IMPORT_MAX_EVENTS} events are here. Import the others apart.")
                break
        if not self._events:
            problems.append("The calendar has no events.")
        if self._over:
            problems.append(f"Left out because they are over or have begun: {self._over:,}.")
        if self._cancelled:
            problems.append(f"Left out because they are called off: {self._cancelled:,}.")
        return ImportResult(tuple(self._rows), tuple(problems))

    def _replaced(self) -> dict[str, list[Property]]:
        """RECURRENCE-ID of the events that replace one of a series, by the UID of the series."""
        found: dict[str, list[Property]] = {}
        for each in self._events:
            if each.uid and "RECURRENCE-ID" in each.properties:
                found.setdefault(each.uid, []).append(each.properties["RECURRENCE-ID"][0])
        return found

    def _rows_within_limit(self, event: _Event, replaced: dict[str, list[Property]]) -> list[ImportRow]:
        if event.error:
            return [error_row(event.uid, event.title, event.error)]
        if _status(event) == _CANCELLED:
            self._cancelled += 1
            return []
        try:
            with self._budget.limit(EVENT_CPU_S):
                return self._rows_of(event, replaced.get(event.uid, ()) if event.uid else ())
        except UnreadableEvent as error:
            return [error_row(event.uid, event.title, str(error))]
        except TooSlow:
            return [
                error_row(event.uid, event.title, "The event takes too long to read. Its repetition may never occur.")
            ]

    def _rows_of(self, event: _Event, replaced: "list[Property] | tuple[()]") -> list[ImportRow]:
        properties = event.properties
        start, length = read_span(properties, self._zones)
        now = datetime.fromtimestamp(self._now_ms // _MINUTE_MS * 60, UTC)
        if "RECURRENCE-ID" in properties or not is_series(properties):
            starts, goes_on = [start.local], False
            announced_until = start._replace(local=start.local + _LAST_MINUTE) if is_all_day(start, length) else start
            if _is_over(announced_until, now):
                self._over += 1
                return []
        else:
            local_now = now.astimezone(start.zone.clock).replace(tzinfo=None)
            if is_all_day(start, length):
                local_now = datetime.combine(local_now, time.min)
            others = frozenset(self._occurrence(each, start) for each in replaced)
            starts, goes_on = occurrences(properties, start, self._zones, others, local_now)
            if not starts:
                self._over += 1
        return [
            self._row(event, start, each, length, is_last=goes_on and number == len(starts))
            for number, each in enumerate(starts, 1)
        ]

    def _occurrence(self, recurrence_id: Property, first: FileTime) -> datetime:
        found = read_time(recurrence_id.value, recurrence_id.params, self._zones)
        if found.is_date and not first.is_date:
            return datetime.combine(found.local, first.local.time())
        return found.by_clocks_of(first.zone)

    def _row(
        self, event: _Event, first: FileTime, starts: datetime, length: timedelta | None, *, is_last: bool
    ) -> ImportRow:
        if length is not None and is_all_day(first, length):
            times = days_of_draft(starts, length, first.zone)
        else:
            times = times_of_draft(starts, length, first.zone)
        notes = ("The series goes on after this event. Import the file again later.",) if is_last else ()
        return draft_row(event.uid, _texts(event) | times, self._now_ms, uid=event.uid, is_lenient=True, notes=notes)


def _read_event(block: EventBlock) -> _Event:
    properties = block.properties()
    uid, title = (_text(properties, each) for each in ("UID", "SUMMARY"))
    error = "" if block.is_closed else "The event is broken: its last line (END:VEVENT) is missing."
    return _Event(properties, uid, title, error)


def _is_over(start: FileTime, now: datetime) -> bool:
    try:
        return moment(start.local, start.zone) < now
    except (OverflowError, ValueError):
        raise UnreadableEvent("The event is too far away.") from None


def _status(event: _Event) -> str:
    return _text(event.properties, "STATUS").strip().upper()


def _texts(event: _Event) -> dict[str, Any]:
    properties = event.properties
    place = _text(properties, "LOCATION").strip()
    link = next((found for each in _LINKS if (found := _text(properties, each).strip()).startswith(_WEB)), "")
    if place.startswith(_WEB) and " " not in place:
        place, link = "", place
    tags = [
        part
        for each in properties.get("CATEGORIES", ())
        for part in split_on_unescaped_comma(each.value)
        if part.strip()
    ]
    return {
        "title": event.title or "Untitled",
        "description": _text(properties, "DESCRIPTION"),
        "place": place,
        "link": link,
        "tags": tags,
    }


def _text(properties: Properties, name: str) -> str:
    found = properties.get(name)
    return found[0].text if found else ""
