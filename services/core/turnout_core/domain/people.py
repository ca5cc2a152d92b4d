"""People: their sessions, and the credentials on which they come back."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Final

import msgspec

FORMER_SESSION: Final = ""
"""Stands for all tokens that earlier versions issued; they have the number ``User.session`` instead of an id."""


_ACCOUNT_ID_CHARS: Final = 16  # 64 bits, among the few accounts of one user
_PUSH_ID_CHARS: Final = 22  # 128 bits in base64url: among all subscriptions of a community

NO_FORMER_TOKENS: Final = 1
"""The number ``User.session`` of those who signed up with a session: earlier versions issued them no token."""


class Session(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A device on which a user is signed in.

    Attributes:
        device: what the browser says that it is, such as ``Chrome on Android``; empty if it says nothing.
        opened_at, seen_at: ms since 1970; ``seen_at`` is exact to one day.
    """

    id: str
    device: str
    opened_at: int
    seen_at: int


class Passkey(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A WebAuthn credential (W3C Web Authentication Level 3, section 4).

    Attributes:
        id: credential id, base64url without padding; ``key`` is the public key in COSE form, likewise.
        name: of the device that made it.
        counter: the signature counter; 0 if the authenticator has none.
        added_at: ms since 1970.
    """

    id: str
    key: str
    name: str
    added_at: int
    counter: int = 0


class Account(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """An account at an OpenID Connect provider: ``issuer`` and ``subject`` identify it (OIDC Core, section 5.7).

    Attributes:
        label: what the person knows it by, such as their name there.
        added_at: ms since 1970.
    """

    issuer: str
    subject: str
    label: str
    added_at: int

    @property
    def id(self) -> str:
        """Names the account in addresses and items, which do not show what identifies it at the provider."""
        return sha256(f"{self.issuer}\0{self.subject}".encode()).hexdigest()[:_ACCOUNT_ID_CHARS]


class PushSubscription(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A browser that shows notices also while the page is closed (W3C, Push API; RFC 8291).

    Attributes:
        id: ``push_id`` of the endpoint.
        endpoint: address at the browser's push service; one who knows it, and has the VAPID key, can send there.
        key, auth: the public key ``p256dh`` and the secret ``auth`` of the browser, base64url without padding.
        session: id of the session that made it, and with which it ends (``Session.id``; ``FORMER_SESSION``).
        added_at: ms since 1970.
    """

    id: str
    endpoint: str
    key: str
    auth: str
    session: str
    added_at: int


def push_id(endpoint: str) -> str:
    """Names a subscription in addresses and items, which do not show its endpoint: the start of a SHA-256 digest."""
    return urlsafe_b64encode(sha256(endpoint.encode()).digest()).decode()[:_PUSH_ID_CHARS]
