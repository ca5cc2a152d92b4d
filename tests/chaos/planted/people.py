"""Bugs of merges, of ways back and of moderation."""

from collections.abc import Iterable

from chaos.planted.replacement import Replacement
from turnout_command.rules.decide import decide
from turnout_command.write import committer
from turnout_core.domain import apply as model
from turnout_core.domain.affected import Affected
from turnout_core.domain.changes import AnyChange, Commit, Left
from turnout_core.domain.commands import Command
from turnout_core.domain.host_changes import AttendanceMoved
from turnout_core.domain.moderation_changes import Audited
from turnout_core.domain.people_changes import RecoverySet
from turnout_core.domain.person_commands import SignIn
from turnout_core.domain.state import State
from turnout_gateway.views.view_kind import Refresh


def merge_loses_seats() -> Iterable[Replacement]:
    """A guest who is brought along gives up their seats, and the sign-in is acknowledged."""

    def give_up(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        made = decide(state, command, actor, now)
        if isinstance(command, SignIn):
            return [Left(each.event, each.user) if isinstance(each, AttendanceMoved) else each for each in made]
        return made

    yield committer, "decide", give_up


def former_link_works() -> Iterable[Replacement]:
    """The secret of a recovery link still signs in after a newer one has replaced it."""
    apply_set = model._APPLY[RecoverySet]

    def keep_former(state: State, change: RecoverySet, commit: Commit, affected: Affected) -> None:
        former = state.users[change.user].recovery
        apply_set(state, change, commit, affected)
        if former:
            state.by_recovery[former] = change.user

    yield model, "_APPLY", {**model._APPLY, RecoverySet: keep_former}


def act_unaudited() -> Iterable[Replacement]:
    """Acts of moderators are in no audit."""

    def without_audit(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
        return [each for each in decide(state, command, actor, now) if actor is None or not isinstance(each, Audited)]

    yield committer, "decide", without_audit


def hidden_event_shown() -> Iterable[Replacement]:
    """Open views of an event stay open when a moderator hides it."""
    yield Refresh, "recheck", lambda *_: None
