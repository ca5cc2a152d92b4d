"""Decides the commands of people about themselves: sign up, sign in, sessions, name, ways back."""

from turnout_command.rules.event_commands import check_unused
from turnout_command.rules.merge import can_merge, merge
from turnout_core.domain import changes, limits, people_changes, rejections
from turnout_core.domain.commands import SignOut, SignUp
from turnout_core.domain.people import FORMER_SESSION, Passkey
from turnout_core.domain.person_commands import (
    AddPasskey,
    CloseSession,
    OpenSession,
    RemovePasskey,
    Rename,
    SetMail,
    SetRecovery,
    SignIn,
    UseSession,
)
from turnout_core.domain.state import State, User

_SEEN_AFTER_MS = 20 * 60 * 60 * 1000  # so that a device that is used every morning is seen every morning


def sign_up(state: State, command: SignUp) -> list[changes.AnyChange]:
    check_unused(command.user, state.users)
    return [
        changes.SignedUp(command.user, command.body.name),
        people_changes.SessionOpened(command.user, command.session, command.device),
    ]


def sign_in(state: State, command: SignIn, now: int) -> list[changes.AnyChange]:
    user = state.users.get(command.user)
    if user is None:
        raise rejections.SignInFailed
    opened = _open(user, command.session, command.device, command.former)
    opened += [
        people_changes.PasskeyUsed(user.id, each.id, command.counter)
        for each in user.passkeys
        if each.id == command.passkey and each.counter != command.counter
    ]
    guest = state.users.get(command.bring) if command.bring is not None else None
    if guest is not None and can_merge(guest, user):
        return [*merge(state, guest.id, user.id, now), *opened]
    return opened


def open_session(state: State, command: OpenSession, actor: str, _: int) -> list[changes.AnyChange]:
    return _open(state.users[actor], command.session, command.device)


def use_session(state: State, command: UseSession, actor: str, now: int) -> list[changes.AnyChange]:
    for session in state.users[actor].sessions:
        if session.id == command.session and now - session.seen_at >= _SEEN_AFTER_MS:
            return [people_changes.SessionUsed(actor, session.id)]
    return []


def close_session(state: State, command: CloseSession, actor: str, _: int) -> list[changes.AnyChange]:
    user = state.users[actor]
    if command.session != FORMER_SESSION and not user.has_session(command.session):
        raise rejections.SessionNotFound
    return [people_changes.SessionClosed(actor, command.session)]


def sign_out(_state: State, _command: SignOut, actor: str, _: int) -> list[changes.AnyChange]:
    return [changes.SignedOut(actor)]


def rename(state: State, command: Rename, actor: str, _: int) -> list[changes.AnyChange]:
    name = command.body.name
    return [people_changes.Renamed(actor, name)] if name != state.users[actor].name else []


def set_recovery(state: State, command: SetRecovery, actor: str, _: int) -> list[changes.AnyChange]:
    if command.recovery == state.users[actor].recovery:
        return []
    return [people_changes.RecoverySet(actor, command.recovery)]


def set_mail(state: State, command: SetMail, actor: str, _: int) -> list[changes.AnyChange]:
    mail, user = command.mail, state.users[actor]
    if mail == user.mail and not user.bounced:
        return []
    if mail and state.by_mail.get(mail, actor) != actor:
        raise rejections.MailTaken
    return [people_changes.MailSet(actor, mail)]


def check_passkeys(user: User) -> None:
    """Raises TooManyPasskeys if the user can add none."""
    if len(user.passkeys) >= limits.PASSKEYS_MAX:
        raise rejections.TooManyPasskeys


def add_passkey(state: State, command: AddPasskey, actor: str, now: int) -> list[changes.AnyChange]:
    if command.id in state.by_passkey:
        raise rejections.PasskeyRefused  # a credential belongs to one user (WebAuthn section 7.1, step 26)
    check_passkeys(state.users[actor])
    passkey = Passkey(command.id, command.key, command.name, now, command.counter)
    return [people_changes.PasskeyAdded(actor, passkey)]


def remove_passkey(state: State, command: RemovePasskey, actor: str, _: int) -> list[changes.AnyChange]:
    if state.by_passkey.get(command.id) != actor:
        raise rejections.PasskeyNotFound
    return [people_changes.PasskeyRemoved(actor, command.id)]


def _open(user: User, session: str, device: str, former: str = "") -> list[changes.AnyChange]:
    """Opens the session, in place of the ``former`` one. The least recently used ones make room for it."""
    rest = [each for each in user.sessions if each.id != former]
    excess = len(rest) + 1 - limits.SESSIONS_MAX
    ended = [*(each for each in user.sessions if each.id == former)]
    ended += sorted(rest, key=lambda each: each.seen_at)[: max(excess, 0)]
    closed = [people_changes.SessionClosed(user.id, each.id) for each in ended]
    return [*closed, people_changes.SessionOpened(user.id, session, device)]
