"""The notices of a commit, and their recipients."""

import pytest
from history import DETAILS, History, state_after
from msgspec.structs import replace

from turnout_core.domain.changes import (
    AnyChange,
    Details,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    Joined,
    Left,
    PartyChanged,
    Promoted,
    SignedUp,
)
from turnout_core.domain.choice_changes import PreferencesSet
from turnout_core.domain.host_changes import (
    CohostAdded,
    GuestBlocked,
    HandedOver,
    Invited,
    RequestClosed,
    Requested,
)
from turnout_core.domain.moderation_changes import EventHidden
from turnout_core.domain.notice_changes import MessageSent, RemindersDue
from turnout_core.domain.notices import FieldChange, Lead, Notice
from turnout_core.domain.people_changes import SessionOpened, UserRemoved
from turnout_core.domain.preferences import Preferences
from turnout_core.domain.state import State

ORGANIZER, COHOST, GOING, WAITING, ASKING, INVITED, STRANGER = (
    "olga", "conny", "greta", "wanda", "rita", "ingo", "stella",
)  # fmt: skip
PEOPLE = (ORGANIZER, COHOST, GOING, WAITING, ASKING, INVITED, STRANGER)
EVENT = "games"

Expected = dict[str, str]
"""The kinds of notices by user, in order."""


def scene(details: Details = DETAILS, *further: AnyChange) -> History:
    """One person in each relation to an event."""
    history = History()
    history.add(*(SignedUp(each, each.title()) for each in PEOPLE))
    history.add(EventCreated(EVENT, ORGANIZER, details), actor=ORGANIZER)
    history.add(CohostAdded(EVENT, COHOST), actor=COHOST)
    history.add(Joined(EVENT, GOING, 2, "going"), actor=GOING)
    history.add(Joined(EVENT, WAITING, 3, "waitlisted"), actor=WAITING)
    history.add(Invited(EVENT, INVITED), actor=INVITED)
    history.add(Requested(EVENT, ASKING, 4), actor=ASKING)
    if further:
        history.add(*further)
    return history


def told(history: History, *changes: AnyChange, actor: str | None = ORGANIZER, at: int = 0) -> dict[str, list[Notice]]:
    """The notices of a commit by recipient."""
    history.add(*changes, actor=actor, at=at)
    return notices_of(state_after(history), history.head.position.seq)


def notices_of(state: State, seq: int) -> dict[str, list[Notice]]:
    found = {user: [each for each in inbox.notices if each.seq == seq] for user, inbox in state.inboxes.items()}
    return {user: notices for user, notices in found.items() if notices}


def kinds(found: dict[str, list[Notice]]) -> Expected:
    return {user: " ".join(each.kind for each in notices) for user, notices in found.items()}


def _edit(**fields: str) -> EventEdited:
    return EventEdited(EVENT, replace(DETAILS, **fields))


ALL_BUT_ORGANIZER = (COHOST, GOING, WAITING, ASKING)


