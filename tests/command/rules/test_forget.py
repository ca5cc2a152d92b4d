"""A table of the guests and events that are forgotten, and of those that are not."""

from collections.abc import Callable

import pytest
from event_scenario import ENDS_AT, HOUR_MS, SESSION, EventScenario, id_of

from turnout_command.rules.forget import is_event_forgotten, is_user_forgotten
from turnout_core.domain import changes, host_changes, moderation_changes, people_changes
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange, Commit
from turnout_core.domain.people import Account, Passkey
from turnout_core.domain.person_commands import EraseMe

ADA, GAMES = id_of("ada"), id_of("games")
DAY_MS = 24 * HOUR_MS
DAYS = 400


def change(scenario: EventScenario, *made: AnyChange) -> None:
    commit = Commit("test", scenario.state.position.seq + 1, scenario.now, None, made)
    apply(scenario.state, commit, scenario.state.hash)


def is_forgotten(scenario: EventScenario) -> bool:
    state, now = scenario.state, scenario.now
    return is_user_forgotten(state, state.users[ADA], now - DAYS * DAY_MS, now)


def scenario_of(*made: AnyChange) -> EventScenario:
    """Ada signs up, ``made`` happens, and then she is away for 400 days."""
    scenario = EventScenario()
    scenario.decide("ada", EraseMe())
    for each in made:
        change(scenario, each)
    scenario.now += DAYS * DAY_MS
    return scenario


def test_a_guest_who_was_away_is_forgotten() -> None:
    scenario = scenario_of()
    assert is_forgotten(scenario)
    scenario.now -= 1
    assert not is_forgotten(scenario)


def test_a_guest_who_was_here_meanwhile_is_not() -> None:
    scenario = scenario_of()
    scenario.now -= DAY_MS
    change(scenario, people_changes.SessionUsed(ADA, SESSION))
    scenario.now += DAY_MS
    assert not is_forgotten(scenario)


@pytest.mark.parametrize(
    "made",
    [
        people_changes.RecoverySet(ADA, "digest"),
        people_changes.MailSet(ADA, "ada@example.org"),
        people_changes.PasskeyAdded(ADA, Passkey("id", "key", "phone", 0)),
        people_changes.AccountLinked(ADA, Account("https://issuer", "subject", "Ada", 0)),
        moderation_changes.ModeratorAdded(ADA, "command"),
    ],
    ids=lambda made: type(made).__name__,
)
def test_one_with_a_way_back_and_a_moderator_stay(made: AnyChange) -> None:
    assert not is_forgotten(scenario_of(made))


@pytest.mark.parametrize(
    "made",
    [
        changes.Joined(GAMES, ADA, 1, "going"),
        changes.Joined(GAMES, ADA, 1, "waitlisted"),
        host_changes.HandedOver(GAMES, ADA),
        host_changes.CohostAdded(GAMES, ADA),
        host_changes.Requested(GAMES, ADA, 1),
    ],
    ids=lambda made: f"{type(made).__name__} {getattr(made, 'status', '')}",
)
@pytest.mark.parametrize(("end", "expected"), [(lambda now: now + 1, False), (lambda now: now, True)])
def test_a_guest_stays_while_something_of_theirs_is_to_come(
    made: AnyChange, end: Callable[[int], int], *, expected: bool
) -> None:
    scenario = scenario_of(made)
    details = changes.Details("Chess", "2028-01-01T10:00", "2028-01-01T12:00", "UTC", 0, end(scenario.now))
    change(scenario, changes.EventEdited(GAMES, details))
    assert is_forgotten(scenario) == expected


@pytest.mark.parametrize("ending", [people_changes.SessionClosed(ADA, SESSION), changes.SignedOut(ADA)])
def test_a_guest_who_cannot_come_back_goes_with_the_last_event_that_names_them(ending: AnyChange) -> None:
    scenario = scenario_of(changes.Joined(GAMES, ADA, 1, "going"), ending)
    assert not is_forgotten(scenario)
    change(scenario, changes.EventDeleted(GAMES))
    assert is_forgotten(scenario)


def test_a_guest_of_an_earlier_version_may_still_have_a_token() -> None:
    scenario = EventScenario()
    change(scenario, changes.SignedUp(ADA, "Ada"))
    scenario.now += 10 * DAYS * DAY_MS
    assert not is_forgotten(scenario)
    change(scenario, changes.SignedOut(ADA))
    assert is_forgotten(scenario)


def test_an_event_is_forgotten_by_its_end() -> None:
    scenario = EventScenario()
    scenario.cancel()
    assert [is_event_forgotten(scenario.event, ENDS_AT - 1 + late) for late in (0, 1)] == [False, True]
