"""The zones of a calendar file: names of IANA, names of Windows, and zones that the file itself describes."""

from datetime import UTC, tzinfo
from io import StringIO
from typing import Final, NamedTuple

from dateutil.tz import tzical
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from turnout_command.importing.rows import UnreadableEvent
from turnout_core.domain.zones import load_zone, zone_names

_WINDOWS: Final = {name.casefold(): zone for name, zone in WINDOWS_TO_OLSON.items()}  # the table of Unicode's CLDR


class FileZone(NamedTuple):
    """A zone as a file uses it.

    Attributes:
        clock: its rules.
        name: the IANA zone in which the page shows the time. It differs from ``clock`` where that has no such name.
    """

    clock: tzinfo
    name: str


class FileZones:
    """Finds the zones of one file.

    Args:
        described: the lines of each VTIMEZONE.
        default: the IANA zone of times without a zone of their own, and the one in which UTC times are shown.
    """

    def __init__(self, described: list[list[str]], default: str) -> None:
        self._described = {name: lines for lines in described if (name := _value(lines, "TZID"))}
        self._default = default
        self._found: dict[str, FileZone] = {}

    @property
    def default(self) -> FileZone:
        return FileZone(load_zone(self._default), self._default)

    @property
    def utc(self) -> FileZone:
        return FileZone(UTC, self._default)

    def find(self, name: str) -> FileZone:
        """The zone that the file calls ``name``. Raises UnreadableEvent."""
        if name not in self._found:
            self._found[name] = self._read(name)
        return self._found[name]

    def _read(self, name: str) -> FileZone:
        lines = self._described.get(name)
        known = iana_name(name) or iana_name(_value(lines, "X-LIC-LOCATION") if lines else "")
        if known:
            return FileZone(load_zone(known), known)
        if lines is None:
            raise UnreadableEvent(f"The time zone {name[:80]} is not known, and the file does not describe it.")
        try:
            clock = tzical(StringIO("\r\n".join(lines))).get(name)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError):
            clock = None
        if clock is None:
            raise UnreadableEvent(f"The description of the time zone {name[:80]} cannot be read.")
        return FileZone(clock, self._default)


def iana_name(name: str) -> str:
    """The IANA zone that a calendar calls ``name``; empty if there is none.

    Some programs put their own name before that of the zone, such as ``/citadel.org/20210210_1/Europe/Vienna``.
    """
    parts = name.strip().split("/")
    for start in range(len(parts)):
        if (candidate := "/".join(parts[start:])) in zone_names():
            return candidate
    return _WINDOWS.get(name.strip().casefold(), "")


def _value(lines: list[str], name: str) -> str:
    start = f"{name}:"
    return next((line[len(start) :].strip() for line in lines if line.upper().startswith(start)), "")
