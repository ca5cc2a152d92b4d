"""Identifies users by signed tokens, in a cookie or as a bearer token.

A token holds the id of a user, that of one of their sessions, and the time of its issue. The secret for signatures is
generated on the first start and stored with the data. A session is closed in the journal, which invalidates its tokens.
Earlier versions issued tokens with a number for all sessions of a user; a sign-out everywhere raises that number.
docs/decisions/0016-headers-and-tokens.md has the reasons for lifetimes, 0023-people.md those for sessions.

Cookies have no port (RFC 6265 section 8.5), so all instances on one host share them. The name of the cookie has a mark
of the instance. docs/decisions/0017-who-is-asking.md has the reasons.
"""

import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from hashlib import sha1, sha256
from typing import Final, NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer
from redis.asyncio import Redis

from turnout_core.domain.state import State, User
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Unreachable
from turnout_core.journal.unreachable import RaiseUnreachable
from turnout_core.web.signed_links import SignedLinks
from turnout_core.web.webhook_secrets import WebhookSecrets

COOKIE: Final = "turnout_session"  # the start of the name; earlier versions had no more
HOST_COOKIE: Final = "__Host-turnout_session"  # over TLS: neither a subdomain nor an http page can set it (RFC 6265bis)
TOKEN_LIFETIME_S: Final = 400 * 24 * 3600  # also the longest that browsers keep a cookie (RFC 6265bis section 5.5)
RENEW_AFTER_S: Final = 7 * 24 * 3600
UNTIMED_UNTIL_S: Final = 1_832_976_000  # 2028-02-01: 400 days after the first version that puts a time into tokens
_TOKENS_CACHED: Final = 10_000  # checking a signature takes longer than looking up a dict
_CLOCK_SKEW_S: Final = 300  # between the machines of a deployment
_SIGNATURE: Final = {"digest_method": sha256}
_FORMER_SIGNATURE: Final = {"digest_method": sha1}  # of tokens without a time
_MARK_CHARS: Final = 8  # 32 bits: enough for the instances on one host
_SECURE_SCHEMES: Final = ("https", "wss")


class Credentials(NamedTuple):
    """The headers ``Cookie`` and ``Authorization`` of a request, and its scheme.

    Attributes:
        scheme: as the nearest trusted proxy received the request.
    """

    cookies: str | None
    authorization: str | None
    scheme: str


class Claim(NamedTuple):
    """The content of a genuine token.

    Attributes:
        session: id of the session; the number in tokens of earlier versions.
        issued_s: 0 in tokens without a time.
    """

    user: str
    session: str | int
    issued_s: int


class SignedIn(NamedTuple):
    """The user of a request, and the session of its token, which is open (``Claim.session``)."""

    user: User
    session: str | int


