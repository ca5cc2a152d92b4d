"""Origins are compared by scheme, host and port."""

import pytest

from turnout_core.web.origin import is_allowed, other_origin


@pytest.mark.parametrize(
    ("origin", "scheme", "host", "further", "expected"),
    [
        ("http://here:8000", "http", "here:8000", (), True),
        ("http://HERE", "http", "here", (), True),
        ("https://here", "https", "here:443", (), True),
        ("https://here:443", "https", "here", (), True),
        ("https://here", "wss", "here", (), True),
        ("https://here", "http", "here", (), False),
        ("http://here", "https", "here", (), False),
        ("http://here:8001", "http", "here:8000", (), False),
        ("http://evil", "http", "here", (), False),
        ("http://here.evil", "http", "here", (), False),
        ("null", "http", "here", (), False),
        ("", "http", "", (), False),
        ("http://[::1]:8000", "http", "[::1]:8000", (), True),
        ("http://[broken", "http", "here", (), False),
        ("http://here:port", "http", "here", (), False),
        ("https://friend", "http", "here", ("https://friend:443",), True),
        ("https://friend", "http", "here", ("http://friend",), False),
        ("https://friend/", "http", "here", ("https://friend/",), True),
        ("https://anyone", "http", "here", ("*",), True),
        ("https://events.example", "http", "127.0.0.1:8000", ("https://events.example",), True),
        ("https://events.example", "https", "events.example:443", (), True),
        ("http://evil@here", "http", "here", (), False),
        ("http://here?x", "http", "here", (), False),
    ],
)
def test_an_origin(origin: str, scheme: str, host: str, further: tuple[str, ...], expected: bool) -> None:
    assert is_allowed(origin, scheme, host, further) is expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [("https://Events.example:443", " set TURNOUT_ORIGINS=https://events.example,"), ("null", "null")],
)
def test_a_refusal_says_what_to_set(origin: str, expected: str) -> None:
    detail = other_origin(origin, "http", "127.0.0.1:8000").detail
    assert expected in detail
    assert ("TURNOUT_ORIGINS" in detail) is (origin != "null")
