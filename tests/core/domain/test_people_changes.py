"""Changes of people, hosts and moderators: what each does, and that every index follows from users and events."""

from collections.abc import Callable
from typing import Any

import pytest
from history import BEGINNING, DETAILS, History, small_history, state_after
from hypothesis import given, settings
from hypothesis import strategies as st

from turnout_core.domain.apply import apply
from turnout_core.domain.changes import (
    AnyChange,
    EventCreated,
    EventDeleted,
    IdempotencyEntry,
    Joined,
    Left,
    SignedOut,
    SignedUp,
)
from turnout_core.domain.choice_changes import FeedSet, PreferencesSet, PushAdded, PushRemoved
from turnout_core.domain.event_desk import Invitation, Webhook
from turnout_core.domain.host_changes import (
    AttendanceMoved,
    CohostAdded,
    CohostRemoved,
    GuestAllowed,
    GuestBlocked,
    HandedOver,
    InvitationMade,
    InvitationRevoked,
    InvitationUsed,
    Invited,
    NoteSet,
    RequestClosed,
    Requested,
    RolesMoved,
    Uninvited,
    WebhookAdded,
    WebhookRemoved,
)
from turnout_core.domain.moderation import ReportedMessage
from turnout_core.domain.moderation_changes import (
    Audited,
    EventHidden,
    EventRestored,
    ModeratorAdded,
    ModeratorRemoved,
    ReportClosed,
    Reported,
    UserBlocked,
    UserUnblocked,
)
from turnout_core.domain.people import Account, Passkey, PushSubscription
from turnout_core.domain.people_changes import (
    AccountLinked,
    AccountUnlinked,
    MailSet,
    PasskeyAdded,
    PasskeyRemoved,
    PasskeyUsed,
    RecoverySet,
    Renamed,
    SessionClosed,
    SessionOpened,
    SessionUsed,
    UserRemoved,
)
from turnout_core.domain.preferences import Preferences
from turnout_core.domain.state import State
from turnout_core.domain.stored_responses import GONE
from turnout_core.journal.record import peek
from turnout_core.journal.snapshot import SnapshotLoader, dump, snapshot_format

PASSKEY = Passkey("credential", "key", "Chrome on Android", 1)
ACCOUNT = Account("https://id.example", "ada", "ada@id.example", 1)
PUSH = PushSubscription("push", "https://push.example/x", "key", "auth", "phone", 1)
CHOSEN = Preferences(("day",), mail=("message",), quiet=("22:00", "07:00"), zone="Europe/Vienna")


def after(*changes: AnyChange) -> State:
    history = small_history()
    history.add(*changes)
    return state_after(history)


def contents(state: State) -> dict[str, Any]:
    """All that a state holds, with its indexes."""
    return vars(state)


def reloaded(state: State) -> State:
    """The state as a snapshot of it gives it: its indexes are made from its users and events."""
    loader = SnapshotLoader()
    for chunk in dump(state):
        loader.add(chunk)
    return loader.finish()


def test_sessions_open_are_used_and_close_one_by_one() -> None:
    opened = after(SessionOpened("ada", "phone", "Chrome on Android"), SessionOpened("ada", "desk", ""))
    assert [each.id for each in opened.users["ada"].sessions] == ["phone", "desk"]
    assert opened.users["ada"].has_session("phone")
    assert opened.users["ada"].has_session(0)  # a token of an earlier version
    closed = after(SessionOpened("ada", "phone", ""), SessionOpened("ada", "desk", ""), SessionClosed("ada", "phone"))
    assert (closed.users["ada"].has_session("phone"), closed.users["ada"].has_session("desk")) == (False, True)
    former = after(SessionOpened("ada", "phone", ""), SessionClosed("ada"))
    assert (former.users["ada"].has_session(0), former.users["ada"].has_session("phone")) == (False, True)


def test_signing_out_everywhere_closes_all_sessions() -> None:
    ada = after(SessionOpened("ada", "phone", ""), SignedOut("ada")).users["ada"]
    assert (ada.sessions, ada.has_session("phone"), ada.has_session(0)) == ((), False, False)


def test_the_use_of_a_session_has_the_time_of_its_commit() -> None:
    history = small_history()
    history.add(SessionOpened("ada", "phone", ""), at=1_000)
    history.add(SessionUsed("ada", "phone"), at=90_000_000)
    (phone,) = state_after(history).users["ada"].sessions
    assert (phone.opened_at, phone.seen_at) == (1_000, 90_000_000)


def test_another_name_affects_every_event_of_the_person() -> None:
    history = small_history()
    history.add(SignedUp("olga", "Olga"))
    history.add(EventCreated("chess", "olga", DETAILS), CohostAdded("chess", "grace"))
    state = state_after(history)
    affected = apply(state, *peek(history.add(Renamed("grace", "Grace Hopper"))))
    assert state.users["grace"].name == "Grace Hopper"
    assert affected.events == {"games": ["grace"], "chess": ["grace"]}
    assert affected.users == ["grace"]
    assert {each.touched for each in state.events.values()} == {state.position.seq}