@pytest.mark.parametrize(
    ("actor", "changes", "expected"),
    [
        (ORGANIZER, [_edit(title="Chess")], dict.fromkeys(ALL_BUT_ORGANIZER, "changed")),
        (COHOST, [_edit(place="Café")], dict.fromkeys((ORGANIZER, GOING, WAITING, ASKING), "changed")),
        (ORGANIZER, [EventEdited(EVENT, replace(DETAILS, tags=("chess",), capacity=9))], {}),
        (None, [EventEdited(EVENT, replace(DETAILS, starts_at=DETAILS.starts_at + 1))], {}),
        (
            ORGANIZER,
            [_edit(title="Chess"), Promoted(EVENT, WAITING)],
            dict.fromkeys(ALL_BUT_ORGANIZER, "changed") | {WAITING: "changed promoted"},
        ),
        (ORGANIZER, [EventCancelled(EVENT)], dict.fromkeys(ALL_BUT_ORGANIZER, "called-off")),
        (None, [EventCancelled(EVENT)], dict.fromkeys((*ALL_BUT_ORGANIZER, ORGANIZER), "called-off")),
        (ORGANIZER, [EventDeleted(EVENT)], dict.fromkeys(ALL_BUT_ORGANIZER, "deleted")),
        (STRANGER, [EventDeleted(EVENT)], dict.fromkeys((*ALL_BUT_ORGANIZER, ORGANIZER), "deleted")),
        (GOING, [Left(EVENT, GOING), Promoted(EVENT, WAITING)], {WAITING: "promoted"}),
        (ORGANIZER, [Left(EVENT, GOING), Promoted(EVENT, WAITING)], {GOING: "removed", WAITING: "promoted"}),
        (WAITING, [PartyChanged(EVENT, WAITING, 1), Promoted(EVENT, WAITING)], {}),
        (ORGANIZER, [RequestClosed(EVENT, ASKING), Joined(EVENT, ASKING, 1, "going")], {ASKING: "approved"}),
        (COHOST, [RequestClosed(EVENT, ASKING)], {ASKING: "declined"}),
        (COHOST, [RequestClosed(EVENT, ASKING), GuestBlocked(EVENT, ASKING)], {ASKING: "declined"}),
        (ASKING, [RequestClosed(EVENT, ASKING)], {}),
        (ASKING, [RequestClosed(EVENT, ASKING), Joined(EVENT, ASKING, 4, "going")], {}),
        (STRANGER, [Requested(EVENT, STRANGER, 2)], dict.fromkeys((ORGANIZER, COHOST), "asked")),
        (STRANGER, [CohostAdded(EVENT, STRANGER)], {}),
        (ORGANIZER, [CohostAdded(EVENT, GOING)], {GOING: "cohost"}),
        (ORGANIZER, [HandedOver(EVENT, COHOST), CohostAdded(EVENT, ORGANIZER)], {COHOST: "organizer"}),
        (None, [RemindersDue(EVENT, "day")], {GOING: "reminder"}),
        (ORGANIZER, [MessageSent(EVENT, "all", "Hello")], dict.fromkeys((GOING, WAITING), "message")),
        (COHOST, [MessageSent(EVENT, "waiting", "Hello")], {WAITING: "message"}),
        (GOING, [MessageSent(EVENT, "all", "Hello")], {WAITING: "message"}),
        # People who leave for good.
        (GOING, [Left(EVENT, GOING), Promoted(EVENT, WAITING), UserRemoved(GOING)], {WAITING: "promoted"}),
        (None, [Left(EVENT, GOING), Promoted(EVENT, WAITING), UserRemoved(GOING)], {WAITING: "promoted"}),
        (ORGANIZER, [HandedOver(EVENT, COHOST), UserRemoved(ORGANIZER)], {COHOST: "organizer"}),
        (
            ORGANIZER,
            [EventCancelled(EVENT), RequestClosed(EVENT, ASKING), HandedOver(EVENT), UserRemoved(ORGANIZER)],
            dict.fromkeys(ALL_BUT_ORGANIZER, "called-off"),
        ),
        # An account that brings a guest along does all of it.
        (
            None,
            [Left(EVENT, GOING), Promoted(EVENT, WAITING), UserRemoved(GOING), SessionOpened(WAITING, "s", "")],
            {},
        ),
    ],
)
def test_each_change_tells_those_whom_it_concerns(
    actor: str | None, changes: list[AnyChange], expected: Expected
) -> None:
    assert kinds(told(scene(), *changes, actor=actor)) == expected


def test_a_notice_says_what_was_when_it_happened() -> None:
    after = replace(DETAILS, title="Chess", starts="2026-11-28T19:30", ends="2026-11-28T22:30", description="New")
    (notice,) = told(scene(), EventEdited(EVENT, after), at=77)[GOING]
    fields = (
        FieldChange("title", "Board games", "Chess"),
        FieldChange("starts", "2026-11-27T19:30", "2026-11-28T19:30"),
        FieldChange("ends", "2026-11-27T22:30", "2026-11-28T22:30"),
        FieldChange("description"),
    )
    assert notice == Notice(8, "changed", EVENT, "Chess", 77, ORGANIZER, fields)
    assert notice.id == "8.changed.games"


@pytest.mark.parametrize(
    ("actor", "changes", "user", "by", "party"),
    [
        (GOING, [Left(EVENT, GOING), Promoted(EVENT, WAITING)], WAITING, "", 3),
        (ORGANIZER, [PartyChanged(EVENT, WAITING, 2), Promoted(EVENT, WAITING)], WAITING, "", 2),
        (COHOST, [RequestClosed(EVENT, ASKING), Joined(EVENT, ASKING, 1, "going")], ASKING, COHOST, 1),
        (STRANGER, [Requested(EVENT, STRANGER, 2)], ORGANIZER, STRANGER, 2),
        (STRANGER, [EventDeleted(EVENT)], GOING, "", 0),  # a moderator
        (ORGANIZER, [HandedOver(EVENT, COHOST), UserRemoved(ORGANIZER)], COHOST, "", 0),
    ],
)
def test_a_notice_names_hosts_and_those_who_ask_and_nobody_else(
    actor: str, changes: list[AnyChange], user: str, by: str, party: int
) -> None:
    (notice,) = told(scene(), *changes, actor=actor)[user]
    assert (notice.by, notice.party) == (by, party)


