"""The tokens by which an instance identifies itself to push services (VAPID, RFC 8292)."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from turnout_core.web.vapid import VapidKey

LIFETIME_S: Final = 12 * 3600  # RFC 8292 section 2: at most 24 hours
_RENEW_S: Final = LIFETIME_S // 2
_ORIGINS_CACHED: Final = 1_000


class PushTokens:
    """Signs a token for each push service, and keeps it for hours: a signature takes longer than the rest of a request.

    Args:
        contact: https or mailto address of the operator, for the push service (RFC 8292 section 2.1); empty without.
        now: Unix time in seconds.
    """

    def __init__(self, key: VapidKey, contact: str, now: Callable[[], float]) -> None:
        self._key = ECKey.import_key(key.private)
        self._public = key.public
        self._contact = contact
        self._now = now
        self._tokens: dict[str, tuple[float, str]] = {}

    def authorization(self, endpoint: str) -> str:
        """The header ``Authorization`` for a request to ``endpoint``."""
        parts = urlsplit(endpoint)
        origin, now_s = f"{parts.scheme}://{parts.netloc}", self._now()
        signed_s, token = self._tokens.get(origin, (0.0, ""))
        if not 0 <= now_s - signed_s < _RENEW_S:
            token = self._sign(origin, now_s)
            if len(self._tokens) >= _ORIGINS_CACHED:
                self._tokens.clear()
            self._tokens[origin] = now_s, token
        return f"vapid t={token}, k={self._public}"

    def _sign(self, origin: str, now_s: float) -> str:
        claims = {"aud": origin, "exp": int(now_s) + LIFETIME_S} | ({"sub": self._contact} if self._contact else {})
        return jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, self._key)