def test_a_moved_attendance_keeps_its_place_in_the_waitlist() -> None:
    state = after(
        SignedUp("a", "A"), SignedUp("b", "B"), SignedUp("c", "C"),
        Joined("games", "a", 1, "waitlisted"), Joined("games", "b", 2, "waitlisted"),
        AttendanceMoved("games", "a", "c"),
    )  # fmt: skip
    assert [(each.user, each.party) for each in state.events["games"].waitlist()] == [("c", 1), ("b", 2)]
    assert ("a" in state.attending, state.attending["c"]) == (False, {"games"})


def test_an_event_that_is_handed_over_has_one_organizer() -> None:
    state = after(CohostAdded("games", "grace"), HandedOver("games", "grace"), CohostAdded("games", "ada"))
    event = state.events["games"]
    assert (event.organizer, event.cohosts) == ("grace", ("ada",))
    assert (state.organizing, state.involved) == ({"grace": {"games"}}, {"ada": {"games"}})


def test_an_event_without_an_organizer_is_in_no_index() -> None:
    state = after(Left("games", "ada"), HandedOver("games"), UserRemoved("ada"))
    assert (state.events["games"].organizer, state.organizing, "ada" in state.users) == ("", {}, False)


def test_the_desk_exists_only_while_there_is_something_on_it() -> None:
    assert after(Requested("games", "ada", 2), RequestClosed("games", "ada")).events["games"].desk is None
    assert after(NoteSet("games", "ada", "vegan"), NoteSet("games", "ada")).events["games"].desk is None
    made = InvitationMade("games", Invitation("code", "guest", "ada", 1))
    assert after(made, InvitationRevoked("games", "code")).events["games"].desk is None
    added = WebhookAdded("games", Webhook("hook", "https://a.example/", 1))
    assert after(added, WebhookRemoved("games", "hook")).events["games"].desk is None


def test_the_uses_of_an_invitation_are_counted() -> None:
    made = InvitationMade("games", Invitation("code", "guest", "ada", 1, uses=3))
    desk = after(made, InvitationUsed("games", "code")).events["games"].desk
    assert desk is not None
    assert desk.invitations["code"].uses == 2


def test_the_links_of_a_removed_person_stay_without_them() -> None:
    state = after(InvitationMade("games", Invitation("code", "guest", "ada", 1)), UserRemoved("ada"))
    desk = state.events["games"].desk
    assert desk is not None
    assert (desk.invitations["code"].made_by, state.involved) == ("", {})
    assert contents(reloaded(state)) == contents(state)


def test_reports_are_counted_at_their_event_and_end_with_it() -> None:
    reported = Reported("r", "event", "games", "grace", "spam")
    assert after(reported).events["games"].reports == 1
    assert after(reported, ReportClosed("r")).events["games"].reports == 0
    assert after(reported, EventDeleted("games")).reports == {}


def test_a_reported_message_stays_in_snapshots_of_format_5_and_goes_with_its_author() -> None:
    reported = Reported("r", "event", "games", "grace", "spam", ReportedMessage("7.message.games", "ada", "Hello"))
    state = after(reported)
    assert (contents(reloaded(state)), snapshot_format(state)) == (contents(state), 5)
    (report,) = after(reported, UserRemoved("ada")).reports.values()
    assert (report.by, report.message) == ("grace", ReportedMessage("7.message.games"))


def test_nothing_of_a_removed_person_stays() -> None:
    name = "A name that nobody else has"
    history = History(BEGINNING)
    history.add(SignedUp("zoe", name))
    history.add(
        SessionOpened("zoe", "phone", name), RecoverySet("zoe", "digest"), MailSet("zoe", "zoe@example.org"),
        PasskeyAdded("zoe", PASSKEY), AccountLinked("zoe", ACCOUNT), ModeratorAdded("zoe", "command"),
        PreferencesSet("zoe", CHOSEN), PushAdded("zoe", PUSH), FeedSet("zoe", 7),
        answered=IdempotencyEntry("key", "request", 201, body=f'{{"user":{{"id":"zoe","name":"{name}"}}}}'),
    )  # fmt: skip
    history.add(Audited("", "block", "person", "zoe", name, "spam"), Reported("r", "person", "zoe", "", "spam"))
    history.add(SignedUp("ada", "Ada"), EventCreated("games", "ada", DETAILS))
    history.add(Reported("m", "event", "games", "ada", "spam", ReportedMessage("7.message.games", "zoe", name)))
    history.add(UserRemoved("zoe"))
    state = state_after(history)
    assert name not in repr(contents(state))
    assert "zoe" not in repr({**contents(state), "audit": ()})
    assert [each.about for each in state.audit] == ["zoe"]
    assert [each.answered.status for each in state.answers.values()] == [GONE]  # its key still counts


