"""Every rule, as a table: what somebody asks, and what comes of it."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError
from table import DRAFT, ENDS_AT, HOUR_MS, NOW, STARTS_AT, Table, name

from turnout_core.domain import changes as happened
from turnout_core.domain import rejections
from turnout_core.domain.commands import (
    CreateEvent,
    EventDraft,
    EventEdit,
    Join,
    SessionBody,
    SignOut,
    SignUp,
    Unattend,
)

GAMES = name("games")


def test_a_newcomer_goes_while_the_party_fits() -> None:
    table = Table(capacity=3)
    assert table.join("ada", 2) == [happened.Joined(GAMES, name("ada"), 2, "going")]
    assert table.join("bob", 2) == [happened.Joined(GAMES, name("bob"), 2, "waitlisted")]
    assert table.join("cy", 1) == [happened.Joined(GAMES, name("cy"), 1, "going")]
    assert (table.going(), table.waiting()) == (["ada", "cy"], ["bob"])


def test_without_a_limit_everybody_goes() -> None:
    table = Table()
    for number in range(50):
        table.join(f"p{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}", 10)
    assert (table.event.going, table.event.waiting) == (500, 0)


def test_an_organizer_may_join_their_own_event() -> None:
    table = Table()
    table.join("olga")
    assert table.going() == ["olga"]


def test_without_a_waitlist_a_full_event_refuses_and_shows_itself() -> None:
    table = Table(capacity=1, waitlist=False)
    table.join("ada")
    with pytest.raises(rejections.EventFull, match="No seats are left") as refused:
        table.join("bob")
    assert refused.value.extra["event"].going == 1


def test_a_party_that_never_fits_does_not_wait() -> None:
    table = Table(capacity=3)
    with pytest.raises(rejections.EventFull, match="only 3 seats"):
        table.join("ada", 4)
    table.join("ada", 3)
    table.join("bob", 3)
    with pytest.raises(rejections.EventFull, match="only 3 seats"):
        table.resize("bob", 4)


def test_first_come_first_served_and_who_does_not_fit_is_passed_over() -> None:
    table = Table(capacity=4)
    table.join("ada", 2)
    table.join("bob", 2)
    for person, party in [("cy", 3), ("di", 1), ("ed", 2), ("flo", 1)]:
        table.join(person, party)
    assert table.unattend("ada") == [
        happened.Left(GAMES, name("ada")),
        happened.Promoted(GAMES, name("di")),
        happened.Promoted(GAMES, name("flo")),
    ]
    assert table.unattend("bob") == [happened.Left(GAMES, name("bob")), happened.Promoted(GAMES, name("ed"))]
    assert table.waiting() == ["cy"]
    assert table.unattend("ed")[1:] == []
    assert table.unattend("flo")[1:] == [happened.Promoted(GAMES, name("cy"))]


@pytest.mark.parametrize(
    "frees_two_seats",
    [
        lambda table: table.unattend("ada"),
        lambda table: table.unattend("ada", by="olga"),
        lambda table: table.resize("ada", 1),
        lambda table: table.edit(capacity=5),
        lambda table: table.edit(capacity=None),
    ],
    ids=["unattend", "removal", "smaller party", "larger capacity", "no limit"],
)
def test_every_way_to_free_seats_promotes(frees_two_seats: Callable[[Table], list[happened.AnyChange]]) -> None:
    table = Table(capacity=3)
    table.join("ada", 3)
    table.join("bob", 2)
    assert happened.Promoted(GAMES, name("bob")) in frees_two_seats(table)
    assert "bob" in table.going()


def test_leaving_the_waitlist_promotes_no_one() -> None:
    table = Table(capacity=1)
    for person in ("ada", "bob", "cy"):
        table.join(person)
    assert table.unattend("bob") == [happened.Left(GAMES, name("bob"))]


def test_a_waiter_with_a_smaller_party_keeps_their_place_and_goes_if_it_fits() -> None:
    table = Table(capacity=4)
    table.join("ada", 3)
    for person in ("bob", "cy"):
        table.join(person, 3)
    assert table.resize("bob", 2) == [happened.PartyChanged(GAMES, name("bob"), 2)]
    assert table.waiting() == ["bob", "cy"]
    assert table.resize("bob", 1)[1:] == [happened.Promoted(GAMES, name("bob"))]


def test_a_larger_party_needs_free_seats() -> None:
    table = Table(capacity=3)
    table.join("ada")
    assert table.resize("ada", 3) == [happened.PartyChanged(GAMES, name("ada"), 3)]
    table.resize("ada", 2)
    table.join("bob")
    with pytest.raises(rejections.EventFull, match="No seats are left"):
        table.resize("ada", 3)


def test_the_same_party_changes_nothing() -> None:
    table = Table(capacity=3)
    table.join("ada", 2)
    assert table.resize("ada", 2) == []


def test_capacity_never_falls_below_the_seats_taken() -> None:
    table = Table(capacity=5)
    table.join("ada", 3)
    with pytest.raises(rejections.EventFull, match="3 seats are taken") as refused:
        table.edit(capacity=2)
    assert refused.value.extra["event"].capacity == 5
    assert table.edit(capacity=3)


REFUSED: list[tuple[str, Callable[[Table], Any], type[rejections.Rejection]]] = [
    ("join twice", lambda t: t.join("ada"), rejections.AlreadyAttending),
    ("join nowhere", lambda t: t.do("ada", Join(event="nowhere")), rejections.EventNotFound),
    ("unattend what one did not join", lambda t: t.unattend("bob"), rejections.NotAttending),
    ("unattend nowhere", lambda t: t.do("ada", Unattend(event="?", user=name("ada"))), rejections.EventNotFound),
    ("change a party that is not there", lambda t: t.resize("bob", 2), rejections.NotAttending),
    ("remove from another's event", lambda t: t.unattend("ada", by="bob"), rejections.NotOrganizer),
    ("remove who did not join", lambda t: t.join("bob") and t.unattend("bob") and t.unattend("bob", by="olga"),
     rejections.NotAttending),
    ("remove who does not exist", lambda t: t.unattend("nobody", by="olga"), rejections.UserNotFound),
    ("edit another's event", lambda t: t.edit(by="ada", title="Mine"), rejections.NotOrganizer),
    ("cancel another's event", lambda t: t.cancel(by="ada"), rejections.NotOrganizer),
    ("delete another's event", lambda t: t.delete(by="ada"), rejections.NotOrganizer),
    ("edit an old version", lambda t: t.edit(version=7, title="Old"), rejections.VersionConflict),
    ("edit into a skipped hour", lambda t: t.edit(starts="2027-03-28T02:30", ends=None), rejections.Invalid),
    ("an end before the start", lambda t: t.edit(ends="2026-11-27T19:00"), rejections.Invalid),
    ("a start in the past", lambda t: t.edit(starts="2026-11-20T19:30", ends=None), rejections.Invalid),
    ("an unknown zone", lambda t: t.edit(zone="Mars/Olympus"), rejections.Invalid),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused(ask: Callable[[Table], Any], why: type[rejections.Rejection]) -> None:
    table = Table(capacity=3)
    table.join("ada")
    with pytest.raises(why) as refused:
        ask(table)
    assert type(refused.value) is why


def test_a_signed_out_actor_can_only_sign_up() -> None:
    table = Table()
    for command in (Join(event=GAMES), SignOut(), Unattend(event=GAMES, user=name("ada"))):
        with pytest.raises(rejections.NotSignedIn):
            table.decide(None, command)
    assert table.decide(None, SignUp(user=name("zoe"), body=SessionBody(name="Zoe"))) == [
        happened.SignedUp(name("zoe"), "Zoe")
    ]


def test_an_id_that_is_taken_is_never_given_again() -> None:
    table = Table()
    for command in (
        SignUp(user=name("olga"), body=SessionBody(name="Other")),
        CreateEvent(event=GAMES, draft=EventDraft(**DRAFT)),
    ):
        with pytest.raises(rejections.Unavailable):
            table.decide("olga", command)


@pytest.mark.parametrize(
    "ask",
    [
        lambda table: table.join("bob"),
        lambda table: table.resize("ada", 2),
        lambda table: table.cancel(),
        lambda table: table.edit(starts="2026-11-27T20:00"),
        lambda table: table.edit(capacity=10),
        lambda table: table.edit(waitlist=False),
    ],
    ids=["join", "change party", "cancel", "move", "capacity", "waitlist"],
)
@pytest.mark.parametrize("over", ["cancelled", "ended"])
def test_an_ended_event_is_fixed(ask: Callable[[Table], Any], over: str) -> None:
    table = Table(capacity=3)
    table.join("ada")
    if over == "cancelled":
        table.cancel()
    table.now = ENDS_AT if over == "ended" else NOW
    with pytest.raises(rejections.EventIsCancelled if over == "cancelled" else rejections.EventHasEnded):
        ask(table)


@pytest.mark.parametrize("over", ["cancelled", "ended"])
def test_the_texts_of_what_is_over_may_change_and_it_may_go(over: str) -> None:
    table = Table(capacity=3)
    if over == "cancelled":
        table.cancel()
    table.now = ENDS_AT if over == "ended" else NOW
    assert len(table.edit(description="Photos are online", capacity=3)) == 1
    table.delete()
    assert GAMES not in table.state.events


def test_one_leaves_a_cancelled_event_but_not_an_ended_one() -> None:
    table = Table(capacity=1)
    table.join("ada")
    table.join("bob")
    table.now = ENDS_AT
    with pytest.raises(rejections.EventHasEnded):
        table.unattend("ada")
    table.now = NOW
    table.cancel()
    assert table.unattend("ada") == [happened.Left(GAMES, name("ada"))]  # nobody moves up into what is cancelled
    assert table.waiting() == ["bob"]


def test_a_running_event_can_be_joined_and_edited() -> None:
    table = Table()
    table.now = STARTS_AT + HOUR_MS
    table.join("ada")
    table.edit(starts="2026-11-27T19:00")
    table.edit(ends="2026-11-27T23:00")
    with pytest.raises(rejections.Invalid, match="ends: must not be in the past"):
        table.edit(ends="2026-11-27T20:00")
    assert table.event.details.ends == "2026-11-27T23:00"


def test_an_event_does_not_start_in_the_past_but_in_this_minute() -> None:
    table = Table()
    create = CreateEvent(event=name("later"), draft=EventDraft(**DRAFT))
    table.now = STARTS_AT + 59_999
    assert table.decide("olga", create)
    table.now = STARTS_AT + 60_000
    with pytest.raises(rejections.Invalid, match="starts: must not be in the past"):
        table.decide("olga", create)


def test_an_edit_replaces_what_it_names_and_raises_the_version() -> None:
    table = Table(capacity=3)
    [change] = table.edit(version=1, title="Chess", tags=["chess"], capacity=4)
    assert isinstance(change, happened.EventEdited)
    details = table.event.details
    assert (details.title, details.tags, details.capacity, details.starts) == ("Chess", ("chess",), 4, DRAFT["starts"])
    assert table.event.version == 2


def test_an_edit_that_changes_nothing_changes_nothing() -> None:
    table = Table(capacity=3)
    assert table.edit(**DRAFT, capacity=3) == []
    assert table.event.version == 1


def test_null_takes_away_what_can_be_missing_and_nothing_else() -> None:
    table = Table(capacity=3, ends="2026-11-28T01:00")
    table.edit(capacity=None, ends=None)
    assert (table.event.details.capacity, table.event.details.ends) == (None, "2026-11-27T21:30")
    for field in ("title", "starts", "zone", "description", "place", "link", "tags", "waitlist"):
        with pytest.raises(ValidationError):
            EventEdit.model_validate({field: None})


def test_a_new_zone_keeps_the_wall_clock_and_moves_the_moment() -> None:
    table = Table()
    table.edit(zone="Europe/London")
    assert (table.event.details.starts, table.event.details.starts_at) == (DRAFT["starts"], STARTS_AT + HOUR_MS)
