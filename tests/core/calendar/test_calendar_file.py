"""Calendar files, as two independent readers understand them."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from calendar_readers import IcalJs, read_with_vobject, span_with_dateutil
from fake_writer import FakeWriter
from hypothesis import example, given
from hypothesis import strategies as st

from core.calendar.entries import CREATED_AT, MODIFIED_AT, SITE, entry, entry_at
from turnout_core.calendar.calendar_file import calendar_file
from turnout_core.calendar.entry import Entry, entry_of
from turnout_core.domain import limits
from turnout_core.domain.zones import zone_names

MINUTE_MS = 60_000
FIRST_MS = round(datetime(limits.YEAR_MIN, 1, 1, tzinfo=UTC).timestamp() * 1000)
LAST_MS = round(datetime(limits.YEAR_MAX, 12, 31, tzinfo=UTC).timestamp() * 1000)
BAD_TEXTS = (
    "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:stolen", "a\rATTACH:x", "a\nSUMMARY:b", "a\\nb\\,c\\;d\\\\",
    "a,b;c:d\"e'f^g", "\x00\x1b[31m\x7f\x9b", "a\u2028b\u2029c\x85d\x0be\x0cf", "\N{FAMILY}\u200d\u202e" * 60,
    "ä" * 120, "表" * 120, "", "BEGIN:VALARM", " leading", "\t", "^n^'^^", "=\r\n =", "\ufeff",
)  # fmt: skip
texts = st.one_of(st.sampled_from(BAD_TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=200))


def only(found: Any) -> Any:
    (event,) = found["events"]
    return event


def lines(file: bytes) -> list[str]:
    """The unfolded lines."""
    return file.decode().replace("\r\n ", "").split("\r\n")


def test_a_file_says_everything_about_an_event(ical_js: IcalJs) -> None:
    full = entry(
        description="Bring dice.", place="Room 2", link="https://play.example/?a=1,2", tags=("games", "a,b"), version=4
    )
    found = ical_js.read(calendar_file([full], SITE))
    assert (found["method"], found["zones"], found["name"]) == ("PUBLISH", ["Europe/Vienna"], None)
    assert only(found) == {
        "uid": "abc@turnout",
        "sequence": 3,
        "summary": "Board games",
        "description": f"Bring dice.\n\nhttps://play.example/?a=1,2\n\n{SITE}/events/abc",
        "location": "Room 2",
        "starts": {"ms": full.details.starts_at, "zone": "Europe/Vienna", "isDate": False},
        "ends": {"ms": full.details.ends_at, "zone": "Europe/Vienna", "isDate": False},
        "status": "CONFIRMED",
        "url": f"{SITE}/events/abc",
        "stamped": {"ms": MODIFIED_AT, "zone": "UTC", "isDate": False},
        "created": {"ms": CREATED_AT, "zone": "UTC", "isDate": False},
        "modified": {"ms": MODIFIED_AT, "zone": "UTC", "isDate": False},
        "categories": ["games", "a,b"],
        "organizer": "Olga",
        "alarms": [],
    }


def test_the_other_reader_agrees() -> None:
    full = entry(place="Room 2", tags=("games", "a,b"), version=4, alarms=("two-hours",))
    (event,) = read_with_vobject(calendar_file([full], SITE))
    expected = {
        "uid": "abc@turnout", "sequence": "3", "summary": "Board games", "location": "Room 2", "status": "CONFIRMED",
        "categories": ["games", "a,b"], "url": f"{SITE}/events/abc",
    }  # fmt: skip
    assert {name: event.contents[name][0].value for name in expected} == expected
    assert event.organizer.params == {"CN": ["Olga"]}
    assert [(each.action.value, each.trigger.value) for each in event.valarm_list] == [("DISPLAY", "-PT2H")]


@given(
    st.sampled_from(sorted(zone_names())),
    st.integers(FIRST_MS // MINUTE_MS, LAST_MS // MINUTE_MS),
    st.integers(1, limits.EVENT_MAX_DAYS * 24 * 60),
)
@example("Europe/Vienna", round(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()) // 60, 60)
@example("Europe/Vienna", round(datetime(2026, 10, 25, 1, 30, tzinfo=UTC).timestamp()) // 60, 60)
@example("Europe/Vienna", round(datetime(2026, 3, 29, 0, 59, tzinfo=UTC).timestamp()) // 60, 1)
@example("America/Sao_Paulo", round(datetime(2012, 12, 31, 23, 59, tzinfo=UTC).timestamp()) // 60, 31 * 24 * 60)
def test_both_readers_find_the_moments(ical_js: IcalJs, zone: str, start_minute: int, minutes: int) -> None:
    starts_at, ends_at = start_minute * MINUTE_MS, (start_minute + minutes) * MINUTE_MS
    file = calendar_file([entry_at(starts_at, ends_at, zone)], SITE)
    event = only(ical_js.read(file))
    assert (event["starts"]["ms"], event["ends"]["ms"]) == (starts_at, ends_at)
    (other,) = read_with_vobject(file)
    assert span_with_dateutil(file, other) == (starts_at, ends_at)


DAYS: dict[str, Any] = {"starts": "2026-12-05T00:00", "ends": "2026-12-07T00:00", "all_day": True}


def test_an_event_that_lasts_all_day_has_dates(ical_js: IcalJs) -> None:
    """The end is the day after the last one, and dates have no zone (RFC 5545 sections 3.6.1 and 3.2.19)."""
    file = calendar_file([entry(**DAYS)], SITE)
    assert {"DTSTART;VALUE=DATE:20261205", "DTEND;VALUE=DATE:20261207"} <= set(lines(file))
    found = ical_js.read(file)
    assert found["zones"] == []
    event = only(found)
    assert [(each["isDate"], each["day"]) for each in (event["starts"], event["ends"])] == [
        (True, "2026-12-05"),
        (True, "2026-12-07"),
    ]
    (other,) = read_with_vobject(file)
    assert [(each.value, each.params) for each in (other.dtstart, other.dtend)] == [
        ("20261205", {"VALUE": ["DATE"]}),
        ("20261207", {"VALUE": ["DATE"]}),
    ]


@given(
    st.sampled_from(sorted(zone_names())),
    st.dates(date(limits.YEAR_MIN, 1, 1), date(limits.YEAR_MAX - 1, 12, 31)),
    st.integers(1, limits.EVENT_MAX_DAYS),
)
def test_both_readers_find_the_days(ical_js: IcalJs, zone: str, day: date, length: int) -> None:
    ends = day + timedelta(days=length)
    file = calendar_file([entry(f"{day}T00:00", f"{ends}T00:00", zone, all_day=True)], SITE)
    event = only(ical_js.read(file))
    assert (event["starts"]["day"], event["ends"]["day"]) == (day.isoformat(), ends.isoformat())
    (other,) = read_with_vobject(file)
    assert (other.dtstart.value, other.dtend.value) == (f"{day:%Y%m%d}", f"{ends:%Y%m%d}")


def test_the_alarm_of_an_event_that_lasts_all_day_is_in_the_morning_before(ical_js: IcalJs) -> None:
    chosen = calendar_file([entry(**DAYS, alarms=("day", "two-hours"))], SITE)
    assert [each["seconds"] for each in only(ical_js.read(chosen))["alarms"]] == [-15 * 3600]
    other = calendar_file([entry(**DAYS, alarms=("two-hours",))], SITE)
    assert only(ical_js.read(other))["alarms"] == []


def test_a_time_has_its_zone_where_the_clocks_show_it_once() -> None:
    assert "DTSTART;TZID=Europe/Vienna:20261127T193000" in lines(calendar_file([entry()], SITE))


def test_the_second_of_two_equal_times_is_in_utc() -> None:
    first = calendar_file([entry("2026-10-25T02:30+02:00", "2026-10-25T04:00")], SITE)
    second = calendar_file([entry("2026-10-25T02:30+01:00", "2026-10-25T04:00")], SITE)
    assert "DTSTART;TZID=Europe/Vienna:20261025T023000" in lines(first)
    assert "DTSTART:20261025T013000Z" in lines(second)
    assert b"VTIMEZONE" not in second


def test_a_zone_that_is_not_known_here_leaves_the_moments(ical_js: IcalJs) -> None:
    known = entry()
    newer = known._replace(details=msgspec.structs.replace(known.details, zone="Mars/Olympus"))
    found = ical_js.read(calendar_file([newer], SITE))
    assert found["zones"] == []
    assert only(found)["starts"] == {"ms": known.details.starts_at, "zone": "UTC", "isDate": False}


def test_a_feed_has_its_name_and_each_zone_once(ical_js: IcalJs) -> None:
    some = [
        entry(event="a"), entry("2031-03-01T10:00", "2031-07-01T10:00", event="b"),
        entry(event="c", zone="Asia/Tokyo"), entry(event="d", zone="Etc/UTC"),
    ]  # fmt: skip
    found = ical_js.read(calendar_file(some, SITE, "Turnout: games"))
    assert (found["name"], found["zones"]) == ("Turnout: games", ["Asia/Tokyo", "Europe/Vienna"])
    assert [(each["uid"], each["starts"]["ms"], each["ends"]["ms"]) for each in found["events"]] == [
        (f"{each.event}@turnout", each.details.starts_at, each.details.ends_at) for each in some
    ]
    assert len(read_with_vobject(calendar_file(some, SITE, "Turnout: games"))) == len(some)


def test_an_empty_feed_is_a_calendar(ical_js: IcalJs) -> None:
    assert ical_js.read(calendar_file([], SITE, "Turnout"))["events"] == []


@given(texts, texts, texts, texts, st.lists(texts.filter(bool), max_size=8).map(tuple))
def test_no_text_changes_the_structure(
    ical_js: IcalJs, title: str, description: str, place: str, organizer: str, tags: tuple[str, ...]
) -> None:
    hostile = entry(
        title=title, description=description, place=place, organizer=organizer, tags=tags, alarms=("day", "two-hours")
    )
    file = calendar_file([hostile, entry(event="other")], SITE, title)
    raw = file.split(b"\r\n")
    assert max(map(len, raw)) <= 75
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", file.replace(b"\r\n", b""))
    names = [re.split("[:;]", each)[0] for each in lines(file)]
    assert (
        names.count("BEGIN") == names.count("END") == 1 + 4 + 2 + 2
    )  # the calendar, a zone with three parts, the events, the alarms
    found = ical_js.read(file)
    assert [each["uid"] for each in found["events"]] == ["abc@turnout", "other@turnout"]
    assert found["events"][1]["summary"] == "Board games"
    assert len(found["events"][0]["alarms"]) == 2
    assert [each.uid.value for each in read_with_vobject(file)] == ["abc@turnout", "other@turnout"]


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1))
def test_readers_get_the_texts_as_they_are(ical_js: IcalJs, text: str) -> None:
    event = only(ical_js.read(calendar_file([entry(title=text, place=text, description=f"{text}\n{text}")], SITE)))
    assert (event["summary"], event["location"]) == (text, text)
    assert event["description"].startswith(f"{text}\n{text}\n\n{SITE}")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, "CONFIRMED"),
        ({"seating": "going"}, "CONFIRMED"),
        ({"seating": "waitlisted"}, "TENTATIVE"),
        ({"status": "cancelled", "seating": "waitlisted"}, "CANCELLED"),
    ],
)
def test_the_status_is_that_of_the_person(ical_js: IcalJs, more: dict[str, Any], status: str) -> None:
    assert only(ical_js.read(calendar_file([entry(**more)], SITE)))["status"] == status


def test_alarms_are_those_chosen_and_end_with_the_event(ical_js: IcalJs) -> None:
    chosen = entry(alarms=("day", "two-hours"))
    assert [each["seconds"] for each in only(ical_js.read(calendar_file([chosen], SITE)))["alarms"]] == [-86400, -7200]
    cancelled = chosen._replace(status="cancelled")
    assert only(ical_js.read(calendar_file([cancelled], SITE)))["alarms"] == []


def test_a_calendar_follows_an_event_that_moves_and_is_called_off(ical_js: IcalJs) -> None:
    """The same UID, a higher SEQUENCE and a later LAST-MODIFIED each time (RFC 5546 section 2.1.4)."""
    writer = FakeWriter()
    event = writer.event(writer.user("Olga"))
    seen = []

    def read() -> None:
        found = only(ical_js.read(calendar_file([entry_of(writer.state, writer.state.events[event])], SITE)))
        assert found["organizer"] == "Olga"
        seen.append((found["uid"], found["sequence"], found["status"], found["modified"]["ms"], found["starts"]["ms"]))

    made_at, starts_at = writer.now_ms, writer.state.events[event].details.starts_at
    read()
    writer.now_ms += 5_000
    writer.edit(event, starts_at=starts_at + 60_000)
    read()
    writer.now_ms += 5_000
    writer.cancel(event)
    read()
    uid = f"{event}@turnout"
    assert seen == [
        (uid, 0, "CONFIRMED", made_at, starts_at),
        (uid, 1, "CONFIRMED", made_at + 5_000, starts_at + 60_000),
        (uid, 2, "CANCELLED", made_at + 10_000, starts_at + 60_000),
    ]


def test_an_entry_knows_the_seat_of_its_person_only() -> None:
    writer = FakeWriter()
    olga, greta, wanda = (writer.user(each) for each in ("Olga", "Greta", "Wanda"))
    event = writer.event(olga)
    writer.join(event, greta)
    writer.join(event, wanda, waits=True)
    entries: list[Entry] = [
        entry_of(writer.state, writer.state.events[event], each) for each in (None, olga, greta, wanda)
    ]
    assert [each.seating for each in entries] == ["", "", "going", "waitlisted"]
    file = calendar_file(entries, SITE)
    assert b"Greta" not in file
    assert b"Wanda" not in file
