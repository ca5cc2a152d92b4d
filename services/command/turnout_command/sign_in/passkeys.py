"""Passkeys: discoverable credentials of WebAuthn (W3C, Web Authentication Level 3). Pure: time is an argument.

A page fetches options with a challenge, an authenticator signs them, and the page sends the result. A challenge works
once, within five minutes. It is in memory only, so a restart or a takeover forgets it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    parse_client_data_json,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from turnout_command.sign_in.credentials import Credential, PasskeyRefused, Site
from turnout_command.sign_in.expiring import ExpiringStore

CHALLENGE_LIFETIME_S: Final = 300.0
CHALLENGES_MAX: Final = 10_000  # about 2 MB
CREDENTIAL_ID_MAX_BYTES: Final = 1_023  # WebAuthn section 7.1, step 25
PUBLIC_KEY_MAX_BYTES: Final = 1_024  # an RSA key of 4,096 bits has about 530

_REASON_MAX_CHARS: Final = 200  # the library quotes what the client sent
_NAME: Final = "Turnout"  # as the authenticator shows the site, beside its domain

T = TypeVar("T")


class Passkeys:
    """Makes options with challenges, and verifies the credentials that answer them."""

    def __init__(self, lifetime_s: float = CHALLENGE_LIFETIME_S, most: int = CHALLENGES_MAX) -> None:
        self._user_of: ExpiringStore[bytes, str] = ExpiringStore(lifetime_s, most)  # "" for a sign-in
        self._timeout_ms = int(lifetime_s * 1_000)

    def registration_options(self, site: Site, user: str, name: str, present: Iterable[str], now_s: float) -> str:
        """Options of ``navigator.credentials.create`` as JSON.

        The authenticator verifies the user if it can, attests nothing, and refuses if it has one of the ``present``
        credentials (ids) already.
        """
        options = generate_registration_options(
            rp_id=site.id,
            rp_name=_NAME,
            user_id=user.encode(),
            user_name=name,
            timeout=self._timeout_ms,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in present],
        )
        self._user_of.put(options.challenge, user, now_s)
        return options_to_json(options)

    def sign_in_options(self, site: Site, now_s: float) -> str:
        """Options of ``navigator.credentials.get`` as JSON. They name no credential, so they tell nothing."""
        options = generate_authentication_options(
            rp_id=site.id, timeout=self._timeout_ms, user_verification=UserVerificationRequirement.PREFERRED
        )
        self._user_of.put(options.challenge, "", now_s)
        return options_to_json(options)

    def register(self, site: Site, user: str, response: Mapping[str, Any], now_s: float) -> Credential:
        """The new credential of ``user``, verified (section 7.1). Raises PasskeyRefused."""
        challenge = self._take_challenge(response, user, now_s)
        found = _verify(
            lambda: verify_registration_response(
                credential=dict(response),
                expected_challenge=challenge,
                expected_rp_id=site.id,
                expected_origin=site.origin,
            )
        )
        if (
            len(found.credential_id) > CREDENTIAL_ID_MAX_BYTES
            or len(found.credential_public_key) > PUBLIC_KEY_MAX_BYTES
        ):
            raise PasskeyRefused("the credential is too large")
        # The library decodes the key at the first sign-in only, which would be too late.
        _verify(lambda: decoded_public_key_to_cryptography(decode_credential_public_key(found.credential_public_key)))
        return Credential(bytes_to_base64url(found.credential_id), found.credential_public_key, found.sign_count)

    def sign_in(
        self,
        site: Site,
        response: Mapping[str, Any],
        find: Callable[[str], tuple[str, Credential] | None],
        now_s: float,
    ) -> tuple[str, Credential]:
        """The user who signs in, and their credential with its new counter (section 7.2).

        ``find`` returns the user and the credential of an id, or None. A counter that does not increase is refused,
        since the authenticator may be a copy (step 22). Raises PasskeyRefused.
        """
        challenge = self._take_challenge(response, "", now_s)
        found = find(str(response.get("id")))
        if found is None:
            raise PasskeyRefused("the credential is unknown")
        user, credential = found
        if _verify(lambda: base64url_to_bytes(response["response"]["userHandle"])) != user.encode():  # step 6
            raise PasskeyRefused("the credential belongs to another user")
        verified = _verify(
            lambda: verify_authentication_response(
                credential=dict(response),
                expected_challenge=challenge,
                expected_rp_id=site.id,
                expected_origin=site.origin,
                credential_public_key=credential.public_key,
                credential_current_sign_count=credential.counter,
            )
        )
        return user, credential._replace(counter=verified.new_sign_count)

    def _take_challenge(self, response: Mapping[str, Any], user: str, now_s: float) -> bytes:
        """The challenge that ``response`` answers, which no other response can answer any more."""
        client_data = _verify(
            lambda: parse_client_data_json(base64url_to_bytes(response["response"]["clientDataJSON"]))
        )
        if client_data.cross_origin:
            raise PasskeyRefused("the page is embedded in a page of another origin")
        if self._user_of.take(client_data.challenge, now_s) != user:
            raise PasskeyRefused("the challenge is unknown, used, too old, or of another ceremony")
        return client_data.challenge


def _verify(run: Callable[[], T]) -> T:
    """Runs a step of the library on data of a client. Raises PasskeyRefused."""
    try:
        return run()
    except Exception as error:  # malformed CBOR, JSON, keys and signatures raise far more than the library documents
        raise PasskeyRefused(str(error)[:_REASON_MAX_CHARS] or type(error).__name__) from error
