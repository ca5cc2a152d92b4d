"""The table tests/vectors/access.json: who may do what with which event. And a state with all its viewers."""

import json
from itertools import product
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

from history import BEGINNING
from msgspec.structs import replace

from turnout_core.domain import limits
from turnout_core.domain.access import VISITOR, Action, Viewer, viewer_of
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import (
    AnyChange,
    Commit,
    Details,
    EventCreated,
    GuestList,
    Joined,
    Joining,
    Left,
    SignedUp,
    Visibility,
)
from turnout_core.domain.event_desk import Invitation, Role, Webhook
from turnout_core.domain.host_changes import (
    CohostAdded,
    GuestBlocked,
    InvitationMade,
    Invited,
    NoteSet,
    Requested,
    WebhookAdded,
)
from turnout_core.domain.moderation_changes import EventHidden, ModeratorAdded, Reported, UserBlocked
from turnout_core.domain.people_changes import SessionOpened
from turnout_core.domain.state import State

_ROWS: Final[dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "access.json").read_text()
)["viewers"]

VIEWERS: Final = tuple(_ROWS)
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)
EVENT: Final = "tableaaaaaaa"
_STARTS_AT: Final = 4_099_487_400_000  # 2099-11-27T19:30 in Vienna


class Setting(NamedTuple):
    """The properties of an event on which permissions depend."""

    visibility: Visibility = "public"
    guest_list: GuestList = "everyone"
    joining: Joining = "open"
    is_hidden: bool = False
    is_reported: bool = False

    @property
    def column(self) -> str:
        """The name of the event's kind in the lists ``sees`` of the table."""
        if self.is_hidden:
            return "hidden"
        return "reported" if self.visibility == "private" and self.is_reported else self.visibility


SETTINGS: Final = tuple(
    Setting(*each)
    for each in product(
        get_args(Visibility), get_args(GuestList), get_args(Joining), (False, True), (False, True)
    )
)  # fmt: skip


def allowed(viewer: str, setting: Setting) -> frozenset[str]:
    """The actions of one cell of the table."""
    row = _ROWS[viewer]
    found = set(row["always"])
    if setting.column in row["sees"]:
        found |= {"see", *row["joining"][setting.joining], *row["may"]}
        if setting.guest_list in row["names"]:
            found.add("see-people")
    return frozenset(found)


def user_of(viewer: str) -> str | None:
    """The id of the user who plays ``viewer``."""
    return None if viewer == "visitor" else viewer.replace("-", "")[:12].ljust(12, "a")


def code_of(event: str, role: Role) -> str:
    """The code of the link for ``role`` to ``event``; each event has both."""
    return f"{role[0]}{event}".ljust(limits.INVITATION_CODE_CHARS, "a")


def webhook_of(event: str) -> str:
    """The id of the webhook of ``event``."""
    return f"w{event}"


def changes_for(setting: Setting, event: str = EVENT, **details: Any) -> list[AnyChange]:
    """The changes that make an event to which each viewer has the relation of the table; their names are those there.

    Six seats are taken, by going, blocked and co-host; the seventh is free.
    """
    user = {each: user_of(each) or "" for each in VIEWERS}
    made = Details(
        title="Table",
        starts="2099-11-27T19:30",
        ends="2099-11-27T21:30",
        zone="Europe/Vienna",
        starts_at=_STARTS_AT,
        ends_at=_STARTS_AT + 2 * 3_600_000,
        capacity=7,
        visibility=setting.visibility,
        guest_list=setting.guest_list,
        joining=setting.joining,
    )
    made = replace(made, **details)
    found: list[AnyChange] = [
        EventCreated(event, user["organizer"], made),
        Joined(event, user["going"], 2, "going"),
        Joined(event, user["removed"], 2, "going"),
        Left(event, user["removed"]),
        Joined(event, user["blocked"], 2, "going"),
        Joined(event, user["co-host"], 2, "going"),
        Joined(event, user["waiting"], 2, "waitlisted"),
        Invited(event, user["invited"]),
        Requested(event, user["requested"], 2),
        GuestBlocked(event, user["kept-out"]),
        CohostAdded(event, user["co-host"]),
        CohostAdded(event, user["blocked-co-host"]),
        NoteSet(event, user["going"], f"note about {event}"),
        WebhookAdded(event, Webhook(webhook_of(event), "https://hooks.example/secret", 1)),
        *(
            InvitationMade(event, Invitation(code_of(event, role), role, user["organizer"], 1))
            for role in get_args(Role)
        ),
    ]
    if setting.is_hidden:
        found.append(EventHidden(event))
    if setting.is_reported:
        found.append(Reported(f"report{event[:6]}", "event", event, user["guest"], "rude"))
    return found


def session_of(viewer: str) -> str:
    """The id of the session of the user who plays ``viewer``."""
    return f"s{user_of(viewer)}"


def people() -> list[AnyChange]:
    """The changes that make the users of the table, apart from their relations to events."""
    users = {each: user_of(each) for each in VIEWERS}
    return [
        *(SignedUp(user, name) for name, user in users.items() if user is not None),
        *(SessionOpened(user, session_of(name), "Test") for name, user in users.items() if user is not None),
        ModeratorAdded(users["moderator"] or "", "command"),
        UserBlocked(users["blocked"] or ""),
        UserBlocked(users["blocked-co-host"] or ""),
    ]


def state_for(setting: Setting) -> State:
    """A state with the users, and one event."""
    state = State(BEGINNING.position, BEGINNING.hash)
    commit = Commit(state.position.epoch, state.position.seq + 1, 1, None, (*people(), *changes_for(setting)))
    apply(state, commit, state.hash)
    return state


def viewer_in(state: State, viewer: str) -> Viewer:
    """The viewer of the table, as ``may`` takes it."""
    user = user_of(viewer)
    return VISITOR if user is None else viewer_of(state, user)
