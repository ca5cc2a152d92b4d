"""The key with which an instance identifies itself to push services (VAPID, RFC 8292), and the keys of browsers.

The private key follows from the secret of the instance: all services have the same one, and nobody has to make it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from turnout_core.runtime.startup import CannotStart, read_secret

_INFO: Final = b"turnout.vapid.1"
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SP 800-186)
_SEED_BYTES: Final = 40  # 64 bits more than a scalar has, so that none is likelier (FIPS 186-5, appendix A.2.1)
_AUTH_BYTES: Final = 16  # RFC 8291 section 3.2


class VapidKey:
    """A key pair on the curve P-256.

    Attributes:
        private: signs the tokens for push services.
        public: the uncompressed point in base64url without padding: the ``applicationServerKey`` of browsers.
    """

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self.private = private
        point = private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.public = urlsafe_b64encode(point).rstrip(b"=").decode()

    @classmethod
    def derive(cls, secret: str) -> "VapidKey":
        """The key that follows from the secret of an instance (HKDF, RFC 5869)."""
        seed = HKDF(hashes.SHA256(), _SEED_BYTES, salt=None, info=_INFO).derive(secret.encode())
        scalar = int.from_bytes(seed, "big") % (_ORDER - 1) + 1
        return cls(ec.derive_private_key(scalar, ec.SECP256R1()))

    @classmethod
    def read(cls, file: Path) -> "VapidKey":
        """The key in a PEM file. Raises CannotStart if it cannot be read, or is no private key on P-256."""
        try:
            key = serialization.load_pem_private_key(read_secret(file).encode(), password=None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise CannotStart(
                f"{file} has no key for push: it needs a private key on the curve P-256, in PEM and without a "
                "passphrase; `openssl ecparam -name prime256v1 -genkey -noout` makes one"
            )
        return cls(key)


def check_browser_keys(key: str, auth: str) -> None:
    """Raises ValueError unless messages can be encrypted for these keys of a browser (RFC 8291 section 3.1)."""
    try:
        point = urlsafe_b64decode(key + "=" * (-len(key) % 4))
        secret = urlsafe_b64decode(auth + "=" * (-len(auth) % 4))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise ValueError("must be the keys of a push subscription") from None
    if len(secret) != _AUTH_BYTES:
        raise ValueError("must be the keys of a push subscription")
