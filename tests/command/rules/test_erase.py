"""Leaving for good: one commit, after which nothing holds the person."""

import msgspec
import pytest
from event_scenario import ENDS_AT, EventScenario, id_of

from turnout_core.domain import changes, choice_changes, host_changes, moderation_changes, people_changes
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange, Commit
from turnout_core.domain.event_desk import Invitation
from turnout_core.domain.moderation import Report
from turnout_core.domain.people import Account, Passkey, PushSubscription
from turnout_core.domain.person_commands import EraseMe
from turnout_core.domain.preferences import Preferences
from turnout_core.domain.state import State

GAMES, ADA, OLGA, BOB = id_of("games"), id_of("ada"), id_of("olga"), id_of("bob")


def change(scenario: EventScenario, *made: AnyChange) -> None:
    commit = Commit("test", scenario.state.position.seq + 1, scenario.now, None, made)
    apply(scenario.state, commit, scenario.state.hash)


def content(state: State) -> str:
    """All that the state holds, without the audit, in which ids stay."""
    parts = (state.users, state.events, state.attending, state.organizing, state.involved, state.moderators)
    more = (
        state.reports,
        state.by_recovery,
        state.by_mail,
        state.by_passkey,
        state.by_push,
        list(state.by_account.items()),
    )
    return msgspec.json.encode([parts, more, state.answers]).decode()


def test_seats_are_given_up_and_the_waitlist_is_served() -> None:
    scenario = EventScenario(3)
    for person, party in (("ada", 3), ("bob", 2), ("cy", 2), ("di", 1)):
        scenario.join(person, party)
    made = scenario.execute("ada", EraseMe())
    assert made == [
        changes.Left(GAMES, ADA),
        changes.Promoted(GAMES, BOB),
        changes.Promoted(GAMES, id_of("di")),
        people_changes.UserRemoved(ADA),
    ]
    assert (scenario.going(), scenario.waiting()) == (["bob", "di"], ["cy"])


def test_a_past_event_promotes_no_one() -> None:
    scenario = EventScenario(1)
    scenario.join("ada")
    scenario.join("bob")
    scenario.now = ENDS_AT
    scenario.execute("ada", EraseMe())
    assert (scenario.going(), scenario.waiting()) == ([], ["bob"])


def test_an_upcoming_event_without_cohosts_is_called_off() -> None:
    scenario = EventScenario()
    scenario.join("bob")
    change(scenario, host_changes.Requested(GAMES, BOB, 1), host_changes.NoteSet(GAMES, BOB, "pays"))
    change(scenario, host_changes.InvitationMade(GAMES, Invitation("code", "guest", OLGA, 0)))
    change(scenario, host_changes.Invited(GAMES, BOB))
    scenario.execute("olga", EraseMe())
    event = scenario.event
    assert (event.organizer, event.status, scenario.going()) == ("", "cancelled", ["bob"])
    assert event.desk is not None
    assert (event.desk.requests, event.desk.notes, event.desk.invitations) == ({}, {}, {})
    assert event.desk.invited == {BOB: True}


def test_a_past_event_stays_as_it_was() -> None:
    scenario = EventScenario()
    scenario.decide("bob", EraseMe())
    scenario.now = ENDS_AT
    scenario.execute("olga", EraseMe())
    assert (scenario.event.organizer, scenario.event.status) == ("", "scheduled")


@pytest.mark.parametrize(("blocked", "heir"), [((), "ada"), (("ada",), "bob"), (("ada", "bob"), "ada")])
def test_an_event_goes_to_the_cohost_of_longest_standing(blocked: tuple[str, ...], heir: str) -> None:
    """One whom a moderator blocks could do nothing with it."""
    scenario = EventScenario()
    for person in ("ada", "bob"):
        scenario.decide(person, EraseMe())
        change(scenario, host_changes.CohostAdded(GAMES, id_of(person)))
    for person in blocked:
        change(scenario, moderation_changes.UserBlocked(id_of(person)))
    scenario.execute("olga", EraseMe())
    event = scenario.event
    assert (event.organizer, event.status) == (id_of(heir), "scheduled")
    assert event.cohosts == tuple(each for each in (ADA, BOB) if each != id_of(heir))


def test_nothing_of_a_person_remains() -> None:
    scenario = EventScenario()
    scenario.join("ada")
    scenario.join("bob")
    change(
        scenario,
        people_changes.RecoverySet(ADA, "digest"),
        people_changes.MailSet(ADA, "ada@example.org"),
        people_changes.PasskeyAdded(ADA, Passkey("passkey", "key", "Phone of Ada", 0)),
        choice_changes.PreferencesSet(ADA, Preferences(zone="Europe/Vienna")),
        choice_changes.PushAdded(ADA, PushSubscription("push", "https://push.example/ada", "k", "a", "s", 0)),
        choice_changes.FeedSet(ADA, 7),
        people_changes.AccountLinked(ADA, Account("https://issuer", "subject", "Ada", 0)),
        host_changes.CohostAdded(GAMES, ADA),
        host_changes.Invited(GAMES, ADA),
        host_changes.Requested(GAMES, ADA, 1),
        host_changes.GuestBlocked(GAMES, ADA),
        host_changes.NoteSet(GAMES, ADA, "brings cake"),
        moderation_changes.ModeratorAdded(ADA, "command"),
        moderation_changes.Reported("one", "person", ADA, BOB, "spam"),
        moderation_changes.Reported("two", "person", BOB, ADA, "spam"),
        moderation_changes.Audited("", "rename", "person", ADA, "Ada", "rude"),
    )
    scenario.execute("ada", EraseMe())
    state = scenario.state
    held = content(state)
    assert not [each for each in (ADA, "Ada", "ada", "digest", "subject", "brings cake") if each in held]
    assert state.reports == {"two": Report("two", "person", BOB, "", "spam", scenario.now)}
    assert [(each.about, each.label) for each in state.audit] == [(ADA, "")]
    assert scenario.event.desk is None
