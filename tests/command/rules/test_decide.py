"""The rules: each command in a scenario, with its changes or its rejection."""

from collections.abc import Callable
from typing import Any

import pytest
from event_scenario import DRAFT, ENDS_AT, HOUR_MS, NOW, SESSION, STARTS_AT, EventScenario, id_of
from pydantic import ValidationError

from turnout_core.domain import changes, rejections
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
from turnout_core.domain.people_changes import SessionOpened

GAMES = id_of("games")


def test_a_newcomer_goes_while_the_party_fits() -> None:
    scenario = EventScenario(capacity=3)
    assert scenario.join("ada", 2) == [changes.Joined(GAMES, id_of("ada"), 2, "going")]
    assert scenario.join("bob", 2) == [changes.Joined(GAMES, id_of("bob"), 2, "waitlisted")]
    assert scenario.join("cy", 1) == [changes.Joined(GAMES, id_of("cy"), 1, "going")]
    assert (scenario.going(), scenario.waiting()) == (["ada", "cy"], ["bob"])


def test_without_a_limit_every_newcomer_goes() -> None:
    scenario = EventScenario()
    for number in range(50):
        scenario.join(f"p{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}", 10)
    assert (scenario.event.going, scenario.event.waiting) == (500, 0)


def test_an_organizer_may_join_their_own_event() -> None:
    scenario = EventScenario()
    scenario.join("olga")
    assert scenario.going() == ["olga"]


def test_a_full_event_without_a_waitlist_refuses_with_the_present_event() -> None:
    scenario = EventScenario(capacity=1, waitlist=False)
    scenario.join("ada")
    with pytest.raises(rejections.EventFull, match="No seats are left") as refused:
        scenario.join("bob")
    assert refused.value.extra["event"].going == 1


def test_a_party_larger_than_the_capacity_cannot_wait() -> None:
    scenario = EventScenario(capacity=3)
    with pytest.raises(rejections.EventFull, match="only 3 seats"):
        scenario.join("ada", 4)
    scenario.join("ada", 3)
    scenario.join("bob", 3)
    with pytest.raises(rejections.EventFull, match="only 3 seats"):
        scenario.resize("bob", 4)


def test_promotion_is_first_come_first_served_and_skips_parties_that_do_not_fit() -> None:
    scenario = EventScenario(capacity=4)
    scenario.join("ada", 2)
    scenario.join("bob", 2)
    for person, party in [("cy", 3), ("di", 1), ("ed", 2), ("flo", 1)]:
        scenario.join(person, party)
    assert scenario.unattend("ada") == [
        changes.Left(GAMES, id_of("ada")),
        changes.Promoted(GAMES, id_of("di")),
        changes.Promoted(GAMES, id_of("flo")),
    ]
    assert scenario.unattend("bob") == [changes.Left(GAMES, id_of("bob")), changes.Promoted(GAMES, id_of("ed"))]
    assert scenario.waiting() == ["cy"]
    assert scenario.unattend("ed")[1:] == []
    assert scenario.unattend("flo")[1:] == [changes.Promoted(GAMES, id_of("cy"))]


@pytest.mark.parametrize(
    "frees_two_seats",
    [
        lambda scenario: scenario.unattend("ada"),
        lambda scenario: scenario.unattend("ada", by="olga"),
        lambda scenario: scenario.resize("ada", 1),
        lambda scenario: scenario.edit(capacity=5),
        lambda scenario: scenario.edit(capacity=None),
    ],
    ids=["unattend", "removal", "smaller party", "larger capacity", "no limit"],
)
def test_every_way_to_free_seats_promotes(frees_two_seats: Callable[[EventScenario], list[changes.AnyChange]]) -> None:
    scenario = EventScenario(capacity=3)
    scenario.join("ada", 3)
    scenario.join("bob", 2)
    assert changes.Promoted(GAMES, id_of("bob")) in frees_two_seats(scenario)
    assert "bob" in scenario.going()


def test_a_party_that_the_capacity_was_cut_below_holds_up_no_one_and_may_ask_for_fewer_seats() -> None:
    scenario = EventScenario(capacity=6)
    scenario.join("ada", 5)
    scenario.join("bob", 6)
    scenario.edit(capacity=5)
    scenario.join("cy", 2)
    assert scenario.unattend("ada") == [changes.Left(GAMES, id_of("ada")), changes.Promoted(GAMES, id_of("cy"))]
    scenario.join("di", 1)
    assert (scenario.going(), scenario.waiting()) == (["cy", "di"], ["bob"])
    scenario.resize("bob", 2)
    assert (scenario.going(), scenario.waiting()) == (["bob", "cy", "di"], [])


