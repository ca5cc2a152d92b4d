"""Calendar files of other programs as rows."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from turnout_command.importing.read_file import read_file
from turnout_command.importing.rows import ImportResult
from turnout_core.domain import limits

NOW_MS: Final = round(datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp() * 1000)
FULL: Final = (
    "UID:1\nSUMMARY:Games\nDTSTART;TZID=Europe/Vienna:20270115T193000\nDTEND;TZID=Europe/Vienna:20270115T213000"
)
OUTLOOK: Final = """BEGIN:VTIMEZONE
TZID:(UTC+01:00) Home
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events: str, head: str = "") -> bytes:
    inner = "".join(f"BEGIN:VEVENT\n{each}\nEND:VEVENT\n" for each in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{inner}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def read(content: bytes, zone: str = "Europe/Vienna") -> ImportResult:
    return read_file(content, zone, NOW_MS)


def starts(result: ImportResult) -> list[str]:
    return [row.draft["starts"][:16] if row.draft else row.errors[0].message for row in result.rows]


def test_an_event_with_everything() -> None:
    more = (
        "\nDESCRIPTION:Bring dice\\, cards\\nand C:\\\\new.\nLOCATION:Room 2\nURL:https://play.example/?a=1\\,2"
        "\nCATEGORIES:Games,a\\,b\nBEGIN:VALARM\nSUMMARY:Alarm\nDESCRIPTION:Reminder\nTRIGGER:-PT15M\nEND:VALARM"
    )
    (row,) = read(calendar(FULL + more)).rows
    assert row.draft == {
        "title": "Games", "starts": "2027-01-15T19:30:00", "ends": "2027-01-15T21:30:00", "zone": "Europe/Vienna",
        "description": "Bring dice, cards\nand C:\\new.", "place": "Room 2", "link": "https://play.example/?a=1,2",
        "tags": ["games", "a,b"],
    }  # fmt: skip
    assert (row.source, row.title, row.errors, row.notes) == ("1", "Games", (), ())


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("DTSTART:20270115T183000Z\nDURATION:PT2H", ("2027-01-15T19:30", "2027-01-15T21:30", "Europe/Vienna")),
        ("DTSTART:20270115T193000\nDURATION:P1D", ("2027-01-15T19:30", "2027-01-16T19:30", "Europe/Vienna")),
        ("DTSTART:20270115T193000", ("2027-01-15T19:30", None, "Europe/Vienna")),
        ("DTSTART;VALUE=DATE:20270115", ("2027-01-15T00:00", "2027-01-16T00:00", "Europe/Vienna")),
        (
            "DTSTART;VALUE=DATE:20270115\nDTEND;VALUE=DATE:20270118",
            ("2027-01-15T00:00", "2027-01-18T00:00", "Europe/Vienna"),
        ),
        ("DTSTART;TZID=Tokyo Standard Time:20270115T193000", ("2027-01-15T19:30", None, "Asia/Tokyo")),
        ("DTSTART;TZID=/x.org/2021_1/Asia/Tokyo:20270115T193000", ("2027-01-15T19:30", None, "Asia/Tokyo")),
        (
            "DTSTART;TZID=Asia/Tokyo:20270115T193000\nDTEND;TZID=Europe/Vienna:20270115T123000",
            ("2027-01-15T19:30", "2027-01-15T20:30", "Asia/Tokyo"),
        ),
        ('DTSTART;TZID="(UTC+01:00) Home":20270715T193000', ("2027-07-15T19:30", None, "Europe/Vienna")),
        ("DTSTART;TZID=Europe/Vienna:20270328T023000", ("2027-03-28T03:30", None, "Europe/Vienna")),  # skipped
    ],
)
def test_times(times: str, expected: tuple[str, str | None, str]) -> None:
    (row,) = read(calendar(f"UID:1\nSUMMARY:A\n{times}", head=OUTLOOK)).rows
    draft: dict[str, Any] = row.draft or {}
    assert (draft["starts"][:16], draft.get("ends", "")[:16] or None, draft["zone"]) == expected, row


