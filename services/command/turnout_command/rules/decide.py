"""Decides commands: their changes, or a rejection. Pure: time and ids are arguments."""

from collections.abc import Callable
from typing import Any, Final

from turnout_command.rules import (
    account_commands,
    choice_commands,
    erase,
    event_commands,
    guest_commands,
    invitation_commands,
    moderation_commands,
    notice_commands,
    operator_commands,
    person_commands,
    request_commands,
    role_commands,
    seat_commands,
    webhook_commands,
)
from turnout_core.domain import account_commands as accounts
from turnout_core.domain import choice_commands as choice
from turnout_core.domain import commands, rejections
from turnout_core.domain import host_commands as host
from turnout_core.domain import moderation_commands as moderation
from turnout_core.domain import notice_commands as notices
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
    person.SetMail: person_commands.set_mail,
    person.AddPasskey: person_commands.add_passkey,
    person.RemovePasskey: person_commands.remove_passkey,
    accounts.UnlinkAccount: account_commands.unlink,
    choice.SetPreferences: choice_commands.set_preferences,
    choice.Unsubscribe: choice_commands.unsubscribe,
    choice.AddPush: choice_commands.add_push,
    choice.RemovePush: choice_commands.remove_push,
    choice.SetFeed: choice_commands.set_feed,
    host.ApproveRequest: request_commands.approve,
    host.CloseRequest: request_commands.close,
    host.MakeInvitation: invitation_commands.make,
    host.RevokeInvitation: invitation_commands.revoke,
    host.AcceptInvitation: invitation_commands.accept,
    host.HandOver: role_commands.hand_over,
    host.RemoveCohost: role_commands.remove_cohost,
    host.KeepOut: guest_commands.keep_out,
    host.AllowGuest: guest_commands.allow,
    host.SetNote: guest_commands.set_note,
    host.AddWebhook: webhook_commands.add,
    host.RemoveWebhook: webhook_commands.remove,
    person.EraseMe: erase.erase_me,
    notices.ReadNotices: notice_commands.read,
    notices.SendMessage: notice_commands.send_message,
    moderation.ReportTarget: moderation_commands.report,
    moderation.CloseReport: moderation_commands.close_report,
    moderation.ModerateEvent: moderation_commands.moderate_event,
    moderation.ModeratePerson: moderation_commands.moderate_person,
}
"""The rule of each command of a signed-in user. It gets the state, the command, the user's id, and the time."""


def decide(  # noqa: C901, PLR0911 - one case for each kind of command
    state: State, command: Command, actor: str | None, now: int
) -> list[AnyChange]:
    """The changes of ``command`` by ``actor`` (user id, None if signed out) at ``now`` (ms since 1970); empty
    if the state already is as the command requests.

    Raises:
        Rejection: the command is refused, and changes nothing.
    """
    rule = _RULES.get(type(command))
    if rule is not None:
        if actor is None or actor not in state.users:
            raise rejections.NotSignedIn
        return rule(state, command, actor, now)
    match command:
        case commands.SignUp():
            return person_commands.sign_up(state, command)
        case person.SignIn():
            return person_commands.sign_in(state, command, now)
        case accounts.SignInWithAccount():
            return account_commands.sign_in(state, command, actor, now)
        case host.ForgetWebhook():
            return webhook_commands.forget(state, command)
        case choice.ForgetPush():
            return choice_commands.forget_push(state, command)
        case choice.ReportBounce():
            return choice_commands.report_bounce(state, command)
        case moderation.OperateEvent():
            return operator_commands.operate_event(state, command, now)
        case moderation.OperatePerson():
            return operator_commands.operate_person(state, command, now)
    raise TypeError(f"there is no rule for {type(command).__name__}")
