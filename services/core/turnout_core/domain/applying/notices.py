"""Read marks of notices. The notices themselves follow from the other changes (``noticing``)."""

from typing import Final

from turnout_core.domain import notice_changes
from turnout_core.domain.affected import Affected
from turnout_core.domain.applying.apply_function import Apply
from turnout_core.domain.applying.inboxes import mark_read
from turnout_core.domain.change import Change
from turnout_core.domain.changes import Commit
from turnout_core.domain.state import State


def notices_read(state: State, change: notice_changes.NoticesRead, _: Commit, affected: Affected) -> None:
    mark_read(state, change.user, change.until)
    affected.inboxes = (*affected.inboxes, change.user)


APPLY: Final[dict[type[Change], Apply]] = {notice_changes.NoticesRead: notices_read}
