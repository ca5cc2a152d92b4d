"""Bringing a guest along: one commit, after which the account has all of both."""

import contextlib
import copy
from collections.abc import Callable
from typing import Any

import pytest
from event_scenario import ENDS_AT, SESSION, EventScenario, id_of
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from turnout_command.rules import merge
from turnout_command.rules.decide import decide
from turnout_core.domain import changes, choice_changes, host_changes, limits, moderation_changes, people_changes
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange, Commit
from turnout_core.domain.event_desk import Invitation
from turnout_core.domain.moderation import ReportedMessage
from turnout_core.domain.people import PushSubscription
from turnout_core.domain.person_commands import SignIn
from turnout_core.domain.preferences import Preferences
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.state import Attendance, Event, State
from turnout_core.protocol.personal_data import personal_data

GAMES, ADA, PHONE = id_of("games"), id_of("ada"), id_of("phone")
SIGN_IN = SignIn(user=ADA, session="anothersessi", bring=PHONE)


def scenario_of(capacity: int | None = None, **seats: int) -> EventScenario:
    """An event whose people join in this order, with these parties; Ada and her phone are signed up in any case."""
    scenario = EventScenario(capacity)
    for person, party in seats.items():
        scenario.join(person, party)
    for person in ("ada", "phone"):
        if id_of(person) not in scenario.state.users:
            scenario.join(person)
            scenario.unattend(person)
    return scenario


def change(scenario: EventScenario, *made: AnyChange) -> None:
    commit = Commit("test", scenario.state.position.seq + 1, scenario.now, None, made)
    apply(scenario.state, commit, scenario.state.hash)


def bring_along(scenario: EventScenario, command: SignIn = SIGN_IN) -> list[AnyChange]:
    made = decide(scenario.state, command, None, scenario.now)
    change(scenario, *made)
    return made


def seats(scenario: EventScenario) -> dict[str, tuple[int, str]]:
    """By name, in the order of joining."""
    state = scenario.state
    return {state.users[each.user].name: (each.party, each.status) for each in scenario.event.attendances.values()}


@pytest.mark.parametrize(
    ("capacity", "before", "after"),
    [
        (None, {"phone": 2}, {"ada": (2, "going")}),
        (None, {"bob": 1, "phone": 2, "cy": 1}, {"bob": (1, "going"), "ada": (2, "going"), "cy": (1, "going")}),
        (None, {"ada": 3, "phone": 2}, {"ada": (5, "going")}),
        (None, {"phone": 2, "bob": 1, "ada": 3}, {"ada": (5, "going"), "bob": (1, "going")}),
        (None, {"ada": 10, "phone": 10}, {"ada": (10, "going")}),
        # Seats above the largest party are given up, and the waitlist is served.
        (
            16,
            {"ada": 8, "phone": 8, "bob": 7, "cy": 6},
            {"ada": (10, "going"), "bob": (7, "waitlisted"), "cy": (6, "going")},
        ),
        (4, {"ada": 3, "phone": 2, "bob": 2}, {"ada": (3, "going"), "bob": (2, "waitlisted")}),
        (4, {"phone": 3, "ada": 2, "bob": 2}, {"ada": (3, "going"), "bob": (2, "waitlisted")}),
        (
            4,
            {"bob": 4, "phone": 2, "cy": 1, "ada": 1},
            {"bob": (4, "going"), "ada": (3, "waitlisted"), "cy": (1, "waitlisted")},
        ),
        (4, {"bob": 4, "ada": 3, "phone": 3}, {"bob": (4, "going"), "ada": (4, "waitlisted")}),
    ],
)
def test_the_seats_of_both(capacity: int | None, before: dict[str, int], after: dict[str, tuple[int, str]]) -> None:
    scenario = scenario_of(capacity, **before)
    bring_along(scenario)
    assert seats(scenario) == after
    assert PHONE not in scenario.state.users
    assert scenario.state.users[ADA].sessions[-1].id == "anothersessi"


