"""One-time codes: device codes sign in another device, mail codes prove an address. Pure: time is an argument.

A code is in memory only, as a keyed hash, so a restart or a takeover forgets it. Each works once, for ten minutes.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final, NamedTuple

from turnout_command.sign_in.expiring import ExpiringStore

CODE_LIFETIME_S: Final = 600.0
OPEN_CODES_MAX: Final = 10_000  # of each kind: about 4 MB
MAIL_CODE_TRIES: Final = 5  # of a million codes, so that a guess succeeds once in 200,000 codes

# Without letters and digits that look alike: B 8, I L 1, O 0, S 5, Z 2. Eight of them have 37 bits.
_DEVICE_ALPHABET: Final = "ACDEFGHJKMNPQRTUVWXY34679"
_DEVICE_CHARS: Final = 8
_MAIL_DIGITS: Final = 6
_SEPARATORS: Final = re.compile(r"[\s\u00ad\u2010-\u2015\u2212_.-]+")  # people and apps type other dashes than ours
_KEY_BYTES: Final = 32


class MailPurpose(NamedTuple):
    """The use of a mail code: it signs in with ``address``, or confirms it as that of the user ``confirms``."""

    address: str
    confirms: str | None = None


class CodeIssuer(NamedTuple):
    """The user who asked for a device code, and the session in which they did.

    A code does not outlive the session: the caller refuses it once that is closed.
    """

    user: str
    session: str | int


class DeviceCodes:
    """Codes that a signed-in user types on another device. A user has at most one, the newest."""

    def __init__(self, lifetime_s: float = CODE_LIFETIME_S, most: int = OPEN_CODES_MAX) -> None:
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._issuer_of: ExpiringStore[bytes, CodeIssuer] = ExpiringStore(lifetime_s, most)
        self._digest_of: ExpiringStore[str, bytes] = ExpiringStore(lifetime_s, most)

    def __len__(self) -> int:
        return len(self._issuer_of)

    def issue(self, issuer: CodeIssuer, now_s: float) -> str:
        """A new code, such as ``ACDE-FGHJ``, which replaces the open one of the user."""
        former = self._digest_of.take(issuer.user, now_s)
        if former is not None:
            self._issuer_of.take(former, now_s)
        code = "".join(secrets.choice(_DEVICE_ALPHABET) for _ in range(_DEVICE_CHARS))
        digest = self._digest(code)
        self._issuer_of.put(digest, issuer, now_s)
        self._digest_of.put(issuer.user, digest, now_s)
        return f"{code[: _DEVICE_CHARS // 2]}-{code[_DEVICE_CHARS // 2 :]}"

    def redeem(self, code: str, now_s: float) -> CodeIssuer | None:
        """The issuer of the code, once; None for any other code. Case, hyphens and spaces do not matter.

        A hash under a secret key is looked up, so the time of the look-up says nothing about open codes.
        """
        issuer = self._issuer_of.take(self._digest(_SEPARATORS.sub("", code).upper()), now_s)
        if issuer is not None:
            self._digest_of.take(issuer.user, now_s)
        return issuer

    def _digest(self, code: str) -> bytes:
        return hmac.digest(self._key, code.encode(errors="replace"), "sha256")


@dataclass(slots=True)
class _MailCode:
    digest: bytes
    tries_left: int = MAIL_CODE_TRIES


class MailCodes:
    """Codes that a mail brings. Each purpose has at most one, the newest, which five wrong tries end."""

    def __init__(self, lifetime_s: float = CODE_LIFETIME_S, most: int = OPEN_CODES_MAX) -> None:
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._open: ExpiringStore[MailPurpose, _MailCode] = ExpiringStore(lifetime_s, most)

    def __len__(self) -> int:
        return len(self._open)

    def issue(self, purpose: MailPurpose, now_s: float) -> str:
        """A new code of six digits, which replaces the open one of ``purpose``."""
        code = f"{secrets.randbelow(10**_MAIL_DIGITS):0{_MAIL_DIGITS}}"
        self._open.put(purpose, _MailCode(self._digest(code)), now_s)
        return code

    def redeem(self, purpose: MailPurpose, code: str, now_s: float) -> bool:
        """True if ``code`` is the open code of ``purpose``, once. Spaces and hyphens do not matter."""
        given = self._digest(_SEPARATORS.sub("", code))
        found = self._open.get(purpose, now_s)
        if found is None:
            return False
        is_right = hmac.compare_digest(given, found.digest)
        found.tries_left -= 1
        if is_right or not found.tries_left:
            self._open.take(purpose, now_s)
        return is_right

    def _digest(self, code: str) -> bytes:
        return hmac.digest(self._key, code.encode(errors="replace"), "sha256")
