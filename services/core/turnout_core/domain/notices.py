"""Notices: what a person is told about the events that they organize, attend or wait for.

``apply`` derives them from the commits (``noticing``), so every replica holds the same ones. The page shows them, and
the notifier sends them by mail and push (docs/decisions/0024-notices.md).
"""

from typing import Literal

import msgspec

NoticeKind = Literal[
    "promoted", "removed", "changed", "called-off", "deleted", "approved", "declined", "cohost", "organizer", "asked",
    "message", "reminder",
]  # fmt: skip
"""What has happened to the person who gets the notice:

promoted: they have moved up from the waitlist; removed: a host took them off; changed: the event has another title,
time, zone, place or link, or another description; called-off, deleted: the event; approved, declined: their request;
cohost, organizer: they are now one; asked: somebody asks the hosts for seats; message: of a host; reminder: it is soon.
"""

Lead = Literal["day", "two-hours"]
"""How long before the start a reminder comes."""

Audience = Literal["going", "waiting", "all"]
"""The guests who get a message: those who go, those who wait, or both."""

ChangedField = Literal["title", "starts", "ends", "zone", "place", "link", "description"]


class FieldChange(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A field of an event before and after an edit, as in ``Details``; of a description, both values are empty."""

    field: ChangedField
    before: str = ""
    after: str = ""


class Notice(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A notice; one object serves all its recipients.

    Attributes:
        seq: number of its commit.
        event: id of the event; it may be gone.
        title: of the event, at the time of the commit.
        at: time of the commit, in ms since 1970.
        by: id of the person who did it; empty if that was no person, or if they are gone.
        changes: of ``changed``.
        text: of ``message``.
        lead: of ``reminder``.
        party: the seats of ``asked``, ``approved`` and ``promoted``.
    """

    seq: int
    kind: NoticeKind
    event: str
    title: str
    at: int
    by: str = ""
    changes: tuple[FieldChange, ...] = ()
    text: str = ""
    lead: Lead | Literal[""] = ""
    party: int = 0

    @property
    def id(self) -> str:
        """Identifies the notice among those of one person in one epoch."""
        return f"{self.seq}.{self.kind}.{self.event}"


class Inbox(msgspec.Struct, gc=False):
    """The newest notices of one person.

    Attributes:
        notices: oldest first; at least one, and at most ``limits.NOTICES_MAX``.
        read: the notices up to those of the commit with this number are read.
    """

    notices: list[Notice]
    read: int = 0
