"""The calendar counts an event on the day that the zone's clock shows at its start."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fake_writer import FakeWriter
from hub_harness import HubHarness
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.domain.zones import load_zone, zone_names
from turnout_gateway.views.month import Day, days_of

HOUR_MS = 3_600_000


def ms(text: str) -> int:
    """A time in UTC, in ms since 1970."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def create(writer: FakeWriter, organizer: str, starts: str, **details: Any) -> str:
    event = writer.event(organizer, **{"tags": (), **details})
    writer.edit(event, starts_at=ms(starts), ends_at=ms(starts) + HOUR_MS)
    return event


def days(message: dict[str, Any]) -> dict[str, int]:
    return {each["date"]: each["total"] for each in message.get("items", message.get("upsert", ()))}


def test_days_are_counted_and_kept_up_to_date() -> None:
    harness = HubHarness()
    writer = harness.writer
    ada = writer.user()
    create(writer, ada, "2026-11-30T22:59")
    ended = create(writer, ada, "2026-11-30T23:00")
    writer.end(ended)
    chess = create(writer, ada, "2026-12-05T10:00", title="Chess", tags=("games",))
    last = create(writer, ada, "2026-12-31T22:59")
    create(writer, ada, "2026-12-31T23:00")
    harness.flush()
    client, sink = harness.client()
    harness.hub.watch(client, "calendar?month=2026-12&zone=Europe/Vienna", None)
    (snapshot,) = sink.pop_messages()
    assert days(snapshot) == {"2026-12-01": 1, "2026-12-05": 1, "2026-12-31": 1}
    first = snapshot["items"][0]
    assert (first["kind"], first["key"], first["rank"]) == ("day", "day:2026-12-01", ms("2026-11-30T23:00"))

    writer.join(chess, ada)
    create(writer, ada, "2027-01-15T10:00")
    harness.flush()
    assert sink.pop_messages() == []

    create(writer, ada, "2026-12-05T22:59")
    writer.delete(last)
    harness.flush()
    (patch,) = sink.pop_messages()
    assert (days(patch), patch["remove"]) == ({"2026-12-05": 2}, ["day:2026-12-31"])

    for query, expected in (("&q=CHESS", {"2026-12-05": 1}), ("&tag=music", {}), ("&tag=Games", {"2026-12-05": 1})):
        harness.hub.watch(client, f"calendar?month=2026-12&zone=Europe/Vienna{query}", None)
        assert days(sink.pop_messages()[0]) == expected


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("UTC", "2026-12-05", "2026-12-05T00:00", 24),
        ("Europe/Vienna", "2026-03-29", "2026-03-28T23:00", 23),
        ("Europe/Vienna", "2026-10-25", "2026-10-24T22:00", 25),
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00", 23),  # from 00:00 to 01:00
        ("America/Havana", "2025-11-02", "2025-11-02T04:00", 25),  # 00:00 to 00:59 twice
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00", 25),  # from 24:00 back to 23:00
        ("America/Nuuk", "2026-03-28", "2026-03-28T02:00", 23),  # 23:00 to 23:59 are skipped
        ("America/Nuuk", "2026-10-24", "2026-10-24T01:00", 25),
        ("America/St_Johns", "2010-11-06", "2010-11-06T02:30", 25),  # from 00:01 of the next day back to 23:01
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00", 0),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", 24),
    ],
)
def test_a_day_begins_and_ends_by_the_clock_of_its_zone(zone: str, day: str, start: str, hours: int) -> None:
    (found,) = (each for each in days_of(day[:7], zone) if each.date == day)
    assert found == Day(day, ms(start), ms(start) + hours * HOUR_MS)


@given(
    zone=st.sampled_from(sorted(zone_names())),
    month=st.dates(date(1999, 1, 1), date(2101, 12, 31)).map(lambda day: f"{day:%Y-%m}"),
)
def test_days_follow_each_other_and_show_their_date(zone: str, month: str) -> None:
    found = days_of(month, zone)
    assert [each.date[:7] for each in found] == [month] * len(found)
    assert [day.end_ms for day in found[:-1]] == [day.start_ms for day in found[1:]]
    for day in found:
        if day.start_ms < day.end_ms:
            start, end = (datetime.fromtimestamp(at / 1000, load_zone(zone)) for at in (day.start_ms, day.end_ms))
            before, last = (each.astimezone(UTC) - timedelta(seconds=1) for each in (start, end))
            assert start.date().isoformat() == last.astimezone(load_zone(zone)).date().isoformat() == day.date
            assert before.astimezone(load_zone(zone)).date() < start.date()