@pytest.mark.parametrize(
    ("times", "ends", "all_day"),
    [
        ("DTSTART;VALUE=DATE:20270115", "2027-01-16T00:00", True),
        ("DTSTART;VALUE=DATE:20270115\nDTEND;VALUE=DATE:20270118", "2027-01-18T00:00", True),
        ("DTSTART;VALUE=DATE:20270115\nDTEND;VALUE=DATE:20270115", "2027-01-16T00:00", True),
        ("DTSTART;VALUE=DATE:20270115\nDURATION:P2D", "2027-01-17T00:00", True),
        ("DTSTART;VALUE=DATE:20270115\nDURATION:P2W", "2027-01-29T00:00", True),
        ("DTSTART:20270115\nDURATION:PT90M", "2027-01-15T01:30", False),
        ("DTSTART;TZID=Europe/Vienna:20270115T000000\nDURATION:P1D", "2027-01-16T00:00", False),
    ],
)
def test_dates_make_an_event_of_whole_days(times: str, ends: str, all_day: bool) -> None:
    (row,) = read(calendar(f"UID:1\nSUMMARY:Fair\n{times}")).rows
    draft: dict[str, Any] = row.draft or {}
    found = draft["starts"][:16], draft["ends"][:16], draft.get("all_day", False)
    assert found == ("2027-01-15T00:00", ends, all_day), row


def test_a_day_that_begins_with_a_skipped_midnight_is_a_day() -> None:
    (row,) = read(calendar("UID:1\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20270905"), "America/Santiago").rows
    assert row.draft == {
        "title": "Fair", "starts": "2027-09-05T00:00:00", "ends": "2027-09-06T00:00:00",
        "zone": "America/Santiago", "all_day": True,
    }  # fmt: skip


def test_an_event_that_lasts_all_day_is_over_when_its_first_day_is() -> None:
    def fair(day: str) -> str:
        return f"UID:{day}\nSUMMARY:Fair\nDTSTART;VALUE=DATE:{day}\nDURATION:P3D"

    assert starts(read(calendar(fair("20261128"), fair("20261129")))) == ["2026-11-29T00:00"]
    assert starts(read(calendar(f"{fair('20261122')}\nRRULE:FREQ=WEEKLY;COUNT=3"))) == [
        "2026-11-29T00:00",
        "2026-12-06T00:00",
    ]


def test_the_second_of_two_equal_times_stays_the_second() -> None:
    (row,) = read(calendar("UID:1\nSUMMARY:A\nDTSTART:20271031T013000Z\nDTEND:20271031T023000Z")).rows
    assert row.draft is not None
    assert (row.draft["starts"][:16], row.draft["starts_fold"]) == ("2027-10-31T02:30", 1)
    assert row.starts_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC).timestamp() * 1000


def test_the_zone_of_the_calendar_counts_before_that_of_the_person() -> None:
    file = calendar("UID:1\nSUMMARY:A\nDTSTART:20270115T183000Z", head="X-WR-TIMEZONE:Asia/Tokyo\n")
    (row,) = read(file, "Europe/Vienna").rows
    assert row.draft is not None
    assert (row.draft["zone"], row.draft["starts"][:16]) == ("Asia/Tokyo", "2027-01-16T03:30")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("RRULE:FREQ=WEEKLY;COUNT=3", ["2027-01-15T19:30", "2027-01-22T19:30", "2027-01-29T19:30"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20270122T183000Z", ["2027-01-15T19:30", "2027-01-22T19:30"]),
        ("RRULE:FREQ=WEEKLY;UNTIL=20270122", ["2027-01-15T19:30", "2027-01-22T19:30"]),
        (
            "RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Vienna:20270122T193000,20270129T193000",
            ["2027-01-15T19:30"],
        ),
        ("RRULE:FREQ=DAILY;COUNT=2\nEXDATE:20270115T183000Z", ["2027-01-16T19:30"]),
        ("RDATE;TZID=Europe/Vienna:20270201T100000", ["2027-01-15T19:30", "2027-02-01T10:00"]),
        ("RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=2", ["2027-01-29T19:30", "2027-02-26T19:30"]),
        ("RRULE:FREQ=HOURLY", ["The event repeats more often than daily."]),
        ("RRULE:FREQ=NEVER", ["The rule of the repetition (RRULE) cannot be read."]),
        ("RRULE:COUNT=many", ["The rule of the repetition (RRULE) cannot be read."]),
    ],
)
def test_series(rules: str, expected: list[str]) -> None:
    assert starts(read(calendar(f"{FULL}\n{rules}"))) == expected


