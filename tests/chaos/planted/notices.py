"""Bugs of notices."""

from collections.abc import Iterable, Iterator
from typing import Any

from chaos.planted.replacement import Replacement
from turnout_core.domain import apply as model
from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import Commit, Left
from turnout_core.domain.notice_changes import MessageSent
from turnout_core.domain.notices import Notice
from turnout_core.domain.noticing import plan
from turnout_core.domain.state import Event, State


def message_told_to_former_guests() -> Iterable[Replacement]:
    """A message reaches those who have left the event, too."""
    former: set[tuple[str, str]] = set()
    apply_left, message_sent = model._APPLY[Left], plan._RULES[MessageSent]

    def remember(state: State, change: Left, commit: Commit, affected: Affected) -> None:
        former.add((change.event, change.user))
        apply_left(state, change, commit, affected)

    def tell_all(context: Any, event: Event, change: MessageSent) -> Iterator[tuple[Notice, Iterable[str]]]:
        have_left = [user for left, user in former if left == event.id and user in context.state.users]
        for notice, people in message_sent(context, event, change):
            yield notice, [*people, *have_left]

    yield model, "_APPLY", {**model._APPLY, Left: remember}
    yield plan, "_RULES", {**plan._RULES, MessageSent: tell_all}
