"""Checks the proofs of those who sign in, and uses them up."""

from typing import NamedTuple

from turnout_command.http.sign_in_bodies import AnyProof, SignInByRecovery
from turnout_command.sign_in.recovery import digest
from turnout_core.domain.state import State


class Proven(NamedTuple):
    """The user who has proved who they are."""

    user: str


def prove(given: AnyProof, state: State) -> Proven | None:
    """The user whose proof it is; None if it is wrong in any way.

    Args:
        given: what the request has.
        state: the speculative one; sign the user in before it changes.
    """
    match given:
        case SignInByRecovery(secret=secret):
            user = state.by_recovery.get(digest(secret))
            return Proven(user) if user is not None else None