def test_an_endless_series_has_one_year_and_says_so() -> None:
    rows = read(calendar(f"{FULL}\nRRULE:FREQ=WEEKLY")).rows
    assert (len(rows), rows[0].notes) == (53, ())
    assert rows[-1].notes == ("The series goes on after this event. Import the file again later.",)
    assert len({each.key for each in rows}) == 53


def test_a_series_of_old_begins_today() -> None:
    old = "UID:1\nSUMMARY:A\nDTSTART;TZID=Europe/Vienna:20200101T193000\nRRULE:FREQ=DAILY"
    found = starts(read(calendar(old)))
    assert (found[0], len(found)) == ("2026-11-29T19:30", 100)


def test_a_changed_event_of_a_series_replaces_it() -> None:
    change = (
        "UID:1\nSUMMARY:Finals\nRECURRENCE-ID;TZID=Europe/Vienna:20270122T193000"
        "\nDTSTART;TZID=Europe/Vienna:20270123T180000"
    )
    cancelled = "UID:1\nSTATUS:CANCELLED\nRECURRENCE-ID:20270129T183000Z\nDTSTART:20270129T183000Z"
    result = read(calendar(f"{FULL}\nRRULE:FREQ=WEEKLY;COUNT=3", change, cancelled))
    assert starts(result) == ["2027-01-15T19:30", "2027-01-23T18:00"]
    assert result.problems == ("Left out because they are called off: 1.",)


def test_past_events_are_counted() -> None:
    past = "UID:2\nSUMMARY:Old\nDTSTART:20200101T100000Z"
    result = read(calendar(past, FULL, f"{past}\nRRULE:FREQ=DAILY;COUNT=5"))
    assert ([each.title for each in result.rows], result.problems) == (
        ["Games"],
        ("Left out because they are over or have begun: 2.",),
    )


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("UID:1\nSUMMARY:A", "The event has no start (DTSTART)."),
        ("UID:1\nDTSTART:yesterday", "yesterday is no date and time."),
        ("UID:1\nDTSTART:20270230T100000", "20270230T100000 is no date and time."),
        ("UID:1\nDTSTART:99990101T100000Z", "must lie between the years 2000 and 2100"),
        ("UID:1\nDTSTART:20270115T100000\nDTEND:20270115T090000", "The event ends before it starts."),
        ("UID:1\nDTSTART:20270115T100000\nDURATION:P99999999999D", "P99999999999D is no duration."),
        ("UID:1\nDTSTART:20270115T100000\nDURATION:P60D", "must be within 31 days of the start"),
        (
            "UID:1\nDTSTART;TZID=Nowhere:20270115T100000",
            "The time zone Nowhere is not known, and the file does not describe it.",
        ),
        (
            "UID:1\nDTSTART:20270115T100000\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
            "The event takes too long to read. Its repetition may never occur.",
        ),
        (
            "UID:1\nDTSTART:20270115T100000\nRRULE:FREQ=DAILY;INTERVAL=0",
            "The event takes too long to read. Its repetition may never occur.",
        ),
        ("UID:1\nDTSTART:20270115T100000\nSUMMARY:A\x1bB", "has the control character U+001B"),
    ],
)
def test_a_broken_event_has_an_error_and_the_others_are_read(event: str, message: str) -> None:
    broken, whole = read(calendar(event, FULL.replace("UID:1", "UID:2"))).rows
    assert message in broken.errors[0].message
    assert (broken.draft, whole.errors, whole.title) == (None, (), "Games")


