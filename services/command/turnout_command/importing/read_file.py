"""Files of any kind as rows."""

from collections.abc import Collection
from typing import Final

import msgspec

from turnout_command.importing.calendar_events import CalendarReader
from turnout_command.importing.file_text import decode
from turnout_command.importing.rows import ImportResult, mark_duplicates
from turnout_command.importing.table import read_table

FILE_CPU_S: Final = 5.0
_CALENDAR: Final = "BEGIN:VCALENDAR"
_HEAD_BYTES: Final = 1_000


def read_file(
    content: bytes,
    zone: str,
    now_ms: int,
    organized: Collection[tuple[str, int]] = (),
    cpu_s: float = FILE_CPU_S,
) -> ImportResult:
    """The rows of a calendar file or a table. Only the main thread of a process may call it.

    Args:
        content: of the file; the caller bounds it to ``limits.IMPORT_MAX_BYTES``.
        zone: the IANA zone of the person; it holds where the file names none.
        now_ms: ms since 1970.
        organized: title and start (ms since 1970) of the events that the person organizes.
        cpu_s: CPU time for the events of a calendar.
    """
    result = _read(content, zone, now_ms, cpu_s)
    return msgspec.structs.replace(result, rows=mark_duplicates(result.rows, organized))


def _read(content: bytes, zone: str, now_ms: int, cpu_s: float) -> ImportResult:
    head = decode(content[:_HEAD_BYTES]).lstrip()
    if head[: len(_CALENDAR)].upper() == _CALENDAR:
        return CalendarReader(content, zone, now_ms, cpu_s).read()
    return read_table(decode(content), zone, now_ms)
