"""The log repeats itself once a minute at most."""

import logging

from turnout.up.log_throttle import EVERY_S, LogThrottle


def record(name: str, message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, __file__, 1, message, arguments, None)


def test_a_line_is_said_once_a_minute() -> None:
    now_s = 0.0
    sparing = LogThrottle("events", lambda: now_s)
    assert sparing.filter(record("a", "no answer: %s", "refused"))
    assert not sparing.filter(record("a", "no answer: %s", "refused"))
    now_s = EVERY_S
    assert sparing.filter(record("a", "no answer: %s", "refused"))


def test_another_line_is_not_the_same() -> None:
    sparing = LogThrottle("events", lambda: 0.0)
    said = [("a", "no answer: %s", "refused"), ("a", "no answer: %s", "reset"), ("b", "no answer: %s", "refused")]
    assert [sparing.filter(record(*each)) for each in said * 2] == [True] * 3 + [False] * 3


def test_many_different_lines_are_forgotten() -> None:
    sparing = LogThrottle("events", lambda: 0.0)
    assert all(sparing.filter(record("a", "number %d", number)) for number in range(10_000))
    assert len(sparing._logged_at_s) <= 1000


def test_events_are_always_said() -> None:
    sparing = LogThrottle("events", lambda: 0.0)
    assert all(sparing.filter(record("events", "it ended")) for _ in range(3))
