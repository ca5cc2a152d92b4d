"""Decides the commands about notices."""

from turnout_command.rules.event_rules import has_ended
from turnout_command.rules.find import find_permitted_event
from turnout_core.domain import rejections
from turnout_core.domain.changes import AnyChange
from turnout_core.domain.notice_changes import MessageSent, NoticesRead
from turnout_core.domain.notice_commands import ReadNotices, SendMessage
from turnout_core.domain.noticing.plan import audience_of
from turnout_core.domain.state import State


def read(state: State, command: ReadNotices, actor: str, _: int) -> list[AnyChange]:
    """Nothing changes if all of it is read, such as on another device. Future notices cannot be read."""
    inbox = state.inboxes.get(actor)
    if inbox is None:
        return []
    until = min(command.until, inbox.notices[-1].seq)
    is_news = any(inbox.read < each.seq <= until for each in inbox.notices)
    return [NoticesRead(actor, until)] if is_news else []


def send_message(state: State, command: SendMessage, actor: str, now: int) -> list[AnyChange]:
    """Nothing changes if there is nobody to read it. Guests of an event that was called off may need to know more."""
    event = find_permitted_event(state, command.event, actor, "message")
    if has_ended(event, now):
        raise rejections.EventHasEnded
    body = command.body
    is_read = any(each != actor for each in audience_of(event, body.to))
    return [MessageSent(event.id, body.to, body.text)] if is_read else []
