"""Who somebody is: signed tokens for guests, in a cookie or as a bearer token.

A token names a user and the number of their session, signed with a secret that is made on the first start and kept with
the data. Signing out raises the number in the journal, so an old token ends everywhere, for good.
"""

import secrets
from typing import Final

from itsdangerous import BadSignature, URLSafeSerializer
from redis.asyncio import Redis
from redis.exceptions import RedisError

from turnout_core.domain.state import State, User
from turnout_core.journal.port import Unreachable

COOKIE: Final = "turnout_session"
COOKIE_MAX_AGE_S: Final = 400 * 24 * 3600  # the longest that browsers keep one (RFC 6265bis section 5.5)
SECRET_KEY: Final = "{turnout}:secret"  # noqa: S105 - the name of a key, not a secret
_TOKENS_REMEMBERED: Final = 10_000  # checking a signature costs more than a look into a dict


class Identity:
    """Makes and reads tokens."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt="turnout.session.1")
        self._known: dict[str, tuple[str, int]] = {}

    def token(self, user: User) -> str:
        token = self._serializer.dumps([user.id, user.session])
        return token if isinstance(token, str) else token.decode()

    def user(self, state: State, cookies: str | None, authorization: str | None) -> User | None:
        """The user for whom these header values (``Cookie``, ``Authorization``) speak; the latter goes first."""
        said = self._said(cookies, authorization)
        if said is None:
            return None
        user = state.users.get(said[0])
        return user if user is not None and user.session == said[1] else None

    def claimed(self, cookies: str | None, authorization: str | None) -> str | None:
        """Id of the user whom these header values name, although the session may have ended."""
        said = self._said(cookies, authorization)
        return said[0] if said is not None else None

    def _said(self, cookies: str | None, authorization: str | None) -> tuple[str, int] | None:
        token = bearer_token(authorization) or cookie_token(cookies)
        return self._read(token) if token is not None else None

    def _read(self, token: str) -> tuple[str, int] | None:
        known = self._known.get(token)
        if known is not None:
            return known
        try:
            user, session = self._serializer.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        if len(self._known) >= _TOKENS_REMEMBERED:
            self._known.clear()
        self._known[token] = (user, session)
        return user, session


def bearer_token(authorization: str | None) -> str | None:
    """The token of ``Authorization: Bearer …`` (RFC 6750 section 2.1)."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def cookie_token(cookies: str | None) -> str | None:
    """Our token in a ``Cookie`` header (RFC 6265 section 5.4)."""
    for pair in (cookies or "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE and value:
            return value
    return None


async def shared_secret(valkey: Redis) -> str:
    """The secret that every service of this Valkey signs with; the first one to ask makes it. Raises Unreachable."""
    try:
        await valkey.set(SECRET_KEY, secrets.token_urlsafe(32), nx=True)
        secret = await valkey.get(SECRET_KEY)
    except RedisError as error:
        raise Unreachable(str(error)) from error
    if not isinstance(secret, bytes):
        raise Unreachable(f"{SECRET_KEY} can not be read")
    return secret.decode()
