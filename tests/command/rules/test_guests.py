"""Commands of hosts about guests: keep out, allow again, note."""

import pytest
from event_scenario import ENDS_AT, EventScenario, assert_refused, id_of

from turnout_core.domain import changes, limits, rejections
from turnout_core.domain.host_changes import (
    CohostAdded,
    GuestAllowed,
    GuestBlocked,
    Invited,
    NoteSet,
    RequestClosed,
    Requested,
    Uninvited,
)
from turnout_core.domain.host_commands import AllowGuest, KeepOut, NoteBody, SetNote

GAMES = id_of("games")
ADA = id_of("ada")


def keep_out(scenario: EventScenario, person: str, by: str = "olga") -> list[changes.AnyChange]:
    return scenario.execute(by, KeepOut(event=GAMES, user=id_of(person)))


def allow(scenario: EventScenario, person: str, by: str = "olga") -> list[changes.AnyChange]:
    return scenario.execute(by, AllowGuest(event=GAMES, user=id_of(person)))


def note(scenario: EventScenario, person: str, text: str, by: str = "olga") -> list[changes.AnyChange]:
    return scenario.execute(by, SetNote(event=GAMES, user=id_of(person), body=NoteBody(text=text)))


def test_a_removed_guest_may_come_back_and_one_who_is_kept_out_may_not() -> None:
    scenario = EventScenario()
    scenario.join("ada")
    scenario.unattend("ada", by="olga")
    scenario.join("ada")
    assert keep_out(scenario, "ada") == [changes.Left(GAMES, ADA), GuestBlocked(GAMES, ADA)]
    with pytest.raises(rejections.KeptOut):
        scenario.join("ada")
    assert allow(scenario, "ada") == [GuestAllowed(GAMES, ADA)]
    scenario.join("ada")


def test_the_freed_seats_go_to_the_waitlist() -> None:
    scenario = EventScenario(2)
    scenario.join("ada", 2)
    scenario.join("bob")
    assert keep_out(scenario, "ada") == [
        changes.Left(GAMES, ADA),
        changes.Promoted(GAMES, id_of("bob")),
        GuestBlocked(GAMES, ADA),
    ]
    assert scenario.going() == ["bob"]


def test_request_and_invitation_end() -> None:
    scenario = EventScenario(visibility="private", joining="request")
    scenario.sign_up("ada")
    scenario.apply("olga", [Requested(GAMES, ADA, 1), Invited(GAMES, ADA)])
    assert keep_out(scenario, "ada") == [RequestClosed(GAMES, ADA), Uninvited(GAMES, ADA), GuestBlocked(GAMES, ADA)]
    with pytest.raises(rejections.EventNotFound):
        scenario.join("ada")


def test_after_the_end_the_attendance_stays() -> None:
    scenario = EventScenario()
    scenario.join("ada")
    scenario.now = ENDS_AT
    assert keep_out(scenario, "ada") == [GuestBlocked(GAMES, ADA)]
    assert scenario.going() == ["ada"]


def test_a_cancelled_event_promotes_no_one() -> None:
    scenario = EventScenario(1)
    scenario.join("ada")
    scenario.join("bob")
    scenario.cancel()
    assert keep_out(scenario, "ada") == [changes.Left(GAMES, ADA), GuestBlocked(GAMES, ADA)]


def test_a_repetition_changes_nothing() -> None:
    scenario = EventScenario()
    scenario.join("ada")
    assert allow(scenario, "ada") == allow(scenario, "nobody") == []
    keep_out(scenario, "ada")
    assert keep_out(scenario, "ada") == []


def test_hosts_are_not_kept_out() -> None:
    scenario = EventScenario()
    scenario.join("cleo")
    scenario.apply("olga", [CohostAdded(GAMES, id_of("cleo"))])
    for by, person in [("olga", "olga"), ("olga", "cleo"), ("cleo", "olga"), ("cleo", "cleo")]:
        with pytest.raises(rejections.IsHost):
            keep_out(scenario, person, by=by)


def test_only_hosts_manage_guests() -> None:
    scenario = EventScenario()
    scenario.join("ada")
    assert_refused(
        rejections.NotOrganizer,
        lambda: keep_out(scenario, "ada", by="bob"),
        lambda: allow(scenario, "ada", by="bob"),
        lambda: note(scenario, "ada", "Loud", by="bob"),
    )


def test_one_who_never_was_is_not_kept_out() -> None:
    with pytest.raises(rejections.UserNotFound):
        keep_out(EventScenario(), "nobody")


def test_an_event_keeps_out_only_so_many() -> None:
    scenario = EventScenario()
    scenario.sign_up("ada")
    scenario.apply("olga", [GuestBlocked(GAMES, str(number)) for number in range(limits.KEPT_OUT_MAX)])
    with pytest.raises(rejections.LimitReached, match="1,000 people"):
        keep_out(scenario, "ada")


def test_a_note_is_set_and_removed() -> None:
    scenario = EventScenario()
    scenario.join("ada")
    assert note(scenario, "ada", "Brings a cake") == [NoteSet(GAMES, ADA, "Brings a cake")]
    assert note(scenario, "ada", "Brings a cake") == []
    scenario.unattend("ada")
    assert note(scenario, "ada", "Brought a cake") == [NoteSet(GAMES, ADA, "Brought a cake")]
    assert note(scenario, "ada", "") == [NoteSet(GAMES, ADA)]
    assert scenario.event.desk is None


def test_there_are_no_notes_about_strangers() -> None:
    scenario = EventScenario()
    scenario.sign_up("ada")
    for person in ("ada", "nobody"):
        with pytest.raises(rejections.NotAttending):
            note(scenario, person, "Who is it?")
    assert note(scenario, "nobody", "") == []
    assert note(scenario, "olga", "Has the key") != []
