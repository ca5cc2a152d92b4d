"""Tables (CSV, RFC 4180) as rows, as spreadsheets write them."""

import csv
import re
from collections.abc import Iterator
from typing import Any, Final

from turnout_command.importing.rows import ImportResult, ImportRow, draft_row, error_row
from turnout_command.importing.table_times import CellTime, DayOrder, UnreadableTime, day_after, day_order, read_local
from turnout_core.domain import limits

_DELIMITERS: Final = ",;\t|"
_ALIASES: Final = {
    "title": "title name summary subject event titel betreff",
    "starts": "starts start begin begins from when start-date date day beginn datum",
    "start-time": "start-time time uhrzeit",
    "ends": "ends end to until end-date ende",
    "end-time": "end-time",
    "zone": "zone timezone time-zone tz zeitzone",
    "description": "description details notes text beschreibung",
    "place": "place location where venue ort",
    "link": "link url website web",
    "tags": "tags tag categories category labels",
    "capacity": "capacity seats places max plätze",
    "visibility": "visibility",
}
_COLUMNS: Final = {alias: name for name, aliases in _ALIASES.items() for alias in aliases.split()}
_TEXTS: Final = ("title", "description", "place", "link", "visibility")
_HINT: Final = "The first line must name the columns, such as title, starts, ends, zone, place."
_WORD_ENDS: Final = re.compile(r"[\s_-]+")
_NUMBER_MAX_CHARS: Final = 9
_TAG_ENDS: Final = re.compile("[,;|]")

Row = tuple[int, list[str]]


def read_table(text: str, zone: str, now_ms: int) -> ImportResult:
    """The rows of a table whose first line names the columns, in any order. Formulas are text like any other.

    Args:
        text: of the file.
        zone: the IANA zone of rows without one.
        now_ms: ms since 1970.
    """
    lines = text.splitlines(keepends=True)
    if lines and lines[0].lower().startswith("sep="):  # Excel's way to name the delimiter
        lines[0] = "\n"
    header_at = next((at for at, line in enumerate(lines) if line.strip()), None)
    if header_at is None:
        return ImportResult(problems=("The file is empty.",))
    delimiter = max(_DELIMITERS, key=lambda each: len(_columns(lines[header_at], each)))
    columns = _columns(lines[header_at], delimiter)
    if not {"title", "starts"} <= set(columns):
        return ImportResult(problems=(f"This is neither a calendar file nor a table with title and start. {_HINT}",))
    cells = list(_read_cells(lines, header_at + 1, delimiter))
    order = day_order(
        [row[at] for _, row in cells for name in ("starts", "ends") if (at := columns.get(name, -1)) in range(len(row))]
    )
    rows = [_row(line, row, columns, zone, order, now_ms) for line, row in cells[: limits.IMPORT_MAX_EVENTS]]
    problems = []
    if len(cells) > len(rows):
        problems.append(f"Only the first {limits.IMPORT_MAX_EVENTS} rows are here. Import the others apart.")
    if not rows:
        problems.append("The table has no rows.")
    return ImportResult(tuple(rows), tuple(problems))


def _columns(header: str, delimiter: str) -> dict[str, int]:
    """The index of each known column."""
    found: dict[str, int] = {}
    for at, cell in enumerate(next(csv.reader([header], delimiter=delimiter), [])):
        name = _COLUMNS.get(_WORD_ENDS.sub("-", cell.strip().casefold()))
        if name is not None:
            found.setdefault(name, at)
    return found


def _read_cells(lines: list[str], start: int, delimiter: str) -> Iterator[Row]:
    """The line number and the cells of each row that is not empty. No cells mean that the row is broken."""
    reader = csv.reader(lines[start:], delimiter=delimiter, strict=True)
    while True:
        line = start + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, []
            continue
        if any(each.strip() for each in cells):
            yield line, cells


def _row(line: int, cells: list[str], columns: dict[str, int], zone: str, order: DayOrder, now_ms: int) -> ImportRow:
    source = f"line {line}"
    if not cells:
        return error_row(source, "", "A quotation mark is not closed or not alone, so this part cannot be read.")
    values = {name: cells[at].strip() for name, at in columns.items() if at < len(cells) and cells[at].strip()}
    fields: dict[str, Any] = {name: values[name] for name in _TEXTS if name in values}
    fields["zone"] = values.get("zone", zone)
    if "tags" in values:
        fields["tags"] = [each.strip() for each in _TAG_ENDS.split(values["tags"]) if each.strip()]
    if "capacity" in values:
        seats = values["capacity"]
        fields["capacity"] = (
            int(seats) if seats.isascii() and seats.isdigit() and len(seats) < _NUMBER_MAX_CHARS else seats
        )
    times: dict[str, CellTime] = {}
    for name, extra in (("starts", "start-time"), ("ends", "end-time")):
        earlier = times["starts"].local if "starts" in times else ""
        try:
            found = read_local(values.get(name, ""), values.get(extra, ""), order, earlier)
        except UnreadableTime as error:
            return error_row(source, values.get("title", ""), str(error), name)
        if found:
            times[name] = found
    return draft_row(source, fields | _times_of_draft(times), now_ms)


def _times_of_draft(times: dict[str, CellTime]) -> dict[str, Any]:
    """The times of a row. If they are all dates, the event lasts all day, and the end is its last day."""
    fields: dict[str, Any] = {name: each.local for name, each in times.items()}
    if "starts" in times and all(each.is_date for each in times.values()):
        fields["all_day"] = True
        if "ends" in times:
            fields["ends"] = day_after(fields["ends"])
    return fields
