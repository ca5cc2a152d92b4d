"""Inboxes in snapshots: each notice once, however many people have it."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from turnout_core.domain.notices import Inbox, Notice
from turnout_core.domain.state import State

INBOXES_SINCE: Final = 5
"""The format since which snapshots have inboxes."""

ENTRIES_PER_CHUNK: Final = 4_000  # as of other chunks
_CHARS_PER_ENTRY: Final = 100  # of the text of a message
_NUMBERS_PER_ENTRY: Final = 10  # of notices, in an inbox


class StoredInbox(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """The inbox of a user.

    Attributes:
        notices: numbers of its notices, counted from 0 over all chunks so far.
    """

    user: str
    notices: list[int]
    read: int = 0


class Notices(msgspec.Struct, frozen=True, tag="notices", forbid_unknown_fields=True):
    """Inboxes, and their notices that no earlier chunk has; the last chunks, since format ``INBOXES_SINCE``."""

    items: list[Notice]
    inboxes: list[StoredInbox]


def inbox_chunks(inboxes: Mapping[str, Inbox]) -> Iterator[Notices]:
    """The inboxes in chunks; none without inboxes."""
    numbers: dict[int, int] = {}  # by identity: a notice is one object in all inboxes
    part = Notices([], [])
    entries = 0
    for user, inbox in inboxes.items():
        for notice in inbox.notices:
            if id(notice) not in numbers:
                numbers[id(notice)] = len(numbers)
                part.items.append(notice)
                entries += 1 + len(notice.text) // _CHARS_PER_ENTRY
        part.inboxes.append(StoredInbox(user, [numbers[id(each)] for each in inbox.notices], inbox.read))
        entries += 1 + len(inbox.notices) // _NUMBERS_PER_ENTRY
        if entries >= ENTRIES_PER_CHUNK:
            yield part
            part, entries = Notices([], []), 0
    if part.inboxes:
        yield part


class InboxLoader:
    """Decodes the chunks of ``inbox_chunks``: ``add`` each in order."""

    def __init__(self) -> None:
        self._notices: list[Notice] = []

    def add(self, state: State, part: Notices) -> None:
        """Adds the inboxes to ``state``. Raises LookupError if a notice is missing."""
        known = self._notices
        known += part.items
        for each in part.inboxes:
            if not each.notices or not all(0 <= number < len(known) for number in each.notices):
                raise LookupError("an inbox has a notice that is missing")
            state.add_inbox(each.user, Inbox([known[number] for number in each.notices], each.read))
