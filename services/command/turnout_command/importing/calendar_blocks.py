"""The parts of a calendar file, found without understanding them: one broken event does not spoil the others."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from icalendar.parser.property import unescape_backslash

_LINE_ENDS: Final = re.compile("\r\n|\n|\r")
_PARAM: Final = r";([^=;:]+)=((?:\"[^\"]*\"|[^;:\"])*)"
_CONTENT_LINE: Final = re.compile(rf"([A-Za-z0-9-]+)((?:{_PARAM})*):(.*)", re.DOTALL)  # RFC 5545 section 3.1
_PARAMS: Final = re.compile(_PARAM)


class Property(NamedTuple):
    """``value`` is as the file has it, with its escapes; the names of ``params`` are in upper case."""

    value: str
    params: dict[str, str]

    @property
    def text(self) -> str:
        return str(unescape_backslash(self.value))


class EventBlock(NamedTuple):
    """The lines of one VEVENT, without those of its alarms.

    Attributes:
        is_closed: False if END:VEVENT is missing.
    """

    lines: list[str]
    is_closed: bool

    def properties(self) -> dict[str, list[Property]]:
        """The properties by name. A line that is none is left out: others of the event may still say enough."""
        found: dict[str, list[Property]] = {}
        for line in self.lines:
            match = _CONTENT_LINE.fullmatch(line)
            if match is not None:
                params = {name.upper(): value.strip('"') for name, value in _PARAMS.findall(match[2])}
                found.setdefault(match[1].upper(), []).append(Property(match[5], params))
        return found


class CalendarBlocks(NamedTuple):
    """The parts of a file.

    Attributes:
        zones: the lines of each VTIMEZONE.
        default_zone: of X-WR-TIMEZONE, which Google and Apple write; empty without one.
    """

    events: list[EventBlock]
    zones: list[list[str]]
    default_zone: str


def find_blocks(text: str) -> CalendarBlocks:
    """The parts of an unfolded file."""
    blocks = CalendarBlocks([], [], "")
    lines = iter(_LINE_ENDS.split(text))
    for line in lines:
        upper = line.strip().upper()
        if upper == "BEGIN:VEVENT":
            _read_events(lines, blocks.events)
        elif upper == "BEGIN:VTIMEZONE":
            blocks.zones.append([line, *_lines_until(lines, "END:VTIMEZONE")])
        elif upper.startswith("X-WR-TIMEZONE:"):
            blocks = blocks._replace(default_zone=line.partition(":")[2].strip())
    return blocks


def _read_events(lines: Iterator[str], events: list[EventBlock]) -> None:
    """Reads the event after its BEGIN line, and those that begin before its END line."""
    event, depth = EventBlock([], is_closed=True), 0
    for line in lines:
        upper = line.strip().upper()
        if upper == "END:VEVENT":
            events.append(event)
            return
        if upper in ("BEGIN:VEVENT", "END:VCALENDAR"):
            events.append(event._replace(is_closed=False))
            if upper == "END:VCALENDAR":
                return
            event, depth = EventBlock([], is_closed=True), 0
        elif upper.startswith("BEGIN:"):
            depth += 1
        elif upper.startswith("END:"):
            depth = max(0, depth - 1)
        elif not depth and line:
            event.lines.append(line)
    events.append(event._replace(is_closed=False))


def _lines_until(lines: Iterator[str], last: str) -> Iterator[str]:
    for line in lines:
        yield line
        if line.strip().upper() == last:
            return