def test_an_event_of_the_guest_is_the_accounts() -> None:
    scenario = scenario_of()
    bring_along(scenario, SignIn(user=ADA, session="anothersessi", bring=id_of("olga")))
    assert scenario.event.organizer == ADA
    assert scenario.state.organizing == {ADA: {GAMES}}


def test_roles_and_what_hosts_know_come_along() -> None:
    scenario = scenario_of()
    change(scenario, host_changes.CohostAdded(GAMES, PHONE), host_changes.NoteSet(GAMES, PHONE, "brings cake"))
    change(scenario, host_changes.Invited(GAMES, PHONE), host_changes.Requested(GAMES, id_of("olga"), 1))
    bring_along(scenario)
    desk = scenario.event.desk
    assert desk is not None
    assert (scenario.event.cohosts, desk.notes, desk.invited) == ((ADA,), {ADA: "brings cake"}, {ADA: True})
    assert list(desk.requests) == [id_of("olga")]


@pytest.mark.parametrize("role", ["organizer", "former co-host"])
def test_the_links_of_the_guest_are_the_accounts(role: str) -> None:
    scenario = scenario_of()
    change(
        scenario,
        host_changes.HandedOver(GAMES, PHONE) if role == "organizer" else host_changes.CohostAdded(GAMES, PHONE),
    )
    change(scenario, host_changes.InvitationMade(GAMES, Invitation("code", "guest", PHONE, 0)))
    if role == "former co-host":
        change(scenario, host_changes.CohostRemoved(GAMES, PHONE))
    bring_along(scenario)
    desk = scenario.event.desk
    assert desk is not None
    assert [each.made_by for each in desk.invitations.values()] == [ADA]
    assert PHONE not in scenario.state.involved
    assert [each.role for each in personal_data(scenario.state, ADA, 0).invitations] == ["guest"]


@pytest.mark.parametrize(("asking", "there"), [("phone", "ada"), ("ada", "phone")])
def test_a_request_of_one_is_closed_if_the_other_has_joined(asking: str, there: str) -> None:
    scenario = scenario_of(**{there: 2})
    change(scenario, host_changes.Requested(GAMES, id_of(asking), 3))
    bring_along(scenario)
    assert (seats(scenario), scenario.event.desk) == ({"ada": (2, "going")}, None)


@pytest.mark.parametrize(("kept_out", "there"), [("phone", "ada"), ("ada", "phone")])
def test_one_who_was_kept_out_stays_kept_out(kept_out: str, there: str) -> None:
    scenario = scenario_of(2, **{there: 2, "bob": 2})
    change(scenario, host_changes.GuestBlocked(GAMES, id_of(kept_out)), host_changes.Invited(GAMES, id_of(there)))
    bring_along(scenario)
    desk = scenario.event.desk
    assert desk is not None
    assert (desk.blocked, desk.invited, seats(scenario)) == ({ADA: True}, {}, {"bob": (2, "going")})


def test_past_seats_of_one_who_is_kept_out_stay() -> None:
    scenario = scenario_of(2, ada=2, bob=2)
    change(scenario, host_changes.GuestBlocked(GAMES, PHONE))
    scenario.now = ENDS_AT
    bring_along(scenario)
    assert seats(scenario) == {"ada": (2, "going"), "bob": (2, "waitlisted")}


@pytest.mark.parametrize("kept_out", [ADA, PHONE])
def test_a_host_is_not_kept_out(kept_out: str) -> None:
    scenario = scenario_of()
    other = PHONE if kept_out == ADA else ADA
    change(scenario, host_changes.GuestBlocked(GAMES, kept_out), host_changes.CohostAdded(GAMES, other))
    bring_along(scenario)
    assert (scenario.event.cohosts, scenario.event.desk) == ((ADA,), None)


