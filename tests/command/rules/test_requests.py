"""Requests for seats: who asks, what hosts decide, and what happens to a request when the event changes."""

from collections.abc import Callable

import pytest
from event_scenario import ENDS_AT, EventScenario, assert_refused, id_of

from turnout_core.domain import changes, rejections
from turnout_core.domain.host_changes import RequestClosed, Requested
from turnout_core.domain.host_commands import ApproveRequest, CloseRequest, KeepOut
from turnout_core.domain.moderation_changes import UserBlocked

GAMES = id_of("games")
ADA = id_of("ada")


def scenario_by_request(capacity: int | None = None, **draft: object) -> EventScenario:
    return EventScenario(capacity, **{"joining": "request"} | draft)


def approve(
    scenario: EventScenario, person: str, party: int | None = None, by: str = "olga"
) -> list[changes.AnyChange]:
    return scenario.execute(by, ApproveRequest(event=GAMES, user=id_of(person), party=party))


def close(scenario: EventScenario, person: str, by: str | None = None) -> list[changes.AnyChange]:
    return scenario.execute(by or person, CloseRequest(event=GAMES, user=id_of(person)))


def requests(scenario: EventScenario) -> list[tuple[str, int]]:
    desk = scenario.event.desk
    found = sorted(desk.requests.values(), key=lambda each: each.order) if desk is not None else []
    return [(scenario.state.users[each.user].name, each.party) for each in found]


def test_a_join_by_request_asks_and_takes_no_seat() -> None:
    scenario = scenario_by_request()
    assert scenario.join("ada", 2) == [Requested(GAMES, ADA, 2)]
    assert (requests(scenario), scenario.event.going) == ([("ada", 2)], 0)


def test_hosts_and_invited_people_join_at_once() -> None:
    assert scenario_by_request().join("olga") == [changes.Joined(GAMES, id_of("olga"), 1, "going")]


def test_another_party_changes_the_request_which_keeps_its_place() -> None:
    scenario = scenario_by_request()
    scenario.join("ada", 2)
    scenario.join("bob", 1)
    assert scenario.join("ada", 3) == [Requested(GAMES, ADA, 3)]
    assert requests(scenario) == [("ada", 3), ("bob", 1)]
    assert scenario.join("ada", 3) == []


def test_approval_closes_the_request_and_takes_the_seats() -> None:
    scenario = scenario_by_request()
    scenario.join("ada", 2)
    assert approve(scenario, "ada") == [RequestClosed(GAMES, ADA), changes.Joined(GAMES, ADA, 2, "going")]
    assert (requests(scenario), scenario.event.desk, scenario.going()) == ([], None, ["ada"])


def test_approval_may_grant_another_party() -> None:
    scenario = scenario_by_request()
    scenario.join("ada", 5)
    approve(scenario, "ada", party=2)
    assert scenario.event.going == 2


def test_approval_obeys_capacity_and_waitlist() -> None:
    scenario = scenario_by_request(2)
    for person in ("ada", "bob"):
        scenario.join(person, 2)
        approve(scenario, person)
    assert (scenario.going(), scenario.waiting()) == (["ada"], ["bob"])
    scenario.edit(waitlist=False)
    scenario.join("cy")
    with pytest.raises(rejections.EventFull):
        approve(scenario, "cy")
    assert requests(scenario) == [("cy", 1)]


def test_an_approved_party_does_not_grow_without_the_hosts() -> None:
    scenario = scenario_by_request()
    scenario.join("ada", 2)
    approve(scenario, "ada")
    with pytest.raises(rejections.NotOpen, match="agreement"):
        scenario.resize("ada", 3)
    assert scenario.resize("ada", 1) == [changes.PartyChanged(GAMES, ADA, 1)]


def test_one_who_has_a_seat_cannot_ask_for_another() -> None:
    scenario = scenario_by_request()
    scenario.join("ada")
    approve(scenario, "ada")
    with pytest.raises(rejections.AlreadyAttending):
        scenario.join("ada")