def test_an_event_without_its_end_does_not_swallow_the_next() -> None:
    file = calendar(FULL, FULL.replace("UID:1", "UID:2")).replace(b"END:VEVENT\r\n", b"", 1)
    first, second = read(file).rows
    assert first.errors[0].message == "The event is broken: its last line (END:VEVENT) is missing."
    assert (second.source, second.errors) == ("2", ())


def test_a_file_that_ends_early_keeps_what_is_whole() -> None:
    first, second = read(calendar(FULL, FULL.replace("UID:1", "UID:2"))[:-60]).rows
    assert (first.errors, second.errors[0].message[:19]) == ((), "The event is broken")


def test_long_and_invalid_texts_of_others_are_cut_or_left_out() -> None:
    more = f"\nLOCATION:{'x' * 300}\nURL:https://bad host/\nCATEGORIES:{'y' * 40}"
    (row,) = read(calendar(FULL.replace("Games", "G" * 200) + more)).rows
    assert row.draft is not None
    assert (len(row.title), len(row.draft["place"])) == (limits.TITLE_MAX_CHARS, limits.PLACE_MAX_CHARS)
    assert not {"link", "tags"} & set(row.draft)
    assert [each.split(":")[0] for each in row.notes] == [
        "The title is cut to 120 characters.",
        "The place is cut to 200 characters.",
        "The link is left out",
        "The tags is left out",
    ]


@pytest.mark.parametrize(
    "file",
    [
        calendar(FULL).replace(b"\r\n", b"\n"),
        b"\xef\xbb\xbf" + calendar(FULL),
        calendar(FULL).decode().encode("utf-16"),
        calendar(FULL).lower().replace(b"games", b"Games").replace(b"europe/vienna", b"Europe/Vienna"),
        calendar(FULL).replace(b"SUMMARY:Games", b"SUMM\r\n ARY:Ga\r\n\tmes"),
    ],
    ids=["bare LF", "byte order mark", "UTF-16", "lower case", "folded"],
)
def test_forms_of_one_file(file: bytes) -> None:
    assert read(file).rows == read(calendar(FULL)).rows


def test_letters_of_latin_1_and_folds_within_a_letter() -> None:
    named = calendar(FULL.replace("Games", "Käse"))
    latin = named.decode().encode("latin-1")
    folded = named.replace("ä".encode(), b"\xc3\r\n \xa4")
    assert [read(each).rows[0].title for each in (latin, folded)] == ["Käse", "Käse"]


def test_a_repeated_event_is_marked() -> None:
    first, second = read(calendar(FULL, FULL)).rows
    assert (first.is_duplicate, second.is_duplicate, first.key == second.key) == (False, True, True)
    assert read(calendar(FULL)).rows[0].key == first.key


def test_bounds_of_number_and_time() -> None:
    many = read(calendar(*(FULL.replace("UID:1", f"UID:{each}") for each in range(limits.IMPORT_MAX_EVENTS + 1))))
    assert (len(many.rows), many.problems) == (500, ("Only the first 500 events are here. Import the others apart.",))
    slow = f"{FULL}\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"
    result = read_file(calendar(*[slow] * 50), "Europe/Vienna", NOW_MS, cpu_s=0.3)
    assert 1 <= len(result.rows) < 10
    assert result.problems == ("The file takes too long to read. The events after these are left out.",)


def test_a_calendar_without_events_says_so() -> None:
    assert read(calendar()).problems == ("The calendar has no events.",)
