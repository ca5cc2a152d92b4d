"""The key for push services: the same on all instances of a community, and one that browsers accept."""

import re
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from turnout_core.runtime.startup import CannotStart
from turnout_core.web.vapid import VapidKey, check_browser_keys

PEM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def test_a_secret_has_one_key_and_another_secret_another() -> None:
    first, again, other = VapidKey.derive("a secret"), VapidKey.derive("a secret"), VapidKey.derive("b secret")
    assert first.public == again.public != other.public
    assert re.fullmatch("B[A-Za-z0-9_-]{86}", first.public)  # the byte 4 of an uncompressed point, and 64 bytes
    signature = first.private.sign(b"token", ec.ECDSA(hashes.SHA256()))
    again.private.public_key().verify(signature, b"token", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        other.private.public_key().verify(signature, b"token", ec.ECDSA(hashes.SHA256()))


def test_the_key_of_a_secret_stays_the_same_in_all_versions() -> None:
    expected = "BFILLOCUW8rNdLbZ6lSKWYiyTjgwuhiWtyeC2MaehMywvUtki2NZe5TanWuyy74btmK3fk154dRxnykwTbI-aYM"
    assert VapidKey.derive("a secret for tests").public == expected


def test_a_file_can_have_the_key(tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "key.pem"
    file.write_bytes(private.private_bytes(*PEM))
    assert VapidKey.read(file).public == VapidKey(private).public


@pytest.mark.parametrize(
    "content",
    [
        b"not a key",
        ec.generate_private_key(ec.SECP384R1()).private_bytes(*PEM),
        ed25519.Ed25519PrivateKey.generate().private_bytes(*PEM),
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
        ),
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
    ],
    ids=["text", "another curve", "another kind", "a passphrase", "a public key"],
)
def test_a_file_without_such_a_key_prevents_the_start(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    with pytest.raises(CannotStart, match=r"needs a private key on the curve P-256"):
        VapidKey.read(file)


def test_the_keys_of_a_browser_are_a_point_and_16_bytes() -> None:
    key, auth = VapidKey.derive("a browser").public, "A" * 22
    check_browser_keys(key, auth)
    assert len(urlsafe_b64decode(auth + "==")) == 16
    for wrong in (
        (key[:-1] + ("A" if key[-1] != "A" else "E"), auth),
        ("A" * 87, auth),
        (key, "A" * 21),
        (key, "A" * 24),
    ):
        with pytest.raises(ValueError, match="must be the keys"):
            check_browser_keys(*wrong)
