"""Positions, items and the validation of commands."""

import msgspec
import pytest
from history import DETAILS, History, small_history, state_after
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from turnout_core.domain import limits
from turnout_core.domain.changes import EventCreated, Joined, Left, Promoted, Seating, SignedUp
from turnout_core.domain.commands import EventDraft, EventEdit, SessionBody
from turnout_core.domain.position import Position
from turnout_core.domain.rejections import REJECTIONS
from turnout_core.protocol.messages import Item
from turnout_core.protocol.rendering import attendee, card, event_item

DRAFT = {"title": "Games", "starts": "2026-11-27T19:30", "zone": "Europe/Vienna"}


@given(st.from_regex(r"[a-z0-9]{1,16}", fullmatch=True), st.integers(0, 10**15))
def test_a_position_can_be_parsed_again(epoch: str, seq: int) -> None:
    assert Position.parse(str(Position(epoch, seq))) == Position(epoch, seq)


@pytest.mark.parametrize("text", ["", "a", "a-", "-1", "a-01", "A-1", "a--1", "a-1 ", "a-1e3", "a" * 17 + "-1"])
def test_other_text_is_not_a_position(text: str) -> None:
    with pytest.raises(ValueError, match="not a position"):
        Position.parse(text)
    assert Position.try_parse(text) is None


def crowd(going: int, waiting: int = 0) -> History:
    history = History()
    history.add(
        SignedUp("olga", "Olga"),
        EventCreated("fair", "olga", msgspec.structs.replace(DETAILS, capacity=None)),
        actor="olga",
    )
    for number in range(going + waiting):
        user = f"p{number}"
        status: Seating = "going" if number < going else "waitlisted"
        history.add(SignedUp(user, f"P{number}"), Joined("fair", user, 1, status), actor=user)
    return history


@pytest.mark.parametrize(
    ("going", "waiting", "newest"),
    [
        (11, 0, []),
        (12, 0, ["P9", "P10", "P11"]),
        (30, 5, ["P27", "P28", "P29"]),
        (30, limits.NEWEST_LOOK_BACK, []),
    ],
)
def test_a_card_of_a_large_event_has_the_newest_attendees(going: int, waiting: int, newest: list[str]) -> None:
    state = state_after(crowd(going, waiting))
    shown = card(state, state.events["fair"])
    assert [face.name for face in shown.newest] == newest


def test_a_promoted_attendee_of_a_large_event_is_named() -> None:
    history = crowd(20, 5)
    history.add(Left("fair", "p3"), Promoted("fair", "p20"), actor="p3")
    state = state_after(history)
    assert [face.name for face in card(state, state.events["fair"]).newest] == ["P18", "P19", "P20"]


def test_every_rendered_object_is_an_item() -> None:
    state = state_after(small_history())
    event = state.events["games"]
    for shown in (card(state, event), event_item(state, event), attendee(state, event.attendances["ada"])):
        assert msgspec.json.decode(msgspec.json.encode(shown), type=Item) == shown


@pytest.mark.parametrize(
    "fault",
    [
        {"title": ""},
        {"title": " \t "},
        {"title": "\u200b\u2060"},
        {"title": "\u200d \u00ad"},
        {"title": "\u3164"},
        {"title": "\u2800\ufe0f"},
        {"title": "\U000e0041\uffff"},
        {"tags": ["\u200b"]},
        {"title": "x" * 121},
        {"title": "a\x00b"},
        {"title": "gone \u0007 quiet"},
        {"title": "\ud800"},
        {"title": 5},
        {"starts": "2026-11-27T19:30Z"},
        {"starts": "2026-11-27T19:30+01:00"},
        {"starts": "2026-11-31T19:30"},
        {"starts": 1795804200},
        {"starts": "0202-11-27T19:30"},
        {"capacity": 0},
        {"capacity": True},
        {"capacity": "5"},
        {"capacity": 1.5},
        {"capacity": float("nan")},
        {"link": "javascript:alert(1)"},
        {"link": "http://"},
        {"tags": ["x"] * 9},
        {"tags": [""]},
        {"tags": ["\u0149" * 24]},  # 48 characters when case-folded
        {"waitlist": "yes"},
        {"unknown": 1},
    ],
    ids=str,
)
def test_a_malformed_draft_is_refused(fault: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EventDraft.model_validate(DRAFT | fault)


def test_texts_are_normalised() -> None:
    draft = EventDraft.model_validate(DRAFT | {"title": "  Board \n games ", "tags": [" Games", "games", "Fun "]})
    assert (draft.title, draft.tags) == ("Board games", ("games", "fun"))


def test_an_edit_lists_the_sent_fields() -> None:
    assert EventEdit.model_validate_json('{"capacity": null, "place": ""}').fields_to_change() == {
        "capacity": None,
        "place": "",
    }


def test_a_name_can_be_in_any_script() -> None:
    assert SessionBody(name="Żółć 数学 👩🏽‍🚀").name == "Żółć 数学 👩🏽‍🚀"


@pytest.mark.parametrize("name", ["\u200b", "\u2060\u200d", "\u00a0\u180e"])
def test_an_invisible_name_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="must have a character that can be seen"):
        SessionBody(name=name)


@pytest.mark.parametrize("name", ["❤️", "👨‍👩‍👧", "می‌خواهم", "-", "\ue000"])
def test_visible_characters_keep_their_joiners(name: str) -> None:
    assert SessionBody(name=name).name == name


def test_codes_are_distinct() -> None:
    assert len({each.code for each in REJECTIONS}) == len(REJECTIONS)
