"""The lifetimes of the tokens of a run: a wrong clock can make a token older than it may be."""

from collections import defaultdict

import msgspec

from chaos.checker.expect import gives_token
from chaos.history.events import Response
from chaos.history.history_index import HistoryIndex
from turnout_core.protocol.items import NewSessionAnswer
from turnout_core.web.identity import TOKEN_LIFETIME_S, Identity


class Tokens:
    """The times at which the tokens of people were issued, by the answers to their sign-ups and sign-ins.

    People may have several: one of each device, and one of each answer if a sign-up was sent twice.
    """

    def __init__(self, index: HistoryIndex) -> None:
        self._issued_s: dict[str, set[int]] = defaultdict(set)
        identity = Identity(index.secret, lambda: 0.0)  # by this clock no token is too old
        for op, responses in index.responses.items():
            for response in responses if gives_token(index.requests[op]) else ():
                claim = identity.read(_token_of(response))
                if claim is not None:
                    self._issued_s[claim.user].add(claim.issued_s)

    def validities(self, user: str | None, wall_ms: int) -> set[bool]:
        """True if the token of ``user`` is young enough at ``wall_ms``; both if that depends on which token it is."""
        if user is None or user not in self._issued_s:
            return {True}
        return {wall_ms / 1000 < issued_s + TOKEN_LIFETIME_S for issued_s in self._issued_s[user]}


def _token_of(response: Response) -> str:
    """The token in the answer to a sign-up or a sign-in; empty if there is none."""
    try:
        return msgspec.json.decode(response.body, type=NewSessionAnswer).token
    except msgspec.MsgspecError:
        return ""