def test_all_recipients_share_one_notice() -> None:
    found = told(scene(), _edit(title="Chess"))
    assert len({id(notice) for notices in found.values() for notice in notices}) == 1


def test_the_second_of_two_equal_local_times_is_another_start() -> None:
    (notice,) = told(scene(), EventEdited(EVENT, replace(DETAILS, starts_fold=1)))[GOING]
    assert [each.field for each in notice.changes] == ["starts"]


def test_people_are_told_of_days_as_the_first_and_the_last() -> None:
    days = replace(DETAILS, starts="2026-12-05T00:00", ends="2026-12-07T00:00", all_day=True)
    told_of = {
        each.field: (each.before, each.after) for each in told(scene(), EventEdited(EVENT, days))[GOING][0].changes
    }
    assert told_of == {"starts": (DETAILS.starts, "2026-12-05"), "ends": (DETAILS.ends, "2026-12-06")}
    midnights = replace(days, all_day=False)
    (notice,) = told(scene(days), EventEdited(EVENT, midnights))[GOING]
    assert [each.after for each in notice.changes] == ["2026-12-05T00:00", "2026-12-07T00:00"]
    assert told(scene(days), EventEdited(EVENT, replace(days, ends_at=days.ends_at + 1))) == {}


@pytest.mark.parametrize(
    "changes", [[_edit(title="Chess")], [EventDeleted(EVENT)], [Left(EVENT, GOING)], [RequestClosed(EVENT, ASKING)]]
)
def test_a_past_event_tells_nobody(changes: list[AnyChange]) -> None:
    assert told(scene(), *changes, at=DETAILS.ends_at) == {}
    assert told(scene(DETAILS, EventEnded(EVENT)), *changes) == {}


@pytest.mark.parametrize(
    ("chosen", "told_of"), [(("day", "two-hours"), ["day", "two-hours"]), (("two-hours",), ["two-hours"]), ((), [])]
)
def test_people_get_the_reminders_that_they_choose(chosen: tuple[Lead, ...], told_of: list[Lead]) -> None:
    history = scene(DETAILS, Joined(EVENT, STRANGER, 1, "going"), PreferencesSet(GOING, Preferences(chosen)))
    for lead in ("day", "two-hours"):
        history.add(RemindersDue(EVENT, lead))
    inboxes = state_after(history).inboxes
    leads = {user: [each.lead for each in inboxes[user].notices if each.lead] for user in inboxes}
    assert (leads.get(GOING, []), leads[STRANGER]) == (told_of, ["day", "two-hours"])


@pytest.mark.parametrize("changes", [[RemindersDue(EVENT, "day")], [MessageSent(EVENT, "all", "Hello")]])
def test_guests_of_a_hidden_event_get_no_reminders_and_no_messages(changes: list[AnyChange]) -> None:
    assert told(scene(DETAILS, EventHidden(EVENT)), *changes) == {}


@pytest.mark.parametrize("changes", [[_edit(title="Chess")], [EventCancelled(EVENT)], [EventDeleted(EVENT)]])
def test_only_hosts_are_told_of_a_hidden_event(changes: list[AnyChange]) -> None:
    assert set(told(scene(DETAILS, EventHidden(EVENT)), *changes)) == {COHOST}


PRIVATE = replace(DETAILS, visibility="private")


def test_a_person_who_may_not_see_a_private_event_learns_nothing_of_it() -> None:
    history = scene(PRIVATE)
    assert set(told(history, EventEdited(EVENT, replace(PRIVATE, title="Secret")))) == {COHOST, GOING, WAITING}
    assert told(history, RequestClosed(EVENT, ASKING)) == {}


def test_the_edit_that_closes_an_event_does_not_tell_its_new_title_to_those_outside() -> None:
    found = told(scene(), EventEdited(EVENT, replace(PRIVATE, title="Secret")))
    assert set(found) == {COHOST, GOING, WAITING}


def test_a_commit_that_makes_an_event_tells_nobody() -> None:
    made = (EventCreated("other", ORGANIZER, DETAILS), Requested("other", STRANGER, 1), EventCancelled("other"))
    assert told(scene(), *made, actor=None) == {}
