"""Decides commands: their changes, or a rejection. Pure: time and ids are arguments."""

from collections.abc import Callable
from typing import Any, Final

from turnout_command.rules import event_commands, person_commands, seat_commands
from turnout_core.domain import commands, rejections
from turnout_core.domain import person_commands as person
from turnout_core.domain.changes import AnyChange
from turnout_core.domain.commands import Command
from turnout_core.domain.state import State

_Rule = Callable[[State, Any, str, int], list[AnyChange]]

_RULES: Final[dict[type[Command], _Rule]] = {
    commands.Join: seat_commands.join,
    commands.ChangeParty: seat_commands.change_party,
    commands.Unattend: seat_commands.unattend,
    commands.CreateEvent: event_commands.create,
    commands.EditEvent: event_commands.edit,
    commands.CancelEvent: event_commands.cancel,
    commands.DeleteEvent: event_commands.delete,
    commands.SignOut: person_commands.sign_out,
    person.OpenSession: person_commands.open_session,
    person.UseSession: person_commands.use_session,
    person.CloseSession: person_commands.close_session,
    person.Rename: person_commands.rename,
    person.SetRecovery: person_commands.set_recovery,
}
"""The rule of each command of a signed-in user. It gets the state, the command, the user's id, and the time."""


def decide(state: State, command: Command, actor: str | None, now: int) -> list[AnyChange]:
    """The changes of ``command`` by ``actor`` (user id, None if signed out) at ``now`` (ms since 1970); empty
    if the state already is as the command requests.

    Raises:
        Rejection: the command is refused, and changes nothing.
    """
    match command:
        case commands.SignUp():
            return person_commands.sign_up(state, command)
        case person.SignIn():
            return person_commands.sign_in(state, command, now)
    if actor is None or actor not in state.users:
        raise rejections.NotSignedIn
    return _RULES[type(command)](state, command, actor, now)
