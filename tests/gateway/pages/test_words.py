"""The words of pages are those of the front end: the same rows as in frontend/tests/time and frontend/tests/seats."""

from datetime import UTC, datetime

import msgspec
import pytest

from turnout_core.domain.zones import load_zone
from turnout_core.protocol.items import EventItem, Person
from turnout_gateway.pages import words

NOW_MS = 1_795_000_000_000  # 2026-11-18


def ms(local: str, zone: str, fold: int = 0) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=load_zone(zone), fold=fold).timestamp() * 1000)


def event(
    starts: str = "2026-11-27T19:30", ends: str = "2026-11-27T21:30", zone: str = "Europe/Vienna", **fields: object
) -> EventItem:
    item = EventItem(
        key="event:e", rank=0, id="e", version=1, status="scheduled", title="Jazz", organizer=Person("o", "Olga"),
        starts=starts, ends=ends, zone=zone, starts_at=ms(starts, zone), ends_at=ms(ends, zone), place="", link="",
        tags=(), capacity=None, waitlist=True, going=0, waiting=0, faces=(), newest=(), description="", created_at=0,
    )  # fmt: skip
    return msgspec.structs.replace(item, **fields)


def all_day(starts: str = "2026-12-05", ends: str = "2026-12-06") -> EventItem:
    return event(f"{starts}T00:00", f"{ends}T00:00", all_day=True)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (words.days(event(), words.full_day), "Friday 27 November 2026"),
        (words.hours(event()), "19:30 \u2013 21:30 in Vienna"),
        (words.card_time(event()), "19:30 \u2013 21:30"),
        (words.machine_time(event()), "2026-11-27T18:30:00.000Z"),
        (words.days(all_day(), words.full_day, 2026), "Saturday 5 December"),
        (words.days(all_day(), words.short_day, 2027), "Sat 5 Dec 2026"),
        (words.days(all_day(ends="2026-12-07"), words.full_day, 2026), "Saturday 5 \u2013 Sunday 6 December"),
        (words.days(all_day(ends="2026-12-07"), words.short_day), "Sat 5 \u2013 Sun 6 Dec 2026"),
        (words.days(all_day("2026-11-30", "2026-12-02"), words.short_day, 2026), "Mon 30 Nov \u2013 Tue 1 Dec"),
        (
            words.days(all_day("2026-12-31", "2027-01-02"), words.short_day, 2026),
            "Thu 31 Dec \u2013 Fri 1 Jan 2027",
        ),
        (
            words.days(all_day("2026-12-31", "2027-01-02"), words.full_day),
            "Thursday 31 December 2026 \u2013 Friday 1 January 2027",
        ),
        (words.hours(all_day()), "all day"),
        (words.card_time(all_day()), "All day"),
        (words.card_time(all_day(ends="2026-12-07")), "Sat 5 \u2013 Sun 6 Dec"),
        (words.machine_time(all_day()), "2026-12-05"),
        (words.time_span(event()), "19:30 \u2013 21:30"),
        (words.time_span(event(ends="2026-11-28T02:00")), "19:30 \u2013 Sat 28 Nov 02:00"),
        (
            words.time_span(
                event("2026-10-25T02:30", "2026-10-25T02:30", ends_at=ms("2026-10-25T02:30", "Europe/Vienna", 1))
            ),
            "02:30 UTC+02:00 \u2013 02:30 UTC+01:00",
        ),
        (words.zone_words(event()), "in Vienna"),
        (words.zone_words(event(zone="America/Argentina/Buenos_Aires")), "in Buenos Aires"),
        (words.zone_words(event(zone="Etc/UTC")), "UTC"),
        (words.zone_words(event(zone="UTC")), "UTC"),
        (words.full_day(datetime.fromisoformat("2026-11-27"), 2026), "Friday 27 November"),
        (words.full_day(datetime.fromisoformat("2027-01-02"), 2026), "Saturday 2 January 2027"),
        (words.short_day(datetime.fromisoformat("2026-09-01"), 2026), "Tue 1 Sep"),
        (words.offset("2026-11-27T19:30", ms("2026-11-27T19:30", "Asia/Kathmandu")), "+05:45"),
        (words.offset("2026-11-27T19:30", ms("2026-11-27T19:30", "America/St_Johns")), "-03:30"),
        (words.seat_words(event(going=17, capacity=24, waiting=3), NOW_MS), "17 of 24 going, 3 waiting"),
        (words.seat_words(event(going=1234), NOW_MS), "1,234 going"),
        (words.seat_words(event(going=17, capacity=24, waiting=3, ends_at=NOW_MS), NOW_MS), "17 of 24 went"),
        (words.seat_words(event(going=17, capacity=24, status="cancelled"), NOW_MS), "17 of 24 were going"),
        (words.seat_words(event(going=1, status="cancelled"), NOW_MS), "1 was going"),
        (words.shorten("one\n\ntwo   three", 20), "one two three"),
        (words.shorten("one two three", 10), "one two\u2026"),
    ],
)
def test_words(found: str, expected: str) -> None:
    assert found == expected


def test_moments_are_those_of_utc() -> None:
    assert words.moment(NOW_MS) == datetime.fromtimestamp(NOW_MS / 1000, UTC)
