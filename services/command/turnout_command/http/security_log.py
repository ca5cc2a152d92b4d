"""Log lines of sign-ins, of sessions that end, and of commands that are not permitted.

They have ids of users and sessions, with which nobody can sign in, and never a name, an address or a secret
(OWASP ASVS 7.1.1). A line is written once its outcome is durable; a repetition under one key gets no second line.
"""

import logging
from typing import Final, Literal

from turnout_command.write.batch import Outcome, Refusal
from turnout_core.domain.account_commands import SignInWithAccount
from turnout_core.domain.commands import Command, SignOut, SignUp
from turnout_core.domain.person_commands import CloseSession, EraseMe, SignIn

Way = Literal["recovery", "code", "mail", "passkey", "provider"]

_FORBIDDEN: Final = 403

log = logging.getLogger("turnout.security")


def log_outcome(command: Command, actor: str | None, outcome: Outcome) -> None:
    """Logs the outcome of ``command`` of ``actor`` if it ends sessions or is not permitted."""
    if isinstance(outcome, Refusal):
        if outcome.rejection.status == _FORBIDDEN:
            log.info("refused: %s of user %s: %s", command.type, actor or "none", outcome.rejection.code)
        return
    if outcome.replayed or not isinstance(command, _LOGGED):
        return
    match command:
        case SignUp(user=user, session=session):
            log.info("signed up: user %s, session %s", user, session)
        case SignOut():
            log.info("signed out everywhere: user %s", actor)
        case CloseSession(session=session):
            log.info("session revoked: user %s, session %s", actor, session or "of earlier versions")
        case EraseMe():
            log.info("erased, with all sessions: user %s", actor)


_LOGGED: Final = (SignUp, SignOut, CloseSession, EraseMe)


def log_sign_in(way: Way, command: SignIn | SignInWithAccount, user: str, guest: str | None) -> None:
    """Logs that a device has signed in as ``user``; ``guest`` is the one whom it asked to bring along."""
    replaced = f", in place of session {command.former}" if command.former else ""
    brought = f", to bring along user {guest}" if guest not in (None, user) else ""
    log.info("signed in by %s: user %s, session %s%s%s", way, user, command.session, replaced, brought)


def log_failed_sign_in(way: Way) -> None:
    """Logs that a proof was wrong. It does not say whose it was to be: that may be a secret, or nobody's."""
    log.info("sign-in by %s failed", way)
