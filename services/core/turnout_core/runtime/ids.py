"""Ids of users, events, epochs and owners: 60 random bits in lower-case base32 (RFC 4648 section 6)."""

import secrets
from base64 import b32encode
from typing import Final

_CHARS: Final = 12


def new_id() -> str:
    """Twelve characters of ``[a-z2-7]``."""
    return b32encode(secrets.token_bytes(8)).decode().lower()[:_CHARS]