def test_leaving_the_waitlist_promotes_no_one() -> None:
    scenario = EventScenario(capacity=1)
    for person in ("ada", "bob", "cy"):
        scenario.join(person)
    assert scenario.unattend("bob") == [changes.Left(GAMES, id_of("bob"))]


def test_a_smaller_waiting_party_keeps_its_place_and_goes_if_it_fits() -> None:
    scenario = EventScenario(capacity=4)
    scenario.join("ada", 3)
    for person in ("bob", "cy"):
        scenario.join(person, 3)
    assert scenario.resize("bob", 2) == [changes.PartyChanged(GAMES, id_of("bob"), 2)]
    assert scenario.waiting() == ["bob", "cy"]
    assert scenario.resize("bob", 1)[1:] == [changes.Promoted(GAMES, id_of("bob"))]


def test_a_larger_party_needs_free_seats() -> None:
    scenario = EventScenario(capacity=3)
    scenario.join("ada")
    assert scenario.resize("ada", 3) == [changes.PartyChanged(GAMES, id_of("ada"), 3)]
    scenario.resize("ada", 2)
    scenario.join("bob")
    with pytest.raises(rejections.EventFull, match="No seats are left"):
        scenario.resize("ada", 3)


def test_the_same_party_changes_nothing() -> None:
    scenario = EventScenario(capacity=3)
    scenario.join("ada", 2)
    assert scenario.resize("ada", 2) == []


def test_capacity_never_falls_below_the_seats_taken() -> None:
    scenario = EventScenario(capacity=5)
    scenario.join("ada", 3)
    with pytest.raises(rejections.EventFull, match="3 seats are taken") as refused:
        scenario.edit(capacity=2)
    assert refused.value.extra["event"].capacity == 5
    assert scenario.edit(capacity=3)


