"""Log lines that clients can cause: bounded in number, and without characters that act on a log or a terminal."""

import io
import logging
from dataclasses import dataclass

import pytest

from turnout_core.runtime.log_lines import LINES_MAX, WINDOW_S, LimitedHandler, escape


@dataclass
class Clock:
    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


def logger_to(handler: logging.Handler, name: str) -> logging.Logger:
    logger = logging.Logger(name)  # noqa: LOG001 - one of its own, which no other test sees
    logger.addHandler(handler)
    return logger


def fail(reason: str) -> None:
    raise ValueError(reason)


def texts(stream: io.StringIO) -> list[str]:
    return [line.split(" ", 3)[3] for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ümläut 🎲 あ", "Ümläut 🎲 あ"),
        ("a\r\nb\x1b[2J\x00\x7f\x9b", r"a\r\nb\x1b[2J\x00\x7f\x9b"),
        ("\u2028\u2029\u202e\u2066\u200f\ufeff", r"\u2028\u2029\u202e\u2066\u200f\ufeff"),
        ("\ud800", r"\ud800"),
    ],
    ids=["printable", "control characters", "separators and directions", "lone surrogate"],
)
def test_only_printable_characters_are_written(text: str, expected: str) -> None:
    assert escape(text) == expected


def test_an_event_is_one_line_and_a_traceback_is_indented() -> None:
    stream = io.StringIO()
    logger = logger_to(LimitedHandler(stream), "turnout.test")
    logger.warning("path %s", "/a\n2026-11-29 00:00:00,000 ERROR turnout: forged")
    try:
        fail("first\n2026-11-29 00:00:00,000 ERROR turnout: forged \x1b[2J\u2028")
    except ValueError:
        logger.exception("failed")
    lines = stream.getvalue().splitlines()
    assert sum(line.startswith("20") for line in lines) == 2
    assert all(line.startswith("    ") for line in lines[2:])
    assert "\x1b" not in stream.getvalue()


def test_lines_of_one_kind_are_bounded_and_the_rest_is_counted() -> None:
    clock, stream = Clock(), io.StringIO()
    handler = LimitedHandler(stream, clock)
    ours, library = logger_to(handler, "turnout.server"), logger_to(handler, "uvicorn.error")
    for number in range(100):
        ours.warning("refused %d", number)
        library.error("Exception number %d" % number)  # noqa: UP031 - some libraries compose their texts
    ours.warning("another kind")
    assert texts(stream) == [
        *(
            line
            for number in range(LINES_MAX)
            for line in (f"turnout.server: refused {number}", f"uvicorn.error: Exception number {number}")
        ),
        "turnout.server: another kind",
    ]
    stream.truncate(0)
    stream.seek(0)
    clock.now_s = WINDOW_S
    ours.warning("refused %d", 100)
    assert texts(stream) == [
        "turnout.server: 90 more lines like those were left out: refused %d",
        "uvicorn.error: 90 more lines like those were left out: see above",
        "turnout.server: refused 100",
    ]
    handler.close()


def test_the_end_reports_what_was_left_out() -> None:
    stream = io.StringIO()
    handler = LimitedHandler(stream)
    logger = logger_to(handler, "turnout.server")
    for _ in range(LINES_MAX + 5):
        logger.warning("refused")
    handler.close()
    assert texts(stream)[LINES_MAX:] == ["turnout.server: 5 more lines like those were left out: refused"]
