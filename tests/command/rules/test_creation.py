"""Rules of who may create events, and how many: the state alone decides, so they hold across takeovers."""

import pytest
from event_scenario import DRAFT, NOW, EventScenario, id_of

from turnout_command.rules.creation import ANYONE, CreationPolicy, Creators, check_creation
from turnout_core.domain.commands import CancelEvent, CreateEvent, EventDraft
from turnout_core.domain.person_commands import SetRecovery
from turnout_core.domain.rejections import NotPermitted, QuotaReached

OLGA = id_of("olga")


def create(scenario: EventScenario, person: str, *events: str) -> None:
    for event in events:
        scenario.execute(person, CreateEvent(event=id_of(event), draft=EventDraft(**DRAFT)))


def check(scenario: EventScenario, policy: CreationPolicy, person: str = "olga") -> None:
    check_creation(policy, scenario.state, id_of(person), scenario.now)


def test_a_person_has_as_many_upcoming_events_as_the_quota() -> None:
    scenario = EventScenario()
    create(scenario, "olga", "chess")
    check(scenario, CreationPolicy(upcoming_max=3))
    with pytest.raises(QuotaReached, match="You have 2 upcoming events"):
        check(scenario, CreationPolicy(upcoming_max=2))
    check(scenario, ANYONE)


def test_events_that_are_over_or_cancelled_do_not_count() -> None:
    scenario, policy = EventScenario(), CreationPolicy(upcoming_max=2)
    create(scenario, "olga", "chess")
    scenario.execute("olga", CancelEvent(event=id_of("chess")))
    check(scenario, policy)
    create(scenario, "olga", "darts")
    with pytest.raises(QuotaReached):
        check(scenario, policy)
    scenario.now = scenario.event.details.ends_at
    check(scenario, policy)


def test_each_person_has_a_quota_of_their_own() -> None:
    scenario = EventScenario()
    create(scenario, "ada", "chess")
    check(scenario, CreationPolicy(upcoming_max=2), "ada")


@pytest.mark.parametrize("creators", ["returning", "moderators"])
def test_a_guest_without_a_way_back_may_not_create(creators: Creators) -> None:
    with pytest.raises(NotPermitted, match="can create events here"):
        check(EventScenario(), CreationPolicy(creators))


def test_a_way_back_allows_it() -> None:
    scenario = EventScenario()
    scenario.execute("olga", SetRecovery(recovery="0" * 64))
    check(scenario, CreationPolicy("returning"))
    with pytest.raises(NotPermitted, match="Only moderators"):
        check(scenario, CreationPolicy("moderators"))


@pytest.mark.parametrize("creators", ["anyone", "returning", "moderators"])
def test_a_moderator_may_create_any_number(creators: Creators) -> None:
    scenario = EventScenario()
    scenario.state.moderators[OLGA] = "operator"
    check(scenario, CreationPolicy(creators, 1))


def test_the_scenario_begins_with_an_upcoming_event() -> None:
    assert EventScenario().event.details.ends_at > NOW
