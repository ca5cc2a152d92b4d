"""The lifetimes of the tokens of a run: a wrong clock can make a token older than it may be."""

from collections import defaultdict

import msgspec

from chaos.history.events import Response
from chaos.history.history_index import HistoryIndex
from turnout_core.protocol.items import NewSessionAnswer
from turnout_core.web.identity import TOKEN_LIFETIME_S, Identity


class Tokens:
    """The times at which the tokens of guests were issued, by the answers to their sign-ups.

    A sign-up that was sent twice has two answers, perhaps of two times. Its client may use either token.
    """

    def __init__(self, index: HistoryIndex) -> None:
        self._issued_s: dict[str, set[int]] = defaultdict(set)
        identity = Identity(index.secret, lambda: 0.0)  # by this clock no token is too old
        for op, responses in index.responses.items():
            for response in responses if index.requests[op].user is None else ():
                claim = identity.read(_token_of(response))
                if claim is not None:
                    self._issued_s[claim.user].add(claim.issued_s)

    def validities(self, user: str | None, wall_ms: int) -> set[bool]:
        """True if the token of ``user`` is young enough at ``wall_ms``; both if that depends on which token it is."""
        if user is None or user not in self._issued_s:
            return {True}
        return {wall_ms / 1000 < issued_s + TOKEN_LIFETIME_S for issued_s in self._issued_s[user]}


def _token_of(response: Response) -> str:
    """The token in the answer to a sign-up; empty if there is none."""
    try:
        return msgspec.json.decode(response.body, type=NewSessionAnswer).token
    except msgspec.MsgspecError:
        return ""
