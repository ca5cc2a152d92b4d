"""Every spelling of an address is parsed to the canonical one, or rejected with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.domain import limits
from turnout_core.domain.rejections import EventNotFound, Invalid, NotSignedIn, Rejection
from turnout_core.protocol.messages import Watch
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.kinds import parse
from turnout_gateway.views.list_view import EventsAddress
from turnout_gateway.views.me_view import MeAddress


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
        ("events/abc234", "events/abc234"),
        ("me", "me"),
    ],
)
def test_a_spelling_has_one_canonical_address(text: str, canonical: str) -> None:
    assert parse(text, "ada").canonical == canonical


def test_a_canonical_address_parses_to_itself() -> None:
    for address in (EventsAddress("past", ("a&b", "ガ"), "x y", 9), EventAddress("abc"), MeAddress("ada")):
        assert parse(address.canonical, "ada") == address


def test_the_longest_search_of_any_script_has_an_address() -> None:
    words = ("\N{GAME DIE}" * limits.SEARCH_MAX_CHARS,)
    address = EventsAddress("upcoming", words, "\N{GAME DIE}" * limits.TAG_MAX_CHARS, limits.WINDOW_MAX_ITEMS)
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
        ("events?page=2", Invalid, "no parameter"),
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
        ("me?x", Invalid, "takes no parameters"),
        ("x" * 2049, Invalid, "at most 2048"),
    ],
)
def test_a_bad_address_is_refused_with_a_reason(text: str, expected: type[Rejection], reason: str) -> None:
    with pytest.raises(expected, match=reason):
        parse(text, "ada")


def test_me_needs_a_viewer() -> None:
    with pytest.raises(NotSignedIn):
        parse("me", None)


@given(
    st.text(max_size=60) | st.text(max_size=40).map("events?".__add__) | st.text(max_size=20).map("events?q=".__add__)
)
def test_any_text_is_an_address_or_is_rejected(text: str) -> None:
    try:
        address = parse(text, "ada")
    except Rejection as rejection:
        rejection.detail.encode()
    else:
        assert parse(address.canonical, "ada") == address
