"""Every spelling of an address is parsed to the canonical one, or rejected with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.domain import limits
from turnout_core.domain.rejections import EventNotFound, Invalid, NotSignedIn, Rejection
from turnout_core.protocol.messages import Watch
from turnout_gateway.views.calendar_view import CalendarAddress
from turnout_gateway.views.cursor import Cursor
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.kinds import parse
from turnout_gateway.views.list_view import EventsAddress
from turnout_gateway.views.me_view import MeAddress
from turnout_gateway.views.people_view import PeopleAddress
from turnout_gateway.views.tags_view import TagsAddress


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("events", "events?when=upcoming"),
        ("events?", "events?when=upcoming"),
        ("events?when=upcoming", "events?when=upcoming"),
        ("events?when=past", "events?when=past"),
        ("events?limit=50", "events?when=upcoming"),
        ("events?limit=7", "events?when=upcoming&limit=7"),
        ("events?limit=500&when=past", "events?when=past&limit=500"),
        ("events?q=", "events?when=upcoming"),
        ("events?q=++", "events?when=upcoming"),
        ("events?q=Board%20Games", "events?when=upcoming&q=board+games"),
        ("events?q=a+b+a", "events?when=upcoming&q=a+b"),
        ("events?q=Stra%C3%9Fe", "events?when=upcoming&q=strasse"),
        ("events?q=Straße", "events?when=upcoming&q=strasse"),
        ("events?q=Café+OLÉ", "events?when=upcoming&q=cafe+ole"),
        ("events?q=%CC%81", "events?when=upcoming"),
        ("events?q=100%25%26+%2B", "events?when=upcoming&q=100%25%26+%2B"),
        ("events?tag=Open+Air", "events?when=upcoming&tag=open+air"),
        ("events?tag=", "events?when=upcoming"),
        ("events?limit=3&tag=b&q=a&when=past", "events?when=past&q=a&tag=b&limit=3"),
        ("events?after=0017", "events?when=upcoming&after=17"),
        ("events?after=-5-abc", "events?when=upcoming&after=-5-abc"),
        ("events?after=&before=", "events?when=upcoming"),
        ("events?limit=7&before=-0&tag=b&q=a", "events?when=upcoming&q=a&tag=b&before=0&limit=7"),
        ("events/abc234", "events/abc234"),
        ("events/abc234/people", "events/abc234/people?status=going"),
        (
            "events/a/people?limit=5&after=07&q=Ada+B&status=waitlisted",
            "events/a/people?status=waitlisted&q=ada+b&after=7&limit=5",
        ),
        ("calendar?month=2026-12", "calendar?month=2026-12"),
        ("calendar?month=2026-12&zone=UTC", "calendar?month=2026-12"),
        (
            "calendar?tag=Go&q=A+a&zone=Europe/Vienna&month=2026-12",
            "calendar?month=2026-12&zone=Europe%2FVienna&q=a&tag=go",
        ),
        ("tags", "tags?when=upcoming"),
        ("tags?limit=30&when=past", "tags?when=past"),
        ("tags?limit=100", "tags?when=upcoming&limit=100"),
        ("me", "me"),
        ("me?", "me"),
        ("me?q=Board%20Games", "me?when=upcoming&q=board+games"),
        ("me?when=upcoming", "me?when=upcoming"),
        ("me?limit=3&tag=b&q=a&when=past&after=7-x", "me?when=past&q=a&tag=b&after=7-x&limit=3"),
        ("me/calendar?tag=Go&zone=UTC&month=2026-12", "me/calendar?month=2026-12&tag=go"),
        ("me/tags", "me/tags?when=upcoming"),
        ("me/tags?limit=7&when=past", "me/tags?when=past&limit=7"),
    ],
)
def test_a_spelling_has_one_canonical_address(text: str, canonical: str) -> None:
    assert parse(text, "ada").canonical == canonical


def test_a_canonical_address_parses_to_itself() -> None:
    for address in (
        EventsAddress("past", ("a&b", "ガ"), "x y", 9, after=Cursor(-1, "a-b")),
        EventsAddress(before=Cursor(4_102_444_800_000)),
        CalendarAddress("2026-12", "America/Argentina/Buenos_Aires", ("a",), "b"),
        TagsAddress("past", 7),
        PeopleAddress("abc", "waitlisted", ("o&",), 8, 9),
        EventAddress("abc"),
        MeAddress("ada"),
        EventsAddress("past", ("a", "b"), "x y", 9, before=Cursor(-1), user="ada"),
        CalendarAddress("2026-12", tag="b", user="ada"),
        TagsAddress("past", 7, "ada"),
    ):
        assert parse(address.canonical, "ada") == address


def test_the_longest_search_of_any_script_has_an_address() -> None:
    words = ("\N{GAME DIE}" * limits.SEARCH_MAX_CHARS,)
    tag = "\N{GAME DIE}" * limits.TAG_MAX_CHARS
    place = Cursor(-8_640_000_000_000_000, "a" * limits.EVENT_ID_MAX_CHARS)
    address = EventsAddress("upcoming", words, tag, limits.WINDOW_MAX_ITEMS, before=place)
    assert parse(address.canonical, None) == address
    assert Watch(type="watch", view=address.canonical).view == address.canonical


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("", Invalid, "no view"),
        ("Events", Invalid, "no view"),
        ("users", Invalid, "no view"),
        ("event/abc", Invalid, "no view"),
        ("events?when=soon", Invalid, "when is"),
        ("events?when=past&when=past", Invalid, "twice"),
        ("events?limit=0", Invalid, "limit is"),
        ("events?limit=501", Invalid, "limit is"),
        ("events?limit=-1", Invalid, "limit is"),
        ("events?limit=1e2", Invalid, "limit is"),
        ("events?limit=٣", Invalid, "limit is"),
        ("events?limit=99999999999999999999", Invalid, "limit is"),
        ("events?page=2", Invalid, "no parameter 'page': it has when, q, tag, after, before and limit"),
        ("events?after=1&before=2", Invalid, "exclude each other"),
        ("events?after=soon", Invalid, "after is a start in ms"),
        ("events?before=1.5", Invalid, "before is a start in ms"),
        ("events?after=1-", Invalid, "after is a start in ms"),
        ("events?after=1-ä", Invalid, "after is a start in ms"),
        ("events?after=--1", Invalid, "after is a start in ms"),
        ("events?after=٣", Invalid, "after is a start in ms"),
        ("events?after=8640000000000001", Invalid, "after is a start in ms"),
        ("events?after=1-" + "a" * 41, Invalid, "after is a start in ms"),
        ("calendar", Invalid, "needs a month"),
        ("calendar?month=2026-13", Invalid, "month is a month from 1999-01 to 2101-12"),
        ("calendar?month=1998-12", Invalid, "month is"),
        ("calendar?month=2102-01", Invalid, "month is"),
        ("calendar?month=26-12", Invalid, "month is"),
        ("calendar?month=2026-12&zone=Mars/Olympus", Invalid, "zone is an IANA time zone"),
        ("calendar?month=2026-12&zone=../../etc/passwd", Invalid, "zone is an IANA time zone"),
        ("calendar?month=2026-12&when=past", Invalid, "no parameter 'when': it has month, zone, q and tag"),
        ("tags?when=soon", Invalid, "when is"),
        ("tags?limit=101", Invalid, "limit is a number from 1 to 100"),
        ("tags?q=a", Invalid, "no parameter 'q': it has when and limit"),
        ("events/abc/people?status=gone", Invalid, "status is going or waitlisted"),
        ("events/abc/people?after=-1", Invalid, "after is the rank"),
        ("events/abc/people?after=1e3", Invalid, "after is the rank"),
        ("events/abc/people?after=" + "9" * 16, Invalid, "after is the rank"),
        ("events/abc/people?limit=501", Invalid, "limit is a number from 1 to 500"),
        ("events/abc/people?page=2", Invalid, "no parameter"),
        ("events/ä/people", EventNotFound, "no such event"),
        ("events//people", EventNotFound, "no such event"),
        ("events/a/people/b", EventNotFound, "no such event"),
        ("events?" + "&".join(f"p{n}=1" for n in range(9)), Invalid, "too many"),
        ("events?q=" + "x" * 101, Invalid, "at most 100"),
        ("events?tag=" + "x" * 25, Invalid, "at most 24"),
        ("events?q=%ff", Invalid, "UTF-8"),
        ("events?q=%ED%A0%80", Invalid, "UTF-8"),
        ("events?q=\ud800", Invalid, "UTF-8"),
        ("events?q=%zz", Invalid, "escapes nothing"),
        ("events?q=%", Invalid, "escapes nothing"),
        ("events/", EventNotFound, "no such event"),
        ("events/a/b", EventNotFound, "no such event"),
        ("events/ä", EventNotFound, "no such event"),
        ("events/" + "a" * 41, EventNotFound, "no such event"),
        ("events/abc?x=1", Invalid, "takes no parameters"),
        ("me?x", Invalid, "no parameter 'x': it has when, q, tag, after, before and limit"),
        ("me?q=" + "x" * 101, Invalid, "at most 100"),
        ("x" * 2049, Invalid, "at most 2048"),
    ],
)
def test_a_bad_address_is_refused_with_a_reason(text: str, expected: type[Rejection], reason: str) -> None:
    with pytest.raises(expected, match=reason):
        parse(text, "ada")


@pytest.mark.parametrize("text", ["me", "me?q=a", "me/calendar?month=2026-12", "me/tags"])
def test_me_needs_a_viewer(text: str) -> None:
    with pytest.raises(NotSignedIn):
        parse(text, None)


@given(
    st.text(max_size=60)
    | st.builds(
        str.__add__,
        st.sampled_from(
            (
                "events?",
                "events?q=",
                "events?after=",
                "calendar?",
                "calendar?month=",
                "tags?",
                "me?q=",
                "me/tags?",
                "me/calendar?month=",
            )
        ),
        st.text(max_size=40),
    )
)
def test_any_text_is_an_address_or_is_rejected(text: str) -> None:
    try:
        address = parse(text, "ada")
    except Rejection as rejection:
        rejection.detail.encode()
    else:
        assert parse(address.canonical, "ada") == address
