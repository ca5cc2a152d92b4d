"""Checks the proofs of those who sign in, and uses them up."""

import logging
from base64 import urlsafe_b64decode
from typing import NamedTuple

from turnout_command.http.sign_in_bodies import AnyProof, SignInByCode, SignInByMail, SignInByPasskey, SignInByRecovery
from turnout_command.sign_in.codes import MailPurpose
from turnout_command.sign_in.credentials import Credential, PasskeyRefused, Site
from turnout_command.sign_in.recovery import digest
from turnout_command.sign_in.short_lived import ShortLivedSecrets
from turnout_core.domain.state import State

log = logging.getLogger("turnout.sign_in")


class Proven(NamedTuple):
    """The user who has proved who they are; with a passkey, its id and counter."""

    user: str
    passkey: str = ""
    counter: int = 0


def prove(given: AnyProof, secrets: ShortLivedSecrets, state: State, site: Site, now_s: float) -> Proven | None:
    """The user whose proof it is; None if it is wrong in any way. A code or challenge is used up.

    ``state`` is the speculative one: sign the user in before it changes. ``site`` is that of the page, for passkeys.
    """
    match given:
        case SignInByRecovery(secret=secret):
            user = state.by_recovery.get(digest(secret))
            return Proven(user) if user is not None else None
        case SignInByCode(code=code):
            return _prove_code(code, secrets, state, now_s)
        case SignInByMail(address=address, code=code):
            is_right = secrets.mail_codes.redeem(MailPurpose(address), code, now_s)
            user = state.by_mail.get(address)
            return Proven(user) if is_right and user is not None else None
        case SignInByPasskey(credential=credential):
            try:
                found, used = secrets.passkeys.sign_in(site, credential, lambda name: _find(state, name), now_s)
            except PasskeyRefused as refused:
                log.info("a passkey did not sign in: %s", refused)
                return None
            return Proven(found, used.id, used.counter)


def _prove_code(code: str, secrets: ShortLivedSecrets, state: State, now_s: float) -> Proven | None:
    issuer = secrets.device_codes.redeem(code, now_s)
    if issuer is None:
        return None
    user = state.users.get(issuer.user)
    return Proven(user.id) if user is not None and user.has_session(issuer.session) else None


def _find(state: State, passkey: str) -> tuple[str, Credential] | None:
    """The user of a passkey, and its credential."""
    user = state.by_passkey.get(passkey)
    if user is None:
        return None
    found = next(each for each in state.users[user].passkeys if each.id == passkey)
    return user, Credential(found.id, urlsafe_b64decode(f"{found.key}==="), found.counter)
