"""The state of a community at one position of the history.

Snapshots hold its structs, which refuse unknown fields and omit defaults, as those of ``changes`` do.
"""

from collections.abc import Iterator
from typing import Annotated

import msgspec

from turnout_core.domain.changes import Details, IdempotencyEntry, Seating, Status
from turnout_core.domain.event_desk import Desk
from turnout_core.domain.moderation import AuditEntry, Report
from turnout_core.domain.notices import Inbox, Lead, Notice
from turnout_core.domain.people import Account, Passkey, PushSubscription, Session
from turnout_core.domain.position import Position
from turnout_core.domain.preferences import Preferences
from turnout_core.domain.since import since


class User(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A guest.

    Attributes:
        session: number of the valid tokens that earlier versions issued; lower numbers are revoked. From 1 on there are
            none, since they issued tokens at sign-up only, with the number 0.
        sessions: the devices on which they are signed in, oldest first.
        recovery: SHA-256 of the secret of their recovery link, in hex; empty without a link.
        mail: their mail address in lower case, which they have confirmed; empty without one.
        blocked: True if a moderator blocks them.
        notify: what they choose about notices; None for the defaults.
        pushes: the browsers that show their notices, oldest first.
        bounced: True if mail to ``mail`` has come back since they confirmed it.
        feed: random number of the secret feed of their events, which its link contains; 0 without a feed.
    """

    id: str
    name: str
    session: int = 0
    sessions: Annotated[tuple[Session, ...], since(4)] = ()
    recovery: Annotated[str, since(4)] = ""
    mail: Annotated[str, since(4)] = ""
    passkeys: Annotated[tuple[Passkey, ...], since(4)] = ()
    accounts: Annotated[tuple[Account, ...], since(4)] = ()
    blocked: Annotated[bool, since(4)] = False
    notify: Annotated[Preferences | None, since(5)] = None
    pushes: Annotated[tuple[PushSubscription, ...], since(5)] = ()
    feed: Annotated[int, since(5)] = 0
    bounced: Annotated[bool, since(5)] = False

    def has_session(self, session: str | int) -> bool:
        """True if ``session`` is open: an id, or the number in a token of an earlier version."""
        if isinstance(session, int):
            return session == self.session
        for each in self.sessions:  # noqa: SIM110 - faster than any(…), and asked for every command
            if each.id == session:
                return True
        return False

    @property
    def has_way_back(self) -> bool:
        """True if they can come back without one of their sessions."""
        return bool(self.recovery or self.mail or self.passkeys or self.accounts)


class Attendance(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A party of one user at an event, going or waitlisted.

    Attributes:
        order: number of the commit of the join; the waitlist moves up in this order.
        at: ms since 1970.
    """

    user: str
    party: int
    status: Seating
    order: int
    at: int


class Event(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An event with its attendances.

    Attributes:
        version: counts edits and the cancellation, from 1.
        touched: number of the last commit that changed it or its attendees.
        going, waiting: seats, the sums over ``attendances``.
        attendances: by user, in the order of joining.
        organizer: id of a user; empty if they are gone.
        ended: True after ``EventEnded``. Views use this; rules use ``details.ends_at``.
        cohosts: users who may do what the organizer may, apart from deleting and handing over.
        desk: what only the hosts see; None if there is nothing.
        hidden: True if a moderator hides it.
        reports: number of open reports about it.
        edited_at: time of the last edit, or of the cancellation, in ms since 1970; 0 before both, and if an earlier
            version applied them.
        reminded: the reminders that have been sent, or were over when the event was moved.
    """

    id: str
    organizer: str
    details: Details
    created_at: int
    status: Status = "scheduled"
    version: int = 1
    touched: int = 0
    going: int = 0
    waiting: int = 0
    attendances: dict[str, Attendance] = {}
    ended: bool = False
    cohosts: Annotated[tuple[str, ...], since(4)] = ()
    desk: Annotated[Desk | None, since(4)] = None
    hidden: Annotated[bool, since(4)] = False
    reports: Annotated[int, since(4)] = 0
    edited_at: Annotated[int, since(5)] = 0
    reminded: Annotated[tuple[Lead, ...], since(5)] = ()

    def involved(self) -> set[str]:
        """The users for whom ``State.involved`` has the event."""
        desk = self.desk
        return {*self.cohosts, *(() if desk is None else desk.people() | desk.makers())}

    def is_host(self, user: str | None) -> bool:
        """True for the organizer and the co-hosts."""
        return user is not None and (user == self.organizer or user in self.cohosts)

    def free_seats(self) -> int | None:
        """Number of free seats; None if there is no limit."""
        return None if self.details.capacity is None else self.details.capacity - self.going

    def waitlist(self) -> Iterator[Attendance]:
        """The waitlisted attendances, in the order of joining."""
        return (each for each in self.attendances.values() if each.status == "waitlisted")


class StoredEntry(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A stored response. It expires 24 hours after ``at``, which is the ``State.elapsed_ms`` of its commit."""

    at: int
    answered: IdempotencyEntry


class State:
    """Users, events, attendances and stored responses, as of ``position``.

    Attributes:
        hash: of the last record; the next record continues it.
        committed_at: time of the last commit, in ms since 1970; behind or ahead if the writer's clock was wrong.
        elapsed_ms: the time between the commits so far, of which each pause counts as 0 to ``COUNTED_PAUSE_MAX_MS``. It
            never decreases, and no wrong clock makes it jump. Only the expiry of keys uses it, so that a replay drops
            the same keys as the writer (docs/decisions/0013-wrong-clocks.md).
        attending: by user, ids of the events that they attend or wait for.
        organizing: by user, ids of their own events.
        involved: by user, ids of the events at which they are co-hosts, which mention them on the desk, or of which
            they made a link.
        moderators: users, with the source of their role (``ModeratorAdded``).
        reports: open ones by id, oldest first.
        audit: acts of moderation, oldest first; the last ``limits.AUDIT_MAX_ENTRIES``.
        by_recovery, by_mail, by_passkey, by_account, by_push: ids of users by their credentials (``User``).
        inboxes: by user, those that are not empty.
        told: by event, and by the user who did it, the users who have a notice of that.
        answers: stored responses by Idempotency-Key digest, oldest first.
    """

    def __init__(self, position: Position, digest: str) -> None:
        self.position = position
        self.hash = digest
        self.committed_at = 0
        self.elapsed_ms = 0
        self.users: dict[str, User] = {}
        self.events: dict[str, Event] = {}
        self.attending: dict[str, set[str]] = {}
        self.organizing: dict[str, set[str]] = {}
        self.involved: dict[str, set[str]] = {}
        self.moderators: dict[str, str] = {}
        self.reports: dict[str, Report] = {}
        self.audit: list[AuditEntry] = []
        self.by_recovery: dict[str, str] = {}
        self.by_mail: dict[str, str] = {}
        self.by_passkey: dict[str, str] = {}
        self.by_account: dict[tuple[str, str], str] = {}
        self.by_push: dict[str, str] = {}
        self.inboxes: dict[str, Inbox] = {}
        self.told: dict[str, set[str]] = {}
        self.answers: dict[str, StoredEntry] = {}

    def add_user(self, user: User) -> None:
        """Adds ``user`` with their credentials."""
        self.users[user.id] = user
        if user.recovery:
            self.by_recovery[user.recovery] = user.id
        if user.mail:
            self.by_mail[user.mail] = user.id
        self.by_passkey.update((each.id, user.id) for each in user.passkeys)
        self.by_account.update(((each.issuer, each.subject), user.id) for each in user.accounts)
        self.by_push.update((each.id, user.id) for each in user.pushes)

    def add_event(self, event: Event) -> None:
        """Adds ``event``, and the relations of all its people to it."""
        self.events[event.id] = event
        if event.organizer:
            self.organizing.setdefault(event.organizer, set()).add(event.id)
        for user in event.attendances:
            self.attending.setdefault(user, set()).add(event.id)
        for user in event.involved():
            self.involved.setdefault(user, set()).add(event.id)

    def add_inbox(self, user: str, inbox: Inbox) -> None:
        """Adds the inbox of ``user``, who has none."""
        self.inboxes[user] = inbox
        for notice in inbox.notices:
            self.index_notice(user, notice)

    def index_notice(self, user: str, notice: Notice) -> None:
        """Adds a notice in the inbox of ``user`` to the index ``told``."""
        self.told.setdefault(notice.event, set()).add(user)
        if notice.by:
            self.told.setdefault(notice.by, set()).add(user)