ADA_AND_GRACE = st.sampled_from(["ada", "grace", "olga"])


@st.composite
def change_sequences(draw: st.DrawFn) -> list[AnyChange]:
    """Changes that fit the state one after another, as rules would make them."""
    history = small_history()
    history.add(SignedUp("olga", "Olga"))
    state = state_after(history)
    made: list[AnyChange] = []
    for _ in range(draw(st.integers(1, 25))):
        possible = [each for each in _possible(draw(ADA_AND_GRACE), draw(ADA_AND_GRACE)) if _fits(state, each)]
        if possible:
            change = draw(st.sampled_from(possible))
            apply(state, *peek(history.add(change)))
            made.append(change)
    return made


def _possible(user: str, other: str) -> list[AnyChange]:
    return [
        SessionOpened(user, "phone", "Firefox"), SessionClosed(user, "phone"), SessionClosed(user), SignedOut(user),
        Renamed(user, "Another"), RecoverySet(user, f"digest of {user}"), RecoverySet(user),
        MailSet(user, f"{user}@example.org"), MailSet(user), PasskeyAdded(user, PASSKEY),
        PasskeyUsed(user, PASSKEY.id, 7), PasskeyRemoved(user, PASSKEY.id), AccountLinked(user, ACCOUNT),
        PreferencesSet(user, CHOSEN), PreferencesSet(user), PushAdded(user, PUSH), PushRemoved(user, PUSH.id),
        FeedSet(user, 7), FeedSet(user),
        AccountUnlinked(user, ACCOUNT.issuer, ACCOUNT.subject), ModeratorAdded(user, "group"), ModeratorRemoved(user),
        UserBlocked(user), UserUnblocked(user), HandedOver("games", user), HandedOver("games"),
        CohostAdded("games", user), CohostRemoved("games", user), Invited("games", user), Uninvited("games", user),
        Requested("games", user, 2), RequestClosed("games", user), GuestBlocked("games", user),
        GuestAllowed("games", user), NoteSet("games", user, "vegan"), NoteSet("games", user),
        InvitationMade("games", Invitation(f"by {user}", "guest", user, 1)), InvitationRevoked("games", f"by {user}"),
        RolesMoved("games", user, other), AttendanceMoved("games", user, other), Joined("games", user, 1, "going"),
        Left("games", user), EventHidden("games"), EventRestored("games"),
        Reported(f"by {user}", "event", "games", user, "spam"), ReportClosed(f"by {user}"),
        Audited(user, "hide", "event", "games", "Board games", "spam"), EventDeleted("games"),
    ]  # fmt: skip


def _has_link(state: State, code: str) -> bool:
    desk = state.events["games"].desk
    return desk is not None and code in desk.invitations


_FITS: dict[type, Callable[[State, Any], bool]] = {
    PasskeyAdded: lambda state, _: PASSKEY.id not in state.by_passkey,
    PasskeyUsed: lambda state, change: state.by_passkey.get(PASSKEY.id) == change.user,
    PasskeyRemoved: lambda state, change: state.by_passkey.get(PASSKEY.id) == change.user,
    AccountLinked: lambda state, _: not state.by_account,
    AccountUnlinked: lambda state, change: change.user in state.by_account.values(),
    CohostAdded: lambda state, change: not state.events["games"].is_host(change.user),
    InvitationMade: lambda state, change: not _has_link(state, change.invitation.code),
    InvitationRevoked: lambda state, change: _has_link(state, change.code),
    RolesMoved: lambda _, change: change.user != change.to,
    AttendanceMoved: lambda state, change: (
        change.user in state.events["games"].attendances and change.to not in state.events["games"].attendances
    ),
    Joined: lambda state, change: change.user not in state.events["games"].attendances,
    Left: lambda state, change: change.user in state.events["games"].attendances,
    Reported: lambda state, change: change.report not in state.reports,
    ReportClosed: lambda state, change: change.report in state.reports,
}


def _fits(state: State, change: AnyChange) -> bool:
    if getattr(change, "event", None) == "games" and "games" not in state.events:
        return False
    if getattr(change, "target", None) == "event" and "games" not in state.events:
        return False
    fits = _FITS.get(type(change))
    return fits is None or fits(state, change)


@settings(max_examples=200)
@given(change_sequences())
def test_a_snapshot_restores_users_events_and_every_index(made: list[AnyChange]) -> None:
    history = small_history()
    history.add(SignedUp("olga", "Olga"))
    for change in made:
        history.add(change)
    state = state_after(history)
    assert contents(reloaded(state)) == contents(state)


@pytest.mark.parametrize("moderation", [ModeratorAdded("ada", "command"), Reported("r", "person", "ada", "", "spam")])
def test_a_snapshot_keeps_moderation(moderation: AnyChange) -> None:
    state = after(moderation)
    assert contents(reloaded(state)) == contents(state)
