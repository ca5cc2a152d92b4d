"""Ids and codes: random bits in lower-case base32 (RFC 4648 section 6)."""

import secrets
from base64 import b32encode
from typing import Final

from turnout_core.domain import limits

_ID_CHARS: Final = 12


def new_id() -> str:
    """The id of a user, event, session, epoch or owner: 60 bits, twelve characters of ``[a-z2-7]``."""
    return _random(_ID_CHARS)


def new_invitation_code() -> str:
    """The secret part of an invitation link, with 130 bits, likewise."""
    return _random(limits.INVITATION_CODE_CHARS)


def _random(chars: int) -> str:
    """Each character has 5 bits."""
    return b32encode(secrets.token_bytes(chars * 5 // 8 + 1)).decode().lower()[:chars]
