"""Decides the commands about accounts at the OpenID Connect provider."""

from typing import Final

from turnout_command.rules import person_commands
from turnout_core.domain import limits, rejections
from turnout_core.domain.account_commands import SignInWithAccount, UnlinkAccount
from turnout_core.domain.changes import AnyChange
from turnout_core.domain.commands import SessionBody, SignUp
from turnout_core.domain.moderation import OPERATOR
from turnout_core.domain.moderation_changes import Audited, ModeratorAdded, ModeratorRemoved
from turnout_core.domain.people import Account
from turnout_core.domain.people_changes import AccountLinked, AccountUnlinked
from turnout_core.domain.person_commands import SignIn
from turnout_core.domain.state import State

GROUP: Final = "group"
"""The source of the role of moderators who have it from a group of the provider (``ModeratorAdded``)."""


def sign_in(state: State, command: SignInWithAccount, actor: str | None, now: int) -> list[AnyChange]:
    owner = state.by_account.get((command.issuer, command.subject))
    user = owner or (actor if actor in state.users else None)
    found: list[AnyChange] = []
    if user is None:
        user = command.user
        found += person_commands.sign_up(state, _sign_up(command))
    else:
        session = SignIn(
            user=user,
            session=command.session,
            device=command.device,
            former=command.former,
            bring=actor if command.brings_guest else None,
        )
        found += person_commands.sign_in(state, session, now)
    if owner is None:
        found.append(_link(state, command, user, now))
    if any(isinstance(each, ModeratorAdded) for each in found):  # the guest brings the role along
        return found
    name = state.users[user].name if user in state.users else command.name
    return [*found, *_role(state, user, name, is_moderator=command.is_moderator)]


def unlink(state: State, command: UnlinkAccount, actor: str, _: int) -> list[AnyChange]:
    """A role that comes from a group ends with the last account, since no later sign-in could end it."""
    accounts = state.users[actor].accounts
    for account in accounts:
        if account.id == command.account:
            role = _role(state, actor, state.users[actor].name, is_moderator=False) if len(accounts) == 1 else []
            return [AccountUnlinked(actor, account.issuer, account.subject), *role]
    raise rejections.AccountNotFound


def _sign_up(command: SignInWithAccount) -> SignUp:
    body = SessionBody(name=command.name)
    return SignUp(user=command.user, session=command.session, device=command.device, body=body)


def _link(state: State, command: SignInWithAccount, user: str, now: int) -> AccountLinked:
    if user in state.users and len(state.users[user].accounts) >= limits.ACCOUNTS_MAX:
        raise rejections.Invalid(f"You have {limits.ACCOUNTS_MAX} accounts already. Remove one first.")
    return AccountLinked(user, Account(command.issuer, command.subject, command.label, now))


def _role(state: State, user: str, name: str, *, is_moderator: bool) -> list[AnyChange]:
    """Gives the role of a moderator, or takes it from a user who has it from a group; with an entry in the audit."""
    source = state.moderators.get(user)
    if is_moderator and source is None:
        return [ModeratorAdded(user, GROUP), _entry("add-moderator", user, name)]
    if not is_moderator and source == GROUP:
        return [ModeratorRemoved(user), _entry("remove-moderator", user, name)]
    return []


def _entry(action: str, user: str, name: str) -> Audited:
    return Audited(OPERATOR, action, "person", user, name, "by the group of the provider that the operator has set")
