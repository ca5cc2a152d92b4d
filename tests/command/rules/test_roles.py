"""Roles of an event: hand over, step down, remove a co-host; what co-hosts may do and may not."""

from collections.abc import Callable

import pytest
from event_scenario import EventScenario, assert_refused, id_of

from turnout_core.domain import changes, rejections
from turnout_core.domain.commands import DeleteEvent
from turnout_core.domain.host_changes import CohostAdded, CohostRemoved, HandedOver, InvitationRevoked
from turnout_core.domain.host_commands import HandOver, InvitationBody, MakeInvitation, RemoveCohost
from turnout_core.domain.moderation_changes import UserBlocked

GAMES = id_of("games")
CLEO = id_of("cleo")
OLGA = id_of("olga")


@pytest.fixture
def scenario() -> EventScenario:
    """Cleo is a co-host, and attends; ada attends."""
    made = EventScenario()
    made.join("ada")
    made.join("cleo", 2)
    made.apply("olga", [CohostAdded(GAMES, CLEO)])
    return made


def hand_over(scenario: EventScenario, to: str, by: str = "olga") -> list[changes.AnyChange]:
    return scenario.execute(by, HandOver(event=GAMES, user=id_of(to)))


def remove(scenario: EventScenario, person: str, by: str = "olga") -> list[changes.AnyChange]:
    return scenario.execute(by, RemoveCohost(event=GAMES, user=id_of(person)))


def test_the_former_organizer_is_a_co_host_and_nobody_loses_a_seat(scenario: EventScenario) -> None:
    scenario.join("olga")
    assert hand_over(scenario, "cleo") == [HandedOver(GAMES, CLEO), CohostAdded(GAMES, OLGA)]
    assert (scenario.event.organizer, scenario.event.cohosts) == (CLEO, (OLGA,))
    assert scenario.going() == ["ada", "cleo", "olga"]
    assert scenario.state.organizing == {CLEO: {GAMES}}
    assert scenario.state.involved == {OLGA: {GAMES}}


def test_only_a_co_host_can_take_over(scenario: EventScenario) -> None:
    for person in ("ada", "olga", "nobody"):
        with pytest.raises(rejections.NotCohost):
            hand_over(scenario, person)
    scenario.apply("olga", [UserBlocked(CLEO)])
    with pytest.raises(rejections.NotPermitted):
        hand_over(scenario, "cleo")


def test_the_organizer_cannot_step_down_until_the_event_is_handed_over(scenario: EventScenario) -> None:
    with pytest.raises(rejections.LastOrganizer, match="Hand over"):
        remove(scenario, "olga", by="olga")
    hand_over(scenario, "cleo")
    assert remove(scenario, "olga", by="olga") == [CohostRemoved(GAMES, OLGA)]
    with pytest.raises(rejections.NotOrganizer):
        scenario.edit("olga", title="Mine")


def test_a_co_host_steps_down_and_keeps_the_seats(scenario: EventScenario) -> None:
    assert remove(scenario, "cleo", by="cleo") == [CohostRemoved(GAMES, CLEO)]
    assert (scenario.event.cohosts, scenario.going(), scenario.event.going) == ((), ["ada", "cleo"], 3)
    with pytest.raises(rejections.NotCohost):
        remove(scenario, "cleo", by="cleo")


def test_a_blocked_co_host_can_step_down_from_a_private_event(scenario: EventScenario) -> None:
    scenario.edit(visibility="private")
    scenario.apply("olga", [UserBlocked(CLEO)])
    assert remove(scenario, "cleo", by="cleo") == [CohostRemoved(GAMES, CLEO)]


def test_a_removed_co_host_does_not_come_back_by_a_link_for_co_hosts(scenario: EventScenario) -> None:
    for number, role in enumerate(("guest", "co-host")):
        body = InvitationBody.model_validate({"role": role})
        scenario.execute("olga", MakeInvitation(event=GAMES, code="ab"[number] * 26, body=body))
    assert remove(scenario, "cleo") == [CohostRemoved(GAMES, CLEO), InvitationRevoked(GAMES, "b" * 26)]


def test_the_organizer_removes_co_hosts_and_nobody_else_does(scenario: EventScenario) -> None:
    scenario.join("dora")
    scenario.apply("olga", [CohostAdded(GAMES, id_of("dora"))])
    for by in ("dora", "ada"):
        with pytest.raises(rejections.NotOrganizer):
            remove(scenario, "cleo", by=by)
    with pytest.raises(rejections.NotCohost):
        remove(scenario, "ada")
    with pytest.raises(rejections.NotCohost):
        remove(scenario, "ada", by="ada")
    assert remove(scenario, "cleo") == [CohostRemoved(GAMES, CLEO)]


def test_one_who_does_not_see_the_event_finds_none(scenario: EventScenario) -> None:
    scenario.edit(visibility="private")
    assert_refused(
        rejections.EventNotFound,
        lambda: remove(scenario, "bob", by="bob"),
        lambda: hand_over(scenario, "cleo", by="bob"),
    )


@pytest.mark.parametrize(
    "may",
    [
        lambda scenario: scenario.edit("cleo", title="Chess"),
        lambda scenario: scenario.unattend("ada", by="cleo"),
        lambda scenario: scenario.cancel("cleo"),
    ],
    ids=["edit", "remove a guest", "cancel"],
)
def test_a_co_host_may(may: Callable[[EventScenario], list[changes.AnyChange]], scenario: EventScenario) -> None:
    assert may(scenario)


@pytest.mark.parametrize("command", [DeleteEvent(event=GAMES), HandOver(event=GAMES, user=CLEO)])
def test_a_co_host_may_not(command: DeleteEvent | HandOver, scenario: EventScenario) -> None:
    with pytest.raises(rejections.NotOrganizer):
        scenario.execute("cleo", command)