REFUSED: list[tuple[str, Callable[[EventScenario], Any], type[rejections.Rejection]]] = [
    ("join twice", lambda it: it.join("ada"), rejections.AlreadyAttending),
    ("join an unknown event", lambda it: it.execute("ada", Join(event="nowhere")), rejections.EventNotFound),
    ("unattend without attending", lambda it: it.unattend("bob"), rejections.NotAttending),
    ("unattend an unknown event", lambda it: it.execute("ada", Unattend(event="?", user=id_of("ada"))),
     rejections.EventNotFound),
    ("change the party without attending", lambda it: it.resize("bob", 2), rejections.NotAttending),
    ("remove from another's event", lambda it: it.unattend("ada", by="bob"), rejections.NotOrganizer),
    ("remove a user who does not attend",
     lambda it: it.join("bob") and it.unattend("bob") and it.unattend("bob", by="olga"),
     rejections.NotAttending),
    ("remove an unknown user", lambda it: it.unattend("nobody", by="olga"), rejections.UserNotFound),
    ("edit another's event", lambda it: it.edit(by="ada", title="Mine"), rejections.NotOrganizer),
    ("cancel another's event", lambda it: it.cancel(by="ada"), rejections.NotOrganizer),
    ("delete another's event", lambda it: it.delete(by="ada"), rejections.NotOrganizer),
    ("edit an old version", lambda it: it.edit(version=7, title="Old"), rejections.VersionConflict),
    ("edit into a skipped hour", lambda it: it.edit(starts="2027-03-28T02:30", ends=None), rejections.Invalid),
    ("an end before the start", lambda it: it.edit(ends="2026-11-27T19:00"), rejections.Invalid),
    ("a start in the past", lambda it: it.edit(starts="2026-11-20T19:30", ends=None), rejections.Invalid),
    ("an unknown zone", lambda it: it.edit(zone="Mars/Olympus"), rejections.Invalid),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_forbidden_command_is_refused(
    ask: Callable[[EventScenario], Any], expected: type[rejections.Rejection]
) -> None:
    scenario = EventScenario(capacity=3)
    scenario.join("ada")
    with pytest.raises(expected) as refused:
        ask(scenario)
    assert type(refused.value) is expected


def test_a_signed_out_actor_can_only_sign_up() -> None:
    scenario = EventScenario()
    for command in (Join(event=GAMES), SignOut(), Unattend(event=GAMES, user=id_of("ada"))):
        with pytest.raises(rejections.NotSignedIn):
            scenario.decide(None, command)
    assert scenario.decide(None, SignUp(user=id_of("zoe"), session=SESSION, body=SessionBody(name="Zoe"))) == [
        changes.SignedUp(id_of("zoe"), "Zoe"),
        SessionOpened(id_of("zoe"), SESSION, ""),
    ]


def test_a_used_id_is_refused() -> None:
    scenario = EventScenario()
    for command in (
        SignUp(user=id_of("olga"), session=SESSION, body=SessionBody(name="Other")),
        CreateEvent(event=GAMES, draft=EventDraft(**DRAFT)),
    ):
        with pytest.raises(rejections.Unavailable):
            scenario.decide("olga", command)


@pytest.mark.parametrize(
    "ask",
    [
        lambda scenario: scenario.join("bob"),
        lambda scenario: scenario.resize("ada", 2),
        lambda scenario: scenario.cancel(),
        lambda scenario: scenario.edit(starts="2026-11-27T20:00"),
        lambda scenario: scenario.edit(capacity=10),
        lambda scenario: scenario.edit(waitlist=False),
    ],
    ids=["join", "change party", "cancel", "move", "capacity", "waitlist"],
)
@pytest.mark.parametrize("over", ["cancelled", "ended"])
def test_a_closed_event_refuses_all_but_texts(ask: Callable[[EventScenario], Any], over: str) -> None:
    scenario = EventScenario(capacity=3)
    scenario.join("ada")
    if over == "cancelled":
        scenario.cancel()
    scenario.now = ENDS_AT if over == "ended" else NOW
    with pytest.raises(rejections.EventIsCancelled if over == "cancelled" else rejections.EventHasEnded):
        ask(scenario)


@pytest.mark.parametrize("over", ["cancelled", "ended"])
def test_a_closed_event_can_change_its_texts_and_be_deleted(over: str) -> None:
    scenario = EventScenario(capacity=3)
    if over == "cancelled":
        scenario.cancel()
    scenario.now = ENDS_AT if over == "ended" else NOW
    assert len(scenario.edit(description="Photos are online", capacity=3)) == 1
    scenario.delete()
    assert GAMES not in scenario.state.events


def test_an_attendee_can_leave_a_cancelled_event_but_not_an_ended_one() -> None:
    scenario = EventScenario(capacity=1)
    scenario.join("ada")
    scenario.join("bob")
    scenario.now = ENDS_AT
    with pytest.raises(rejections.EventHasEnded):
        scenario.unattend("ada")
    scenario.now = NOW
    scenario.cancel()
    assert scenario.unattend("ada") == [changes.Left(GAMES, id_of("ada"))]  # no promotion into a cancelled event
    assert scenario.waiting() == ["bob"]


def test_a_running_event_can_be_joined_and_edited() -> None:
    scenario = EventScenario()
    scenario.now = STARTS_AT + HOUR_MS
    scenario.join("ada")
    scenario.edit(starts="2026-11-27T19:00")
    scenario.edit(ends="2026-11-27T23:00")
    with pytest.raises(rejections.Invalid, match="ends: must not be in the past"):
        scenario.edit(ends="2026-11-27T20:00")
    assert scenario.event.details.ends == "2026-11-27T23:00"


def test_an_event_can_start_in_the_current_minute_but_not_before() -> None:
    scenario = EventScenario()
    create = CreateEvent(event=id_of("later"), draft=EventDraft(**DRAFT))
    scenario.now = STARTS_AT + 59_999
    assert scenario.decide("olga", create)
    scenario.now = STARTS_AT + 60_000
    with pytest.raises(rejections.Invalid, match="starts: must not be in the past"):
        scenario.decide("olga", create)


def test_an_edit_replaces_the_sent_fields_and_raises_the_version() -> None:
    scenario = EventScenario(capacity=3)
    [change] = scenario.edit(version=1, title="Chess", tags=["chess"], capacity=4)
    assert isinstance(change, changes.EventEdited)
    details = scenario.event.details
    assert (details.title, details.tags, details.capacity, details.starts) == ("Chess", ("chess",), 4, DRAFT["starts"])
    assert scenario.event.version == 2


def test_an_edit_without_a_difference_makes_no_change() -> None:
    scenario = EventScenario(capacity=3)
    assert scenario.edit(**DRAFT, capacity=3) == []
    assert scenario.event.version == 1


def test_null_clears_optional_fields_only() -> None:
    scenario = EventScenario(capacity=3, ends="2026-11-28T01:00")
    scenario.edit(capacity=None, ends=None)
    assert (scenario.event.details.capacity, scenario.event.details.ends) == (None, "2026-11-27T21:30")
    for field in ("title", "starts", "zone", "description", "place", "link", "tags", "waitlist"):
        with pytest.raises(ValidationError):
            EventEdit.model_validate({field: None})


def test_a_new_zone_keeps_the_local_time_and_changes_the_utc_time() -> None:
    scenario = EventScenario()
    scenario.edit(zone="Europe/London")
    assert (scenario.event.details.starts, scenario.event.details.starts_at) == (DRAFT["starts"], STARTS_AT + HOUR_MS)
