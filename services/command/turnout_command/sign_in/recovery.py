"""The secrets of recovery links: 128 random bits, of which only a digest is stored."""

import re
import secrets
from base64 import b32encode
from hashlib import sha256
from typing import Final

_SECRET_BYTES: Final = 16
_SEPARATORS: Final = re.compile(r"[\s\u00ad\u2010-\u2015\u2212_.-]+")  # people and apps type other dashes than ours


def new_secret() -> str:
    """A secret of 26 characters ``[a-z2-7]`` (RFC 4648 section 6), which people can type from paper."""
    return b32encode(secrets.token_bytes(_SECRET_BYTES)).decode().rstrip("=").lower()


def digest(secret: str) -> str:
    """SHA-256 of a secret in hex. Case, spaces and hyphens do not matter.

    The secret has 128 random bits, so a slow hash would add nothing (NIST SP 800-63B, section 5.1.2.2). The digest is
    looked up, so the time of that says nothing about the secret.
    """
    return sha256(_SEPARATORS.sub("", secret).lower().encode(errors="replace")).hexdigest()
