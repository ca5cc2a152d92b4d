"""The format of the journal: of its records, snapshots and backups (docs/decisions/0014-formats.md).

======  ==========================================================================================================
number  what it added
======  ==========================================================================================================
1       the first one. Its records, and the head of its journal, have no number
2       ends of events are commits: ``event-ended``, ``event-reopened``. The first versions did not number them either.
        A stored response has the id of an event, and no copy of it. A commit may have no changes
3       the second of two equal local times: ``starts_fold`` and ``ends_fold`` of an event's details
4       people: sessions, new names, ways back, roles, requests, invitations, moderation; the privacy of events
5       notices: what people have read of them and choose about them, reminders, messages, inboxes (in snapshots only);
        subscriptions to push, feeds, webhooks; events that last whole days: ``all_day`` of an event's details
======  ==========================================================================================================

Each record and snapshot carries the number that its reader needs, not that of its writer. So a version that has written
nothing new can be rolled back. The head of the journal carries the highest number of all.
"""

from typing import Final

from turnout_core.domain.since import FIRST
from turnout_core.journal.port import JournalError

FORMAT: Final = 5
"""The highest format that this version reads and writes."""


class NewerFormat(JournalError):
    """A newer version has written this. It is sound, and must not be cut, restored, replaced or skipped."""

    def __init__(self, what: str, number: int) -> None:
        super().__init__(f"{what} was made by a newer Turnout (format {number}, this one reads {FORMAT}): upgrade")


def check_format(number: int, what: str) -> None:
    """Raises NewerFormat if ``number``, the format of ``what``, is above ``FORMAT``."""
    if number > FORMAT:
        raise NewerFormat(what, number)


def check_journal_format(field: bytes | None) -> int:
    """Returns the format in the journal's head, whose ``field`` is absent in format 1. Raises NewerFormat."""
    number = FIRST if field is None else int(field)
    check_format(number, "the journal")
    return number
