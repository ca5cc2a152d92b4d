"""Decides the commands about notices."""

from turnout_core.domain.changes import AnyChange
from turnout_core.domain.notice_changes import NoticesRead
from turnout_core.domain.notice_commands import ReadNotices
from turnout_core.domain.state import State


def read(state: State, command: ReadNotices, actor: str, _: int) -> list[AnyChange]:
    """Nothing changes if all of it is read, such as on another device. Notices that are still to come cannot be read."""
    inbox = state.inboxes.get(actor)
    if inbox is None:
        return []
    until = min(command.until, inbox.notices[-1].seq)
    is_news = any(inbox.read < each.seq <= until for each in inbox.notices)
    return [NoticesRead(actor, until)] if is_news else []
