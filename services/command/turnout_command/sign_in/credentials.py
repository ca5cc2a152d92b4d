"""The credentials of passkeys, without the library that verifies them."""

from typing import NamedTuple

from turnout_core.runtime.origins import Origin


class PasskeyRefused(Exception):
    """The credential is not valid here. The message is for the log, and no client gets it."""


class Site(NamedTuple):
    """The relying party, as the page sees it: its origin, and as its id the host of that."""

    origin: str
    id: str

    @classmethod
    def of(cls, origin: Origin) -> "Site":
        return cls(str(origin), origin.host)


class Credential(NamedTuple):
    """The part of a passkey that signs in: all but its name.

    Attributes:
        id: in base64url, as browsers send it.
        public_key: COSE (RFC 9052).
        counter: of signatures, as of the last one; 0 for ever with authenticators that do not count.
    """

    id: str
    public_key: bytes
    counter: int
