"""Changes: those of one command form a commit, and the commits in order are the history.

They are msgspec structs, not pydantic models. A start replays every commit since the last snapshot, and decoding is
most of that work (docs/decisions/0002-records.md has the figures). The garbage collector does not track them.

All refuse unknown fields: a reader that drops a field would misread the change. Defaults are not written, so that a new
field costs older readers nothing until it is used. ``since`` numbers what is new (docs/decisions/0014-formats.md).
"""

from typing import Annotated, ClassVar, Literal

import msgspec

from turnout_core.domain.change import Change
from turnout_core.domain.choice_changes import ChoiceChange
from turnout_core.domain.event_desk import Webhook
from turnout_core.domain.host_changes import HostChange
from turnout_core.domain.moderation_changes import ModerationChange
from turnout_core.domain.notice_changes import NoticeChange
from turnout_core.domain.people_changes import PersonChange
from turnout_core.domain.since import since

Status = Literal["scheduled", "cancelled"]
Seating = Literal["going", "waitlisted"]
Visibility = Literal["public", "unlisted", "private"]
"""Public events are in the lists; of an unlisted one people need the address; a private one needs an invitation."""
Joining = Literal["open", "request", "invitation"]
GuestList = Literal["everyone", "going", "hosts"]
"""Who sees the names of the attendees."""
GuestHint = Literal["initials", "counts"]
"""What of the attendees those see who do not see their names."""
Fold = Literal[0, 1]
"""Which of two equal local times is meant (PEP 495): 0 the first, or the only one; 1 the second."""


class Details(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """The fields of an event that its organizer sets.

    Attributes:
        starts: local time in ``zone``, ``YYYY-MM-DDTHH:MM``; ``ends`` likewise.
        starts_fold: 1 if the clocks show ``starts`` twice and the second is meant; ``ends_fold`` likewise.
        starts_at: the same moment in ms since 1970 (UTC), derived by the writer, so that replicas with other time zone
            data agree with it; ``ends_at`` likewise.
        all_day: the event lasts whole days. Both local times are 00:00, and ``ends`` is the day after the last one.
        capacity: seats, None for no limit.
        waitlist: True if a full event accepts a waitlist.
    """

    title: str
    starts: str
    ends: str
    zone: str
    starts_at: int
    ends_at: int
    description: str = ""
    place: str = ""
    link: str = ""
    tags: tuple[str, ...] = ()
    capacity: int | None = None
    waitlist: bool = True
    starts_fold: Annotated[Fold, since(3)] = 0
    ends_fold: Annotated[Fold, since(3)] = 0
    visibility: Annotated[Visibility, since(4)] = "public"
    joining: Annotated[Joining, since(4)] = "open"
    guest_list: Annotated[GuestList, since(4)] = "everyone"
    guest_hint: Annotated[GuestHint, since(4)] = "initials"
    all_day: Annotated[bool, since(5)] = False


class SignedUp(Change, frozen=True, gc=False, tag="signed-up"):
    user: str
    name: str


class SignedOut(Change, frozen=True, gc=False, tag="signed-out"):
    """All tokens that were issued to ``user`` are revoked."""

    user: str


class EventCreated(Change, frozen=True, gc=False, tag="event-created"):
    event: str
    organizer: str
    details: Details


class EventEdited(Change, frozen=True, gc=False, tag="event-edited"):
    """``details`` replaces the former details, and the version goes up by one.

    Without an actor, the writer moved the event after a change of time zone rules.
    """

    event: str
    details: Details


class EventCancelled(Change, frozen=True, gc=False, tag="event-cancelled"):
    event: str


class EventDeleted(Change, frozen=True, gc=False, tag="event-deleted"):
    """``webhooks`` are those of the event, which are told that it is gone."""

    event: str
    webhooks: Annotated[tuple[Webhook, ...], since(5)] = ()


class EventEnded(Change, frozen=True, gc=False, tag="event-ended"):
    """The end of the event has passed. The writer commits this once, without a command."""

    since: ClassVar[int] = 2

    event: str


class EventReopened(Change, frozen=True, gc=False, tag="event-reopened"):
    """A clock that was ahead ended the event too early; its end is still to come."""

    since: ClassVar[int] = 2

    event: str


class Joined(Change, frozen=True, gc=False, tag="joined"):
    event: str
    user: str
    party: int
    status: Seating


class PartyChanged(Change, frozen=True, gc=False, tag="party-changed"):
    """The party takes another number of seats, and keeps its place on the waitlist."""

    event: str
    user: str
    party: int


class Promoted(Change, frozen=True, gc=False, tag="promoted"):
    """The attendance moves from the waitlist into the event."""

    event: str
    user: str


class Left(Change, frozen=True, gc=False, tag="left"):
    event: str
    user: str


AnyChange = (
    SignedUp
    | SignedOut
    | PersonChange
    | ChoiceChange
    | ModerationChange
    | EventCreated
    | EventEdited
    | EventCancelled
    | EventDeleted
    | EventEnded
    | EventReopened
    | HostChange
    | NoticeChange
    | Joined
    | PartyChanged
    | Promoted
    | Left
)


class IdempotencyEntry(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """The response to a command with an Idempotency-Key, stored in the commit of its effect.

    Attributes:
        key: digest of the actor and the key.
        request: digest of the method, path and body; another digest under the same key is an error of the client.
        status: HTTP status of the response.
        body: JSON of the response; empty for 204, and if ``event`` is set.
        headers: further response headers (Location).
        event: id of the event whose item, as it is at the time of a repetition, is the body; empty for a stored body.
    """

    key: str
    request: str
    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    event: Annotated[str, since(2)] = ""


class Commit(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """The changes of one command: all of them, or none.

    A commit without changes is a checkpoint: a snapshot after it leaves the one before it nothing to add
    (docs/decisions/0015-room-to-delete.md).

    Attributes:
        epoch, seq: its position.
        at: time of the decision by the writer's clock, in ms since 1970.
        actor: id of the user of the command; None for a sign-up, and for a change without a command.
        changes: in the order in which they apply; empty for a checkpoint.
        answered: the entry of the Idempotency-Key; None without a key.
    """

    epoch: str
    seq: int
    at: int
    actor: str | None
    changes: Annotated[tuple[AnyChange, ...], since(2, ())]
    answered: IdempotencyEntry | None = None
