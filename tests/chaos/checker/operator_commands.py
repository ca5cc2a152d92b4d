"""Checks the commits of the operator, whose commands come from no client."""

from collections.abc import Iterator

from chaos.history.events import OperatorCommand
from chaos.history.history_index import HistoryIndex, Violation
from turnout_command.rules.decide import decide
from turnout_core.domain.changes import Commit
from turnout_core.domain.moderation import OPERATOR
from turnout_core.domain.moderation_changes import Audited
from turnout_core.domain.rejections import Rejection
from turnout_core.domain.state import State
from turnout_core.journal.operator_requests import OperatorRequest


class OperatorCommands:
    """The commands of the operator that have no commit yet. Each that is done must have exactly one."""

    def __init__(self, index: HistoryIndex) -> None:
        self._waiting = list(index.operator_commands)

    def has_made(self, commit: Commit) -> bool:
        """True if ``commit`` is the operator's, by its audit."""
        audited = [each for each in commit.changes if isinstance(each, Audited)]
        return commit.actor is None and any(each.by == OPERATOR for each in audited)

    def check(self, state: State, commit: Commit) -> Iterator[Violation]:
        """Yields a violation unless a command gives the changes of ``commit`` on ``state``, the one before."""
        for command in self._waiting:
            if commit.answered is None and _gives(command, state, commit):
                self._waiting.remove(command)
                return
        yield Violation("phantom", f"commit {commit.seq} has no command of the operator: {commit}", seq=commit.seq)

    def lost(self) -> Iterator[Violation]:
        """Yields the commands that are done and have no commit, once all commits were checked."""
        for command in self._waiting:
            if command.is_done:
                yield Violation("lost", f"the operator's {command.command} has no commit", time=command.time)


def _gives(command: OperatorCommand, state: State, commit: Commit) -> bool:
    parsed = OperatorRequest("", command.command).parse()
    try:
        return tuple(decide(state, parsed, None, commit.at)) == commit.changes
    except Rejection:
        return False
