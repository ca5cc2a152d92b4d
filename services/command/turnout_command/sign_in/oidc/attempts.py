"""Sign-ins that have begun: what the browser has to bring back from the provider."""

import hmac
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from turnout_command.sign_in.expiring import ExpiringStore

LIFETIME_S: Final = 600.0  # enough to type a password and a second factor at the provider
ATTEMPTS_MAX: Final = 10_000  # some 20 MB with the longest addresses
_SECRET_BYTES: Final = 32
BROWSER_CHARS: Final = 43  # of ``_SECRET_BYTES`` in base64url (RFC 4648 section 5)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that has begun.

    Attributes:
        state: names it in the redirects (RFC 6749 section 10.12).
        nonce: has to be in the ID token (OpenID Connect Core 1.0, section 15.5.2).
        code_verifier: proves to the provider that the same client asks for the token (RFC 7636).
        redirect_uri: to which the provider sends the browser.
        back: the path of the page to which the browser returns at last.
        brings_guest: True if the events and seats of the browser's guest come along.
    """

    redirect_uri: str
    back: str
    brings_guest: bool = False
    state: str = field(default_factory=lambda: secrets.token_urlsafe(_SECRET_BYTES), repr=False)
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(_SECRET_BYTES), repr=False)
    code_verifier: str = field(default_factory=lambda: secrets.token_urlsafe(_SECRET_BYTES), repr=False)


def new_browser() -> str:
    """A secret that binds attempts to one browser, which keeps it in a cookie."""
    return secrets.token_urlsafe(_SECRET_BYTES)


class Attempts:
    """The attempts of the last ten minutes, in memory. Each succeeds at most once, in the browser that has begun it.

    Beyond ``ATTEMPTS_MAX`` the oldest goes. Times are seconds of any clock that never goes back.
    """

    def __init__(self) -> None:
        self._by_state: ExpiringStore[str, tuple[Attempt, bytes]] = ExpiringStore(LIFETIME_S, ATTEMPTS_MAX)

    def add(self, attempt: Attempt, browser: str, now_s: float) -> None:
        """Remembers ``attempt`` of the browser that has the secret ``browser``."""
        self._by_state.put(attempt.state, (attempt, _hash(browser)), now_s)

    def take(self, state: str, browser: str, now_s: float) -> Attempt | None:
        """Removes and returns the attempt; None if it is unknown, over, used, or of another browser.

        That of another browser stays, so that nobody can end the sign-in of somebody else.
        """
        found = self._by_state.get(state, now_s)
        if found is None or not hmac.compare_digest(found[1], _hash(browser)):
            return None
        self._by_state.take(state, now_s)
        return found[0]


def _hash(browser: str) -> bytes:
    return sha256(browser.encode()).digest()