@pytest.mark.parametrize("by", [None, "olga"], ids=["withdrawn", "declined"])
def test_a_request_ends_by_its_author_or_a_host(by: str | None) -> None:
    scenario = scenario_by_request()
    scenario.join("ada")
    assert close(scenario, "ada", by) == [RequestClosed(GAMES, ADA)]
    with pytest.raises(rejections.NotRequested):
        close(scenario, "ada", by)


def test_a_stranger_neither_approves_nor_declines() -> None:
    scenario = scenario_by_request()
    scenario.join("ada")
    assert_refused(
        rejections.NotOrganizer, lambda: approve(scenario, "ada", by="bob"), lambda: close(scenario, "ada", "bob")
    )
    with pytest.raises(rejections.NotOrganizer):
        approve(scenario, "ada", by="ada")


def withdraw(scenario: EventScenario) -> None:
    close(scenario, "ada")


def keep_out(scenario: EventScenario) -> None:
    scenario.execute("olga", KeepOut(event=GAMES, user=ADA))


def join_openly(scenario: EventScenario) -> None:
    scenario.edit(joining="open")
    scenario.join("ada")


def join_and_leave(scenario: EventScenario) -> None:
    join_openly(scenario)
    scenario.unattend("ada")


def be_blocked(scenario: EventScenario) -> None:
    scenario.apply("olga", [UserBlocked(ADA)])


@pytest.mark.parametrize("before", [withdraw, keep_out, join_openly, join_and_leave, be_blocked])
def test_approval_comes_too_late(before: Callable[[EventScenario], None]) -> None:
    scenario = scenario_by_request()
    scenario.join("ada")
    before(scenario)
    with pytest.raises(rejections.NotRequested):
        approve(scenario, "ada")


def test_approval_of_a_person_who_never_was_says_the_same_as_of_one_who_has_not_asked() -> None:
    scenario = scenario_by_request()
    scenario.join("bob")
    said = []
    for person in ("nobody", "olga"):
        with pytest.raises(rejections.NotRequested) as refused:
            approve(scenario, person)
        said.append(refused.value.problem())
    assert said[0] == said[1]


def test_open_requests_stay_when_the_event_opens_and_become_a_seat_by_join_or_approval() -> None:
    scenario = scenario_by_request()
    for person in ("ada", "bob"):
        scenario.join(person, 2)
    scenario.edit(joining="open")
    assert requests(scenario) == [("ada", 2), ("bob", 2)]
    assert scenario.join("ada", 1) == [RequestClosed(GAMES, ADA), changes.Joined(GAMES, ADA, 1, "going")]
    approve(scenario, "bob")
    assert (scenario.going(), requests(scenario)) == (["ada", "bob"], [])


def test_an_event_by_invitation_takes_no_requests_and_keeps_those_it_has() -> None:
    scenario = scenario_by_request()
    scenario.join("ada")
    scenario.edit(joining="invitation")
    for person in ("ada", "bob"):
        with pytest.raises(rejections.NotOpen):
            scenario.join(person, 2)
    approve(scenario, "ada")
    assert scenario.going() == ["ada"]


def test_a_request_opens_no_private_event_but_can_be_withdrawn_and_approved() -> None:
    scenario = scenario_by_request()
    scenario.join("ada")
    scenario.join("bob")
    scenario.edit(visibility="private")
    with pytest.raises(rejections.EventNotFound):
        scenario.join("ada", 2)
    close(scenario, "ada")
    with pytest.raises(rejections.EventNotFound):
        close(scenario, "ada")
    approve(scenario, "bob")
    assert scenario.resize("bob", 1) == []


@pytest.mark.parametrize(
    ("after", "rejection"), [("cancel", rejections.EventIsCancelled), ("end", rejections.EventHasEnded)]
)
def test_after_the_event_nobody_asks_or_is_approved_but_requests_can_be_closed(
    after: str, rejection: type[rejections.Rejection]
) -> None:
    scenario = scenario_by_request()
    scenario.join("ada")
    if after == "cancel":
        scenario.cancel()
    else:
        scenario.now = ENDS_AT
    assert_refused(
        rejection, lambda: scenario.join("bob"), lambda: scenario.join("ada", 2), lambda: approve(scenario, "ada")
    )
    close(scenario, "ada")
