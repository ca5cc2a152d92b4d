"""A browser that subscribes to push and decrypts what it gets, by RFC 8188 and RFC 8291 and no code of the sender."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from turnout_core.domain.people import PushSubscription, push_id


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class PushBrowser:
    """Its key pair on P-256, and the secret that it shares with the senders."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None, auth: bytes = b"0123456789abcdef") -> None:
        self._private = private or ec.generate_private_key(ec.SECP256R1())
        self._auth = auth

    @property
    def public(self) -> bytes:
        return _point(self._private.public_key())

    def subscription(self, endpoint: str) -> PushSubscription:
        return PushSubscription(push_id(endpoint), endpoint, encoded(self.public), encoded(self._auth), "session", 1)

    def decrypt(self, body: bytes) -> bytes:
        """The message of a single record (RFC 8188 section 2). Raises InvalidTag."""
        salt, record_size, id_size = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + id_size], body[21 + id_size :]
        assert len(record) <= record_size
        shared = self._private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        material = _derive(shared, self._auth, b"WebPush: info\0" + self.public + sender, 32)
        key = _derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(material, salt, b"Content-Encoding: nonce\0", 12)
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert padded[-1:] == b"\2", "the delimiter of the last record"
        return padded[:-1]


def _derive(material: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    return HKDF(hashes.SHA256(), size, salt, info).derive(material)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