def test_reports_about_a_guest_are_about_the_account() -> None:
    scenario = scenario_of(bob=1)
    for report, about, by in (("one", PHONE, id_of("bob")), ("two", PHONE, ADA), ("three", ADA, PHONE)):
        change(scenario, moderation_changes.Reported(report, "person", about, by, "spam"))
    bring_along(scenario)
    reports = [(each.id, each.about, each.by) for each in scenario.state.reports.values()]
    assert reports == [("one", ADA, id_of("bob")), ("three", ADA, "")]


def test_a_reported_message_of_a_guest_is_one_of_the_account() -> None:
    scenario = scenario_of(bob=1)
    message = ReportedMessage("7.message.games", PHONE, "Buy my book")
    change(scenario, moderation_changes.Reported("one", "event", GAMES, id_of("bob"), "spam", message))
    bring_along(scenario)
    (report,) = scenario.state.reports.values()
    assert report.message == ReportedMessage("7.message.games", ADA, "Buy my book")


def test_a_moderator_stays_one() -> None:
    scenario = scenario_of()
    change(scenario, moderation_changes.ModeratorAdded(PHONE, "command"))
    bring_along(scenario)
    assert scenario.state.moderators == {ADA: "command"}


def test_the_ways_back_and_sessions_of_the_guest_end() -> None:
    """Somebody who prepared the device may know them, and they must not open the account."""
    scenario = scenario_of()
    change(scenario, people_changes.RecoverySet(PHONE, "digest"), people_changes.MailSet(PHONE, "eve@example.org"))
    bring_along(scenario)
    state = scenario.state
    assert (state.by_recovery, state.by_mail, state.users[ADA].has_way_back) == ({}, {}, False)


def test_the_push_subscriptions_and_the_feed_of_the_guest_end() -> None:
    """Somebody who prepared the device would read the events of the account."""
    scenario = scenario_of()
    push = PushSubscription("push", "https://push.example/x", "key", "auth", SESSION, 0)
    change(scenario, choice_changes.PushAdded(PHONE, push), choice_changes.FeedSet(PHONE, 7))
    bring_along(scenario)
    account = scenario.state.users[ADA]
    assert (scenario.state.by_push, account.pushes, account.feed) == ({}, (), 0)


@pytest.mark.parametrize("own", [None, Preferences(mail=("reminder",))])
def test_the_choices_of_the_account_count_or_else_those_of_the_guest(own: Preferences | None) -> None:
    scenario = scenario_of()
    guests = Preferences(push=("message",))
    change(scenario, choice_changes.PreferencesSet(PHONE, guests), choice_changes.PreferencesSet(ADA, own))
    bring_along(scenario)
    assert scenario.state.users[ADA].notify == (own or guests)


@pytest.mark.parametrize("bring", [ADA, "aaaaaaaaaaaa", None])
def test_oneself_and_nobody_cannot_be_brought_along(bring: str | None) -> None:
    scenario = scenario_of(ada=1, phone=1)
    made = bring_along(scenario, SignIn(user=ADA, session="anothersessi", bring=bring, former=SESSION))
    assert made == [people_changes.SessionClosed(ADA, SESSION), people_changes.SessionOpened(ADA, "anothersessi", "")]


@pytest.mark.parametrize("blocked", [ADA, PHONE])
def test_a_block_by_moderators_neither_ends_nor_spreads(blocked: str) -> None:
    scenario = scenario_of(phone=1)
    change(scenario, moderation_changes.UserBlocked(blocked))
    assert bring_along(scenario) == [people_changes.SessionOpened(ADA, "anothersessi", "")]
    assert seats(scenario) == {"phone": (1, "going")}


OTHERS = ("bob", "cy", "di", "ed", "flo")
CAPACITIES = st.integers(1, 30) | st.none()
HISTORIES = (
    CAPACITIES,
    CAPACITIES,
    st.permutations(("ada", "phone", *OTHERS)),
    st.lists(st.integers(1, 10), min_size=7, max_size=7),
    st.sets(st.sampled_from(OTHERS)),
    st.integers(0, 9),
)


