"""An authenticator in software: it makes real credentials and signs real assertions (WebAuthn sections 6.3 and 6.5)."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40
_ES256 = -7


def encode(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def decode(value: str) -> bytes:
    return urlsafe_b64decode(f"{value}===")


def client_data(kind: str, challenge: str, origin: str, **more: Any) -> bytes:
    """The collected client data, which an authenticator signs for a browser (section 5.8.1)."""
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, **more}).encode()


@dataclass
class Authenticator:
    """One discoverable credential, and the counter of its signatures.

    Attributes:
        counts: False for an authenticator whose counter is always 0, as those of passkeys that are synchronised.
    """

    counts: bool = True
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: str = ""

    def create(self, options: dict[str, Any], origin: str, **more: Any) -> dict[str, Any]:
        """The response of ``navigator.credentials.create`` to ``options``, as JSON."""
        self.user_handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public_key = {1: 2, 3: _ES256, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cbor2.dumps(public_key)
        data = self._data(options["rp"]["id"], _PRESENT | _VERIFIED | _ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        signed = client_data("webauthn.create", options["challenge"], origin, **more)
        return self._response({"clientDataJSON": encode(signed), "attestationObject": encode(attestation)})

    def get(self, options: dict[str, Any], origin: str, *, rp_id: str | None = None, **more: Any) -> dict[str, Any]:
        """The response of ``navigator.credentials.get`` to ``options``, as JSON."""
        data = self._data(rp_id or options["rpId"], _PRESENT | _VERIFIED)
        signed = client_data("webauthn.get", options["challenge"], origin, **more)
        signature = self.key.sign(data + hashlib.sha256(signed).digest(), ec.ECDSA(SHA256()))
        return self._response(
            {
                "clientDataJSON": encode(signed),
                "authenticatorData": encode(data),
                "signature": encode(signature),
                "userHandle": self.user_handle,
            }
        )

    def _data(self, rp_id: str, flags: int) -> bytes:
        self.counter += self.counts
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _response(self, response: dict[str, str]) -> dict[str, Any]:
        name = encode(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": response}
