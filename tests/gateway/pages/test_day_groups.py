"""The groups of a list: what happens now comes first, and whole days are no moment."""

import msgspec

from gateway.pages.test_words import event, ms
from turnout_core.protocol.items import Card
from turnout_gateway.pages.day_groups import groups, next_change_ms

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def card(title: str, starts: str, ends: str, zone: str = "Europe/Vienna", *, all_day: bool = False) -> Card:
    fields = msgspec.to_builtins(event(starts, ends, zone, title=title))
    for name in ("description", "created_at"):
        del fields[name]
    return msgspec.convert(fields | {"kind": "card"} | ({"all_day": True} if all_day else {}), Card)


FAIR = card("Fair", "2026-11-27T00:00", "2026-11-30T00:00", all_day=True)
JAZZ = card("Jazz", "2026-11-28T19:30", "2026-11-28T21:30")
CHESS = card("Chess", "2026-11-28T22:00", "2026-11-28T23:00")
STARTS_AT = FAIR.starts_at


def shown(now: str) -> dict[str, list[str]]:
    found = groups([FAIR, JAZZ, CHESS], ms(now, "Europe/Vienna"))
    return {words: [each.title for each in group] for words, group in found.items()}


def test_each_event_stands_on_the_day_of_its_start() -> None:
    assert shown("2026-11-20T12:00") == {"Friday 27 November": ["Fair"], "Saturday 28 November": ["Jazz", "Chess"]}


def test_an_event_that_lasts_all_day_is_of_today_and_not_of_now() -> None:
    assert shown("2026-11-27T12:00") == {"Friday 27 November": ["Fair"], "Saturday 28 November": ["Jazz", "Chess"]}
    assert shown("2026-11-28T12:00") == {"Saturday 28 November": ["Fair", "Jazz", "Chess"]}
    assert list(shown("2026-11-28T20:00").items()) == [
        ("Happening now", ["Jazz"]),
        ("Saturday 28 November", ["Fair", "Chess"]),
    ]
    assert shown("2026-11-29T23:59")["Sunday 29 November"] == ["Fair"]


def test_the_group_changes_with_the_day() -> None:
    times = (STARTS_AT - 1, STARTS_AT, STARTS_AT + DAY_MS - 1, STARTS_AT + DAY_MS, STARTS_AT + 3 * DAY_MS)
    assert [next_change_ms(FAIR, now) for now in times] == [
        STARTS_AT, STARTS_AT + DAY_MS, STARTS_AT + DAY_MS, STARTS_AT + 2 * DAY_MS, None,
    ]  # fmt: skip
    assert [next_change_ms(JAZZ, now) for now in (JAZZ.starts_at - 1, JAZZ.starts_at, JAZZ.ends_at)] == [
        JAZZ.starts_at, JAZZ.ends_at, None,
    ]  # fmt: skip


def test_a_last_day_of_25_hours_is_still_the_last() -> None:
    long = card("Fair", "2026-10-24T00:00", "2026-10-26T00:00", all_day=True)
    assert list(groups([long], long.ends_at - 1)) == ["Sunday 25 October"]
    assert next_change_ms(long, long.ends_at - 1) == long.ends_at
