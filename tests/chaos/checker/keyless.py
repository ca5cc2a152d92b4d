"""Requests without an Idempotency-Key: those that make a recovery link, and those that sign in.

Nothing in their commits names the request. A response names the position of its commit. The commit of a lost response
belongs to a request of which an attempt has an unknown outcome, and for which the rules give the changes of the commit.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Final

import msgspec

from chaos.history.events import Request
from chaos.history.history_index import HistoryIndex
from turnout_command.http.sign_in_bodies import SignInByRecovery
from turnout_command.sign_in.recovery import digest
from turnout_core.domain.changes import Commit
from turnout_core.domain.commands import Command
from turnout_core.domain.person_commands import SetRecovery, SignIn
from turnout_core.domain.rejections import SignInFailed
from turnout_core.domain.state import State, User
from turnout_core.protocol.items import RecoveryAnswer

RECOVERY: Final = "/api/recovery"
SIGN_IN: Final = "/api/sign-in"


def makes_link(request: Request) -> bool:
    return (request.method, request.path) == ("POST", RECOVERY)


def signs_in(request: Request) -> bool:
    return (request.method, request.path) == ("POST", SIGN_IN)


def session_of(state: State, request: Request) -> str | None:
    """The session of the request's token, if it is open; that of a sign-up if the request names none."""
    user: User | None = state.users.get(request.user) if request.user is not None else None
    if user is None or not user.sessions:
        return None
    session = request.session or user.sessions[0].id
    return session if user.has_session(session) else None


def sign_in_of(state: State, request: Request, session: str, *, is_token_valid: bool = True) -> SignIn:
    """The command of a sign-in, which opens ``session``. Raises SignInFailed if its secret is nobody's."""
    proof = SignInByRecovery.model_validate_json(request.body)
    user = state.by_recovery.get(digest(proof.secret))
    if user is None:
        raise SignInFailed
    present = session_of(state, request) if is_token_valid else None
    bring = request.user if present is not None and proof.bring else None
    return SignIn(user=user, session=session, former=present or "", bring=bring)


def link_of(recovery: str) -> Command:
    return SetRecovery(recovery=recovery)


def without_secret(body: str) -> str:
    """The response that has the secret of a new link, with its digest instead, which is all that the journal has."""
    try:
        answer = msgspec.json.decode(body, type=RecoveryAnswer)
    except msgspec.MsgspecError:
        return body
    return msgspec.json.encode(RecoveryAnswer(digest(answer.secret))).decode()


class KeylessEffects:
    """Finds the requests of commits without a key. Each response, and each unknown outcome, has one commit at most.

    Args:
        gives: True if the rules give the changes of the commit for the request.
    """

    def __init__(self, index: HistoryIndex, gives: Callable[[Request, Commit], bool]) -> None:
        self._gives = gives
        self._acknowledged: dict[int, list[Request]] = defaultdict(list)
        self._open: Counter[int] = Counter()
        self._requests = {op: each for op, each in index.requests.items() if makes_link(each) or signs_in(each)}
        for op, request in self._requests.items():
            self._open[op] = len(index.unknown_outcomes.get(op, ()))
            for response in index.responses.get(op, ()):
                if response.status < 400:
                    self._acknowledged[index.seq(response.position)].append(request)

    def request_of(self, commit: Commit) -> Request | None:
        if acknowledged := self._acknowledged.get(commit.seq):
            return acknowledged[0]
        for op, attempts in self._open.items():
            if attempts > 0 and self._gives(self._requests[op], commit):
                self._open[op] -= 1
                return self._requests[op]
        return None