def invariants_of(event: Event, state: State, *, is_open: bool) -> None:
    attendances = list(event.attendances.values())
    free = event.free_seats()
    assert free is None or free >= 0
    assert event.going == sum(each.party for each in attendances if each.status == "going")
    assert event.waiting == sum(each.party for each in attendances if each.status == "waitlisted")
    assert list(event.attendances) == [each.user for each in attendances]
    orders = [each.order for each in attendances]
    assert orders == sorted(set(orders))
    assert all(each.party <= limits.PARTY_MAX_SEATS for each in attendances)
    if is_open:
        assert all(free is not None and each.party > free for each in event.waitlist())
    there = {user for user, events in state.attending.items() if event.id in events}
    assert there == set(event.attendances)


@settings(max_examples=500)
@given(*HISTORIES)
def test_no_seat_is_lost_and_no_capacity_broken(
    capacity: int | None, later: int | None, order: list[str], parties: list[int], leaving: set[str], chance: int
) -> None:
    """Also not between two changes of the commit."""
    scenario = scenario_of(capacity)
    for person, party in zip(order, parties, strict=True):
        attempt(scenario, "join", person, party)
    for person in sorted(leaving):
        attempt(scenario, "unattend", person)
    attempt(scenario, "edit", capacity=later)
    if chance == 0:
        attempt(scenario, "cancel")
    before = copy.deepcopy(scenario.event)
    for made in decide(scenario.state, SIGN_IN, None, scenario.now):
        change(scenario, made)
        free = scenario.event.free_seats()
        assert free is None or free >= 0
    after, is_open = scenario.event, scenario.event.status == "scheduled"
    invariants_of(after, scenario.state, is_open=is_open)
    both = [each for user, each in before.attendances.items() if user in (ADA, PHONE)]
    going = sum(each.party for each in both if each.status == "going")
    attendance = after.attendances.get(ADA)
    assert (attendance is not None) == bool(both)
    if attendance is not None and going:
        assert (attendance.status, attendance.party) == ("going", min(going, limits.PARTY_MAX_SEATS))
    if attendance is not None:
        kept = [each for each in both if each.status == "going"] if going else both
        assert attendance.order == kept[0].order
        assert len(both) == 1 or attendance.party <= (after.details.capacity or limits.PARTY_MAX_SEATS)
    others = [each.user for each in before.waitlist() if each.user not in (ADA, PHONE)]
    waiting = [each.user for each in after.waitlist() if each.user != ADA]
    assert waiting == [each for each in others if each in waiting]
    for user, each in before.attendances.items():
        if user not in (ADA, PHONE):
            assert after.attendances[user].party == each.party
            assert (each.status, after.attendances[user].status) != ("going", "waitlisted")
    assert PHONE not in {*scenario.state.users, *after.attendances}


def attempt(scenario: EventScenario, method: str, *args: Any, **fields: Any) -> None:
    with contextlib.suppress(Rejection):
        getattr(scenario, method)(*args, **fields)


def seats_of_the_guest_lost(_event: Event, kept: Attendance, _other: Attendance) -> int:
    return kept.party


def more_seats_than_there_are(event: Event, line: list[tuple[str, int]], _freed: int, _now: int) -> list[Any]:
    return [changes.Promoted(event.id, user) for user, _ in line]


def nobody_moves_up(*_: object) -> list[AnyChange]:
    return []


@pytest.mark.parametrize(
    ("part", "bug"),
    [("_sum", seats_of_the_guest_lost), ("_promote", more_seats_than_there_are), ("_promote", nobody_moves_up)],
)
def test_a_planted_bug_is_caught(part: str, bug: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, part, bug)
    check = given(*HISTORIES)(test_no_seat_is_lost_and_no_capacity_broken.hypothesis.inner_test)  # type: ignore[attr-defined]
    bounded = settings(max_examples=2_000, database=None, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError):
        bounded(check)()
