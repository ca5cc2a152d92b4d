"""Links to an event: who makes them, whom they let in, and that a refusal says nothing."""

from typing import Any

import pytest
from event_scenario import ENDS_AT, HOUR_MS, EventScenario, assert_refused, id_of
from pydantic import ValidationError

from turnout_core.domain import changes, limits, rejections
from turnout_core.domain.event_desk import Invitation
from turnout_core.domain.host_changes import CohostAdded, InvitationMade, InvitationRevoked, InvitationUsed, Invited
from turnout_core.domain.host_commands import (
    AcceptInvitation,
    InvitationBody,
    KeepOut,
    MakeInvitation,
    RevokeInvitation,
)
from turnout_core.domain.moderation_changes import EventHidden, UserBlocked

GAMES = id_of("games")
ADA = id_of("ada")


def code_of(number: int = 0) -> str:
    return "abcdefghij"[number // 10] + "abcdefghij"[number % 10] + "a" * 24


def make(
    scenario: EventScenario, number: int = 0, role: str = "guest", by: str = "olga", **fields: Any
) -> list[changes.AnyChange]:
    body = InvitationBody(role=role, **fields)
    return scenario.execute(by, MakeInvitation(event=GAMES, code=code_of(number), body=body))


def accept(scenario: EventScenario, person: str, number: int = 0) -> list[changes.AnyChange]:
    return scenario.execute(person, AcceptInvitation(event=GAMES, code=code_of(number)))


def revoke(scenario: EventScenario, invitation: str = code_of(), by: str = "olga") -> list[changes.AnyChange]:
    return scenario.execute(by, RevokeInvitation(event=GAMES, invitation=invitation))


def links(scenario: EventScenario) -> dict[str, Invitation]:
    return scenario.event.desk.invitations if scenario.event.desk is not None else {}


def private_scenario() -> EventScenario:
    return EventScenario(visibility="private", joining="invitation")


def with_cohost(scenario: EventScenario, person: str = "cleo") -> EventScenario:
    scenario.sign_up(person)
    scenario.apply("olga", [CohostAdded(GAMES, id_of(person))])
    return scenario


def test_a_link_lets_a_guest_see_and_join() -> None:
    scenario = private_scenario()
    assert make(scenario) == [InvitationMade(GAMES, Invitation(code_of(), "guest", id_of("olga"), scenario.now))]
    with pytest.raises(rejections.EventNotFound):
        scenario.join("ada")
    assert accept(scenario, "ada") == [InvitationUsed(GAMES, code_of()), Invited(GAMES, ADA)]
    assert scenario.join("ada") == [changes.Joined(GAMES, ADA, 1, "going")]


def test_a_link_makes_a_co_host() -> None:
    scenario = private_scenario()
    make(scenario, role="co-host")
    assert accept(scenario, "cleo") == [InvitationUsed(GAMES, code_of()), CohostAdded(GAMES, id_of("cleo"))]
    assert scenario.event.cohosts == (id_of("cleo"),)
    assert scenario.edit("cleo", title="Chess") != []


def test_a_guest_becomes_a_co_host_and_keeps_the_seat() -> None:
    scenario = EventScenario()
    scenario.join("ada")
    make(scenario, role="co-host")
    accept(scenario, "ada")
    assert (scenario.going(), scenario.event.cohosts) == (["ada"], (ADA,))


def test_only_the_organizer_makes_and_revokes_links_for_co_hosts() -> None:
    scenario = with_cohost(EventScenario())
    make(scenario, 1, by="cleo")
    make(scenario, 2, "co-host")
    assert_refused(
        rejections.NotOrganizer,
        lambda: make(scenario, 3, "co-host", by="cleo"),
        lambda: revoke(scenario, code_of(2), by="cleo"),
        lambda: make(scenario, 3, by="bob"),
        lambda: revoke(scenario, code_of(1), by="bob"),
    )
    assert revoke(scenario, code_of(1), by="cleo") == [InvitationRevoked(GAMES, code_of(1))]
    assert revoke(scenario, code_of(2)) == [InvitationRevoked(GAMES, code_of(2))]


def test_a_link_is_revoked_by_its_id_too_which_opens_nothing() -> None:
    scenario = EventScenario()
    make(scenario)
    [link] = links(scenario).values()
    with pytest.raises(rejections.InvitationInvalid):
        scenario.execute("ada", AcceptInvitation(event=GAMES, code=link.id))
    assert link.id not in link.code
    assert revoke(scenario, link.id) == [InvitationRevoked(GAMES, link.code)]
    with pytest.raises(rejections.InvitationInvalid):
        revoke(scenario, link.id)


def test_uses_go_down_to_none() -> None:
    scenario = private_scenario()
    made = make(scenario, uses=2)
    for person in ("ada", "bob"):
        accept(scenario, person)
    with pytest.raises(rejections.InvitationInvalid):
        accept(scenario, "cy")
    assert links(scenario)[code_of()].uses == 0
    assert isinstance(made[0], InvitationMade)
    assert made[0].invitation.uses == 2, "the record of the past has not changed"


def test_one_who_has_what_the_link_gives_spends_no_use_also_after_its_end() -> None:
    scenario = with_cohost(EventScenario(joining="open"))
    scenario.join("bob")
    make(scenario, uses=1)
    accept(scenario, "ada")
    for person in ("ada", "bob", "olga", "cleo"):
        assert accept(scenario, person) == []


def test_a_co_host_accepts_no_link_for_co_hosts_again() -> None:
    scenario = with_cohost(EventScenario())
    make(scenario, role="co-host", uses=1)
    assert accept(scenario, "cleo") == accept(scenario, "olga") == []


def refusals() -> dict[str, tuple[EventScenario, str, str]]:
    """Scenarios in which ada accepts a link that is not valid: the scenario, the event and the code."""
    found = {name: private_scenario() for name in ("wrong", "revoked", "ended", "used up", "kept out", "hidden")}
    for scenario in found.values():
        make(scenario, uses=1, ends_at=scenario.now + HOUR_MS)
    revoke(found["revoked"])
    found["ended"].now += HOUR_MS
    accept(found["used up"], "bob")
    found["kept out"].sign_up("ada")
    found["kept out"].execute("olga", KeepOut(event=GAMES, user=ADA))
    found["hidden"].apply("olga", [EventHidden(GAMES)])
    cases = {name: (scenario, GAMES, code_of()) for name, scenario in found.items()}
    return cases | {
        "wrong": (found["wrong"], GAMES, code_of(1)),
        "empty": (found["wrong"], GAMES, ""),
        "of another event": (found["wrong"], id_of("chess"), code_of()),
        "of a public event without links": (EventScenario(), GAMES, code_of()),
    }


@pytest.mark.parametrize("case", refusals())
def test_every_link_that_is_not_valid_gets_the_same_refusal(case: str) -> None:
    scenario, event, code = refusals()[case]
    before = scenario.state.position
    scenario.sign_up("ada")
    with pytest.raises(rejections.InvitationInvalid) as refused:
        scenario.execute("ada", AcceptInvitation(event=event, code=code))
    assert refused.value.problem() == rejections.InvitationInvalid().problem()
    assert GAMES not in scenario.state.attending.get(ADA, ())
    assert scenario.state.position.seq - before.seq <= 1  # the sign-up


def test_a_blocked_person_learns_nothing_about_a_link() -> None:
    scenario = private_scenario()
    make(scenario)
    scenario.sign_up("ada")
    scenario.apply("olga", [UserBlocked(ADA)])
    for number in (0, 1):
        with pytest.raises(rejections.UserIsBlocked):
            accept(scenario, "ada", number)


def test_a_link_is_valid_until_its_end() -> None:
    scenario = EventScenario()
    make(scenario, ends_at=scenario.now + 1)
    accept(scenario, "ada")
    scenario.now += 1
    with pytest.raises(rejections.InvitationInvalid):
        accept(scenario, "bob")


def test_an_end_in_the_past_is_refused() -> None:
    scenario = EventScenario()
    with pytest.raises(rejections.Invalid, match="in the future"):
        make(scenario, ends_at=scenario.now)


@pytest.mark.parametrize(
    "fields",
    [
        {"uses": 0}, {"uses": limits.INVITATION_USES_MAX + 1}, {"uses": True}, {"uses": 1.0}, {"ends_at": "soon"},
        {"ends_at": ENDS_AT + 0.5}, {"ends_at": 10**15}, {"ends_at": -1}, {"role": "organizer"}, {"further": 1},
    ],
)  # fmt: skip
def test_a_malformed_link_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        InvitationBody(**{"role": "guest"} | fields)


def test_there_are_only_so_many_open_links_and_dead_ones_make_room() -> None:
    scenario = EventScenario()
    for number in range(limits.INVITATIONS_MAX):
        make(scenario, number, uses=1)
    with pytest.raises(rejections.LimitReached, match="50 open links"):
        make(scenario, 60)
    accept(scenario, "ada", 7)
    assert make(scenario, 60)[:-1] == [InvitationRevoked(GAMES, code_of(7))]
    assert len(links(scenario)) == limits.INVITATIONS_MAX


def test_there_are_only_so_many_co_hosts() -> None:
    scenario = EventScenario()
    make(scenario, role="co-host")
    for number in range(limits.COHOSTS_MAX):
        accept(scenario, f"co{'abcdefghij'[number // 10]}{'abcdefghij'[number % 10]}")
    with pytest.raises(rejections.LimitReached, match="20 co-hosts"):
        accept(scenario, "ada")
