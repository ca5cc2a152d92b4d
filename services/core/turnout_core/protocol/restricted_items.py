"""The items of views for a few people: hosts, moderators, and each user about themselves."""

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from turnout_core.domain.moderation import Target
from turnout_core.domain.notices import ChangedField, Lead, NoticeKind
from turnout_core.protocol.items import ItemFields, Person


class KeptOutItem(ItemFields, frozen=True, kw_only=True, tag="kept-out"):
    """A person whom the hosts of an event keep out."""

    user: Person


class NoteItem(ItemFields, frozen=True, kw_only=True, tag="note"):
    """The note of the hosts of an event about a person."""

    user: Person
    text: str


class WebhookItem(ItemFields, frozen=True, kw_only=True, tag="webhook"):
    """A server that is told what happens to an event. ``rank`` is ``made_at``, in ms since 1970 (UTC).

    Attributes:
        host: of its address, with the port if there is one; the rest of the address can be a secret.
    """

    id: str
    host: str
    made_at: int


class WebhooksAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``GET /api/webhooks``: how many webhooks an event has at most."""

    maximum: int


class WebhookAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """``POST …/webhooks``: the new webhook.

    Attributes:
        secret: with which deliveries are signed, as Standard Webhooks writes it (``whsec_`` and base64).
    """

    id: str
    host: str
    made_at: int
    secret: str


class AccountItem(ItemFields, frozen=True, kw_only=True, tag="account"):
    """The signed-in user of the view ``me/account``, and their ways back that are one of a kind.

    Attributes:
        recovery: true if there is a recovery link; its secret is nowhere.
        mail: null without a confirmed address.
        bounced: true if mail to it came back since it was confirmed; else absent.
        moderator: true if they moderate the instance; else absent. ``blocked``: true if a moderator blocks them.
        feed: path of the secret feed of their events, below the base path; absent without one.
    """

    id: str
    name: str
    recovery: bool
    mail: str | None
    bounced: Literal[True] | UnsetType = UNSET
    moderator: Literal[True] | UnsetType = UNSET
    blocked: Literal[True] | UnsetType = UNSET
    feed: str | UnsetType = UNSET


class PreferencesItem(ItemFields, frozen=True, kw_only=True, tag="preferences"):
    """The choices of the user about notices, or the defaults; as in the body of ``PUT /api/me/preferences``.

    Attributes:
        mail, push: the kinds that do not come by this channel.
        quiet: from and to, by the clock of ``zone``; null for no quiet hours.
        zone: null without one.
    """

    reminders: tuple[Lead, ...]
    mail: tuple[NoticeKind, ...]
    push: tuple[NoticeKind, ...]
    quiet: tuple[str, str] | None
    zone: str | None


class PushItem(ItemFields, frozen=True, kw_only=True, tag="push"):
    """A browser that shows notices also while the page is closed. ``rank`` is ``added_at``, in ms since 1970 (UTC).

    Attributes:
        id: the first 22 characters of the SHA-256 digest of its endpoint, in base64url.
        session: id of the session that made it, and with which it ends; empty for that of an earlier version.
    """

    id: str
    session: str
    added_at: int


class SessionItem(ItemFields, frozen=True, kw_only=True, tag="session"):
    """A device on which the user is signed in. ``GET /api/session`` says which of them asks. ``rank`` is ``opened_at``.

    Attributes:
        device: such as ``Chrome on Android``; empty if the browser says nothing.
        opened_at, seen_at: ms since 1970 (UTC); ``seen_at`` is exact to one day.
    """

    id: str
    device: str
    opened_at: int
    seen_at: int


class PasskeyItem(ItemFields, frozen=True, kw_only=True, tag="passkey"):
    """A passkey of the user. ``rank`` is ``added_at``, in ms since 1970 (UTC)."""

    id: str
    name: str
    added_at: int


class LinkedAccountItem(ItemFields, frozen=True, kw_only=True, tag="linked-account"):
    """An account of the user at the operator's OpenID Connect provider. ``rank`` is ``added_at``."""

    id: str
    label: str
    added_at: int


class NoticesItem(ItemFields, frozen=True, kw_only=True, tag="notices"):
    """The notices of the view ``me/notices`` in sum. ``rank`` is 0.

    Attributes:
        unread: number of those that the user has not read, on any device.
    """

    unread: int


class ChangedValue(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A field of an event before and after an edit, in the form of the event's item.

    The times are local, in the zone of that time. Of a description both values are empty.
    """

    field: ChangedField
    before: str
    after: str


class NoticeItem(ItemFields, frozen=True, kw_only=True, tag="notice"):
    """A notice to the user. ``rank`` is the number of its commit.

    Attributes:
        what: ``promoted`` from the waitlist, ``removed`` by a host, the event has ``changed``, is ``called-off`` or
            ``deleted``, a request was ``approved`` or ``declined``, the user is now ``cohost`` or ``organizer``,
            somebody has ``asked`` for seats, a ``message`` of a host, a ``reminder``.
        event: its id; there may be no such event any more.
        title: of the event, when it happened.
        at: ms since 1970 (UTC).
        by: name of the person who did it; absent if it was nobody, or if the user may not know.
        changes: of ``changed``; else absent. ``text``: of ``message``, likewise; empty if its author is gone.
        lead: of ``reminder``: how long before the start; else absent.
        party: seats of ``promoted``, ``approved`` and ``asked``; else absent.
        read: true if the user has read it, on any device.
        zone: of the event now; absent if the event is gone, or if the user may not see it.
    """

    id: str
    what: NoticeKind
    event: str
    title: str
    at: int
    read: bool
    by: str | UnsetType = UNSET
    changes: tuple[ChangedValue, ...] | UnsetType = UNSET
    text: str | UnsetType = UNSET
    lead: Lead | UnsetType = UNSET
    party: int | UnsetType = UNSET
    zone: str | UnsetType = UNSET


class ReportedText(Struct, frozen=True, gc=False):
    """The message that a report is about. The text, and the id and the name of ``by``, are empty if they are gone."""

    text: str
    by: Person


class ReportItem(ItemFields, frozen=True, kw_only=True, tag="report"):
    """An open report. ``rank`` is ``reported_at``, in ms since 1970 (UTC).

    Attributes:
        about: id of the event or person; ``label``: its title or their name now.
        by: the id and the name are empty if they are gone.
        total: number of open reports about the same.
        withdrawn: true if a moderator hides the event or blocks the person; else absent.
        message: the message of a host to guests of the event that it is about; else absent.
    """

    id: str
    target: Target
    about: str
    label: str
    reason: str
    by: Person
    reported_at: int
    total: int
    withdrawn: Literal[True] | UnsetType = UNSET
    message: ReportedText | UnsetType = UNSET


class AuditItem(ItemFields, frozen=True, kw_only=True, tag="audit"):
    """An act of moderation. ``rank`` is the number of its commit.

    Attributes:
        by: the moderator; the id is empty for the operator, and the name for a moderator who is gone.
        action: such as ``hide``.
        label: the title of the event or the name of the person at that time; empty once they are gone.
        acted_at: ms since 1970 (UTC).
    """

    by: Person
    action: str
    target: Target
    about: str
    label: str
    reason: str
    acted_at: int
