"""Identifies users by signed tokens, in a cookie or as a bearer token.

A token holds the id of a user and the version of their session. The secret for signatures is generated on the first
start and stored with the data. A sign-out raises the version in the journal, which invalidates all earlier tokens.
"""

import secrets
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from redis.asyncio import Redis

from turnout_core.domain.state import State, User
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Unreachable
from turnout_core.journal.unreachable import RaiseUnreachable

COOKIE: Final = "turnout_session"
COOKIE_MAX_AGE_S: Final = 400 * 24 * 3600  # the longest that browsers accept (RFC 6265bis section 5.5)
_TOKENS_CACHED: Final = 10_000  # checking a signature takes longer than looking up a dict


class Identity:
    """Issues and checks tokens."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt="turnout.session.1")
        self._cache: dict[str, tuple[str, int]] = {}

    def token(self, user: User) -> str:
        """A token for the user's present session."""
        token = self._serializer.dumps([user.id, user.session])
        return token if isinstance(token, str) else token.decode()

    def user(self, state: State, cookies: str | None, authorization: str | None) -> User | None:
        """The user of the headers ``Cookie`` and ``Authorization`` (which has precedence); None if invalid."""
        claim = self._claim(cookies, authorization)
        if claim is None:
            return None
        user = state.users.get(claim[0])
        return user if user is not None and user.session == claim[1] else None

    def claimed_user_id(self, cookies: str | None, authorization: str | None) -> str | None:
        """Id of the user of these headers, even if the session has ended; None without a genuine token."""
        claim = self._claim(cookies, authorization)
        return claim[0] if claim is not None else None

    def _claim(self, cookies: str | None, authorization: str | None) -> tuple[str, int] | None:
        token = bearer_token(authorization) or cookie_token(cookies)
        return self._read(token) if token is not None else None

    def _read(self, token: str) -> tuple[str, int] | None:
        cached = self._cache.get(token)
        if cached is not None:
            return cached
        try:
            user, session = self._serializer.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        if len(self._cache) >= _TOKENS_CACHED:
            self._cache.clear()
        self._cache[token] = (user, session)
        return user, session


def bearer_token(authorization: str | None) -> str | None:
    """The token of ``Authorization: Bearer …`` (RFC 6750 section 2.1)."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def cookie_token(cookies: str | None) -> str | None:
    """The token in a ``Cookie`` header (RFC 6265 section 5.4)."""
    for pair in (cookies or "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE and value:
            return value
    return None


async def shared_secret(valkey: Redis, keys: Keys) -> str:
    """The secret with which all services of a community sign; the first call generates it. Raises Unreachable."""
    with RaiseUnreachable():
        await valkey.set(keys.secret, secrets.token_urlsafe(32), nx=True)
        secret = await valkey.get(keys.secret)
    if not isinstance(secret, bytes):
        raise Unreachable(f"{keys.secret} cannot be read")
    return secret.decode()
