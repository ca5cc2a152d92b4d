"""The log contains the same line at most once a minute."""

import logging

from turnout.up.log_throttle import INTERVAL_S, LogThrottle


def record(name: str, message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.WARNING, __file__, 1, message, arguments, None)


def test_a_line_is_logged_once_a_minute() -> None:
    now_s = 0.0
    throttle = LogThrottle("events", lambda: now_s)
    assert throttle.filter(record("a", "no answer: %s", "refused"))
    assert not throttle.filter(record("a", "no answer: %s", "refused"))
    now_s = INTERVAL_S
    assert throttle.filter(record("a", "no answer: %s", "refused"))


def test_different_lines_are_all_logged() -> None:
    throttle = LogThrottle("events", lambda: 0.0)
    lines = [("a", "no answer: %s", "refused"), ("a", "no answer: %s", "reset"), ("b", "no answer: %s", "refused")]
    assert [throttle.filter(record(*each)) for each in lines * 2] == [True] * 3 + [False] * 3


def test_the_number_of_remembered_lines_is_limited() -> None:
    throttle = LogThrottle("events", lambda: 0.0)
    assert all(throttle.filter(record("a", "number %d", number)) for number in range(10_000))
    assert len(throttle._logged_at_s) <= 1000


def test_lines_of_the_exempt_logger_are_always_logged() -> None:
    throttle = LogThrottle("events", lambda: 0.0)
    assert all(throttle.filter(record("events", "it ended")) for _ in range(3))
