"""Which changes need room, and which make text leave the disk."""

import msgspec
import pytest
from history import DETAILS, History, small_history, state_after

from turnout_command.rules.room import erase, need_room
from turnout_core.domain.changes import (
    AnyChange,
    EventCancelled,
    EventCreated,
    EventDeleted,
    EventEdited,
    EventEnded,
    EventReopened,
    Joined,
    Left,
    PartyChanged,
    Promoted,
    SignedOut,
    SignedUp,
)
from turnout_core.domain.choice_changes import FeedSet, PreferencesSet, PushAdded, PushRemoved
from turnout_core.domain.event_desk import Invitation, Webhook
from turnout_core.domain.host_changes import (
    CohostAdded,
    CohostRemoved,
    GuestAllowed,
    GuestBlocked,
    InvitationMade,
    InvitationRevoked,
    Invited,
    NoteSet,
    RequestClosed,
    Requested,
    WebhookAdded,
    WebhookRemoved,
)
from turnout_core.domain.people import PushSubscription
from turnout_core.domain.preferences import Preferences

_LONG = msgspec.structs.replace(DETAILS, description="x" * 1_000)
_SHORT = msgspec.structs.replace(DETAILS, description="x" * 10)
_ALMOST = msgspec.structs.replace(DETAILS, description="x" * 900)


def _history() -> History:
    history = small_history()
    history.add(EventEdited("games", _LONG), actor="ada")
    return history


@pytest.mark.parametrize(
    ("change", "needs_room", "erases"),
    [
        (SignedUp("eve", "Eve"), True, False),
        (EventCreated("talk", "ada", DETAILS), True, False),
        (Joined("games", "eve", 1, "going"), True, False),
        (EventEdited("games", _ALMOST), True, True),
        (EventEdited("games", _SHORT), False, True),
        (PartyChanged("games", "grace", 3), True, False),
        (PartyChanged("games", "grace", 1), False, False),
        (EventDeleted("games"), False, True),
        (Left("games", "grace"), False, True),
        (Promoted("games", "grace"), False, False),
        (EventCancelled("games"), False, False),
        (EventEnded("games"), False, False),
        (EventReopened("games"), False, False),
        (SignedOut("ada"), False, False),
        (Requested("games", "eve", 1), True, False),
        (RequestClosed("games", "eve"), False, True),
        (InvitationMade("games", Invitation("code", "guest", "ada", 1)), True, False),
        (InvitationRevoked("games", "code"), False, False),
        (Invited("games", "eve"), True, False),
        (CohostAdded("games", "eve"), True, False),
        (CohostRemoved("games", "eve"), False, False),
        (GuestBlocked("games", "eve"), False, False),
        (GuestAllowed("games", "eve"), True, False),
        (NoteSet("games", "eve", "Loud"), True, True),
        (NoteSet("games", "eve"), False, True),
        (WebhookAdded("games", Webhook("hook", "https://a.example/", 1)), True, False),
        (WebhookRemoved("games", "hook"), False, True),
        (PreferencesSet("ada", Preferences(mail=("reminder",))), True, False),
        (PreferencesSet("ada"), False, False),
        (PushAdded("ada", PushSubscription("push", "https://push.example/x", "k", "a", "phone", 1)), True, False),
        (PushRemoved("ada", "push"), False, True),
        (FeedSet("ada", 7), True, False),
        (FeedSet("ada"), False, False),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, bool) else "",
)
def test_a_change_needs_room_or_erases_text(change: AnyChange, needs_room: bool, erases: bool) -> None:
    assert (need_room(state_after(_history()), [change]), erase([change])) == (needs_room, erases)


def test_a_checkpoint_needs_no_room_and_erases_nothing() -> None:
    assert (need_room(state_after(_history()), []), erase([])) == (False, False)
