"""Properties of all files: none breaks the reader, and an exported calendar comes back."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from command.importing.test_calendars import FULL, NOW_MS, calendar
from core.calendar.entries import SITE, entry, entry_at
from turnout_command.importing.read_file import read_file
from turnout_command.rules.schedule import span
from turnout_core.calendar.calendar_file import calendar_file
from turnout_core.domain import limits
from turnout_core.domain.commands import EventDraft
from turnout_core.domain.zones import zone_names

MINUTE_MS: Final = 60_000
LAST_MS: Final = round(datetime(2099, 12, 1, tzinfo=UTC).timestamp() * 1000)
ZONES: Final = st.sampled_from(sorted(zone_names()))
SEED: Final = calendar(f"{FULL}\nRRULE:FREQ=WEEKLY;UNTIL=20270301T000000Z\nEXDATE:20270122T183000Z")
PIECES: Final = st.sampled_from(
    [
        b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"BEGIN:VCALENDAR\r\n", b"END:VCALENDAR\r\n", b"BEGIN:VTIMEZONE\r\n",
        b"TZID:X\r\n", b"END:VTIMEZONE\r\n", b"DTSTART;TZID=X:20270101T100000\r\n", b"DTSTART:99991231T235959Z\r\n",
        b"DTEND:00010101\r\n", b"RRULE:FREQ=WEEKLY;BYDAY=MO\r\n", b"RRULE:FREQ=YEARLY;BYEASTER=0\r\n", b"RDATE:\r\n",
        b"RECURRENCE-ID:x\r\n", b"DURATION:-P1D\r\n", b"SUMMARY:\x00\xff\r\n", b'A;B=";:\r\n', b"UID:1\r\n", b',;"\n',
    ]
)  # fmt: skip


@settings(deadline=None)
@given(
    st.one_of(
        st.lists(PIECES, max_size=30).map(b"".join), st.binary(max_size=300), st.text(max_size=200).map(str.encode)
    )
)
def test_no_file_breaks_the_reader(content: bytes) -> None:
    for file in (content, b"BEGIN:VCALENDAR\r\n" + content, b"title,starts\n" + content):
        for row in read_file(file, "Europe/Vienna", NOW_MS, cpu_s=0.5).rows:
            assert (row.draft is None) == bool(row.errors)


@settings(deadline=None)
@given(st.integers(0, len(SEED) - 1), st.binary(max_size=4))
def test_no_damage_breaks_the_reader(at: int, damage: bytes) -> None:
    for row in read_file(SEED[:at] + damage + SEED[at + len(damage) :], "Europe/Vienna", NOW_MS, cpu_s=0.5).rows:
        assert (row.draft is None) == bool(row.errors)


@settings(deadline=None)
@given(ZONES, ZONES, st.integers(NOW_MS // MINUTE_MS + 1, LAST_MS // MINUTE_MS), st.integers(1, 30 * 24 * 60))
def test_an_exported_event_comes_back_at_the_same_moments(zone: str, own_zone: str, starts: int, minutes: int) -> None:
    exported = entry_at(starts * MINUTE_MS, (starts + minutes) * MINUTE_MS, zone)
    (row,) = read_file(calendar_file([exported], SITE), own_zone, NOW_MS).rows
    assert row.draft is not None, row
    local = {name: datetime.fromisoformat(row.draft[name]) for name in ("starts", "ends")}
    folds = {name: row.draft.get(f"{name}_fold", 0) for name in local}
    first, last = (local[name].replace(fold=folds[name]) for name in ("starts", "ends"))
    found = span(first, last, row.draft["zone"])
    assert (found.starts_at, found.ends_at) == (exported.details.starts_at, exported.details.ends_at)
    assert row.title == exported.details.title


@settings(deadline=None)
@given(ZONES, ZONES, st.dates(date(2026, 11, 30), date(2099, 12, 1)), st.integers(1, limits.EVENT_MAX_DAYS))
def test_exported_days_come_back(zone: str, own_zone: str, day: date, length: int) -> None:
    found = span(datetime.combine(day, time()), datetime.combine(day + timedelta(length), time()), zone, all_day=True)
    exported = entry(**asdict(found))
    (row,) = read_file(calendar_file([exported], SITE), own_zone, NOW_MS).rows
    assert row.draft is not None, row
    back = EventDraft.model_validate(row.draft)
    assert span(back.starts, back.ends, back.zone, all_day=back.all_day) == found


def test_an_exported_event_comes_back_with_its_texts() -> None:
    exported = entry(
        zone="Asia/Tokyo",
        starts="2027-01-15T19:30",
        ends="2027-01-15T21:30",
        place="Room 2; a, b",
        tags=("games", "a,b"),
    )
    (row,) = read_file(calendar_file([exported], SITE), "Europe/Vienna", NOW_MS).rows
    assert row.draft is not None
    assert {name: row.draft[name] for name in ("title", "zone", "place", "tags", "link")} == {
        "title": "Board games", "zone": "Asia/Tokyo", "place": "Room 2; a, b", "tags": ["games", "a,b"],
        "link": f"{SITE}/events/abc",
    }  # fmt: skip
