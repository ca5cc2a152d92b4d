"""Verifies ID tokens (OpenID Connect Core 1.0, sections 3.1.3.7 and 2)."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from turnout_command.sign_in.oidc.errors import AnswerRefused, ProviderUnavailable

LEEWAY_S: Final = 60  # between the clocks of the provider and of this machine
SUBJECT_MAX_CHARS: Final = 255  # section 2, "sub"

# Signatures by keys that only the provider has: never "none", and no HMAC (RFC 8725 section 3.1).
_ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519",
)  # fmt: skip
_REGISTRY: Final = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)


class UnknownKey(AnswerRefused):
    """No known key of the provider has made the signature. The provider may have new keys."""


def parse_keys(document: bytes) -> KeySet:
    """The provider's keys for signatures (RFC 7517 sections 4.2 and 5). Raises ProviderUnavailable."""
    try:
        keys = [key for key in msgspec.json.decode(document)["keys"] if key.get("use", "sig") == "sig"]
        return KeySet.import_key_set({"keys": keys})
    except (JoseError, msgspec.DecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ProviderUnavailable(f"the provider's keys cannot be read ({type(error).__name__})") from error


def verify(
    token: object,
    keys: KeySet,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    clock: Callable[[], float] = time.time,
) -> Mapping[str, Any]:
    """The claims of an ID token, if the provider has issued it now, for this client and this sign-in.

    Args:
        token: as the token endpoint returned it.
        keys: of the provider.
        issuer: of the provider.
        client_id: of this instance.
        nonce: that this sign-in has sent.
        access_token: came with the token, and has to have its hash if that has one.
        clock: Unix time in seconds.

    Raises:
        UnknownKey: the signature is by none of the ``keys``.
        AnswerRefused: the token is not valid.
    """
    if not isinstance(token, str):
        raise AnswerRefused("the provider returned no ID token; the scopes need openid")
    try:
        decoded = jwt.decode(token, keys, registry=_REGISTRY)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": issuer},
                "aud": {"essential": True, "value": client_id},
                "sub": {"essential": True},
            },
            {"nonce": nonce, "client_id": client_id, "access_token": access_token},
        )
        claims.validate(now=int(clock()), leeway=LEEWAY_S)
    except (InvalidKeyIdError, BadSignatureError) as error:
        raise UnknownKey(f"the ID token's signature is by no known key of the provider ({error.error})") from error
    except JoseError as error:
        raise AnswerRefused(f"the ID token is not valid ({_reason(error)})") from error
    except (ValueError, TypeError) as error:
        raise AnswerRefused(f"the ID token cannot be read ({type(error).__name__})") from error
    if len(claims["sub"]) > SUBJECT_MAX_CHARS or not claims["sub"].isascii():
        raise AnswerRefused("the ID token's subject is too long, or not ASCII")
    return dict(claims)


def _reason(error: JoseError) -> str:
    """The fault in words of the library alone, since its messages repeat parts of the token."""
    return f"{error.error}: {error.claim}" if isinstance(error, ClaimError) else error.error