class Identity:
    """Issues and checks tokens.

    Args:
        secret: signs the tokens.
        clock: Unix time in seconds.

    Attributes:
        webhooks: the secrets of webhooks, which follow from the same one.
        links: those that the same secret signs.
    """

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._serializer = URLSafeSerializer(
            secret, salt="turnout.session.1", signer_kwargs=_SIGNATURE, fallback_signers=[_FORMER_SIGNATURE]
        )
        self._mark = hmac.digest(secret.encode(), b"turnout.cookie.1", "sha256").hex()[:_MARK_CHARS]
        self.webhooks = WebhookSecrets(secret)
        self.links = SignedLinks(secret)
        self._clock = clock
        self._cache: dict[str, Claim] = {}

    def cookie_name(self, scheme: str) -> str:
        """The name of this instance's session cookie. Browsers accept the prefix ``__Host-`` over TLS only."""
        return f"{_former_name(scheme)}_{self._mark}"

    def former_cookies(self, credentials: Credentials) -> list[str]:
        """The names of the cookies that earlier versions of this instance set; never those of another instance."""
        return [name for name, _ in self._former_claims(credentials)]

    def token(self, user: str, session: str | int) -> str:
        """A token for this session of the user, issued now."""
        token = self._serializer.dumps([user, session, int(self._clock())])
        return token if isinstance(token, str) else token.decode()

    def signed_in(self, state: State, credentials: Credentials) -> SignedIn | None:
        """The user of a request, of whose headers ``Authorization`` has precedence; None if invalid."""
        claim = self._claim(credentials)
        if claim is None:
            return None
        user = state.users.get(claim.user)
        return SignedIn(user, claim.session) if user is not None and user.has_session(claim.session) else None

    def claimed_user_id(self, credentials: Credentials) -> str | None:
        """Id of the user of a request, even if the session has ended; None without a genuine token."""
        claim = self._claim(credentials)
        return claim.user if claim is not None else None

    def read(self, token: str) -> Claim | None:
        """The claim of a token; None if it is forged or has expired."""
        claim = self._cache.get(token)
        if claim is None:
            claim = self._verify(token)
            if claim is None:
                return None
            if len(self._cache) >= _TOKENS_CACHED:
                self._cache.clear()
            self._cache[token] = claim
        expires_s = claim.issued_s + TOKEN_LIFETIME_S if claim.issued_s else UNTIMED_UNTIL_S
        return claim if self._clock() < expires_s else None

    def has_to_renew(self, credentials: Credentials) -> bool:
        """True if the token of a request is genuine, but old, without a session, or in a former cookie.

        A token from the future, too: a clock that was ahead issued it. It is valid, since a guest has no other proof.
        """
        claim = self._claim(credentials)
        if claim is None:
            return False
        if bearer_token(credentials.authorization) is None and self._own_cookie(credentials) is None:
            return True
        if isinstance(claim.session, int):
            return True
        return not -_CLOCK_SKEW_S <= self._clock() - claim.issued_s <= RENEW_AFTER_S

    def _claim(self, credentials: Credentials) -> Claim | None:
        token = bearer_token(credentials.authorization) or self._own_cookie(credentials)
        if token is not None:
            return self.read(token)
        return next((claim for _, claim in self._former_claims(credentials)), None)

    def _own_cookie(self, credentials: Credentials) -> str | None:
        return cookie_token(credentials.cookies, self.cookie_name(credentials.scheme))

    def _former_claims(self, credentials: Credentials) -> Iterator[tuple[str, Claim]]:
        """The cookies without a mark that hold a token of this instance, and their claims.

        The one of the scheme comes first. Over TLS the plain name counts with a token without a time only, which the
        first versions issued.
        """
        if not credentials.cookies:
            return
        own = _former_name(credentials.scheme)
        for name in dict.fromkeys((own, COOKIE)):
            token = cookie_token(credentials.cookies, name)
            claim = self.read(token) if token is not None else None
            if claim is not None and (name == own or not claim.issued_s):
                yield name, claim

    def _verify(self, token: str) -> Claim | None:
        try:
            user, session, *issued_s = self._serializer.loads(token)
            return Claim(user, session, *issued_s) if issued_s else Claim(user, session, 0)
        except (BadSignature, ValueError, TypeError):
            return None


def is_secure(scheme: str) -> bool:
    """True if the browser uses TLS."""
    return scheme in _SECURE_SCHEMES


def _former_name(scheme: str) -> str:
    """The name that the session cookie had before it got a mark."""
    return HOST_COOKIE if is_secure(scheme) else COOKIE


def bearer_token(authorization: str | None) -> str | None:
    """The token of ``Authorization: Bearer …`` (RFC 6750 section 2.1)."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def cookie_token(cookies: str | None, cookie: str) -> str | None:
    """The token in a ``Cookie`` header (RFC 6265 section 5.4).

    Only spaces and tabs are stripped: another page could set a cookie whose name has other white space before the
    prefix ``__Host-``.
    """
    for pair in (cookies or "").split(";"):
        name, _, value = pair.strip(" \t").partition("=")
        if name == cookie and value:
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
