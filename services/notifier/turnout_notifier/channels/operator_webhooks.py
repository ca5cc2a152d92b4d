"""The webhooks of the operator, who lists them in a file."""

from base64 import b32encode, b64decode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from turnout_core.domain.push_endpoints import check_endpoint
from turnout_core.runtime.startup import CannotStart, read_secret

_ID_CHARS: Final = 12
_PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = range(24, 65)  # Standard Webhooks, "Symmetric"


class SignedTarget(NamedTuple):
    """Where deliveries go, and the secret that signs them (``whsec_`` and base64)."""

    url: str
    secret: str


def read_operator_webhooks(file: Path, *, allows_private: bool) -> Mapping[str, SignedTarget]:
    """The webhooks in ``file`` by their ids, which follow from the addresses.

    A line has an address, a space and a secret. Empty lines, and those that begin with ``#``, do not count.

    Raises CannotStart if the file cannot be read, or has another line. The message has neither address nor secret.
    """
    found: dict[str, SignedTarget] = {}
    for number, line in enumerate(read_secret(file).splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            url, _, secret = line.strip().partition(" ")
            try:
                check_endpoint(url, allows_private=allows_private)
                _check_secret(secret.strip())
            except ValueError as error:
                raise CannotStart(f"line {number} of the webhooks in {file} is not valid: {error}") from None
            found[_id_of(url)] = SignedTarget(url, secret.strip())
    return found


def _check_secret(secret: str) -> None:
    key = secret.removeprefix(_PREFIX)
    try:
        size = len(b64decode(key, validate=True))
    except ValueError:
        size = 0
    if key == secret or size not in _SECRET_BYTES:
        raise ValueError("the secret must be whsec_ and 24 to 64 bytes in base64, after a space")


def _id_of(url: str) -> str:
    """60 bits: it tells the few webhooks of an operator apart, and from those of organizers."""
    return b32encode(sha256(url.encode()).digest()).decode().lower()[:_ID_CHARS]
