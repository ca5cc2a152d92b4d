"""The provider's metadata (OpenID Connect Discovery 1.0, section 3)."""

from typing import Final, Literal

import msgspec

from turnout_command.sign_in.oidc.addresses import is_secure
from turnout_command.sign_in.oidc.errors import ProviderUnavailable

WELL_KNOWN: Final = "/.well-known/openid-configuration"

_SHOWN_CHARS: Final = 200  # of an address in the log

ClientAuthentication = Literal["client_secret_basic", "client_secret_post", "none"]


class ProviderMetadata(msgspec.Struct, frozen=True):
    """The part of the metadata that a sign-in uses. The names are those of the specification."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    def client_authentication(self, *, has_secret: bool) -> ClientAuthentication:
        """The method by which this client proves itself at the token endpoint. Raises ProviderUnavailable."""
        if not has_secret:
            return "none"
        for method in ("client_secret_basic", "client_secret_post"):
            if method in self.token_endpoint_auth_methods_supported:
                return method
        raise ProviderUnavailable("the provider takes a client secret neither by basic authentication nor in a form")


def parse_metadata(document: bytes, issuer: str) -> ProviderMetadata:
    """The metadata in ``document``. Raises ProviderUnavailable if they are not those of ``issuer``, or not secure.

    The issuer has to be the same to the letter, or else one provider could speak for another (section 4.3).
    """
    try:
        metadata = msgspec.json.decode(document, type=ProviderMetadata)
    except msgspec.DecodeError as error:
        raise ProviderUnavailable(f"the provider's metadata cannot be read: {error}") from error
    if metadata.issuer != issuer:
        named = metadata.issuer[:_SHOWN_CHARS]
        raise ProviderUnavailable(f"the provider's metadata name {named!r}, and TURNOUT_OIDC_ISSUER is {issuer!r}")
    endpoints = (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri)
    for endpoint in (*endpoints, *filter(None, [metadata.userinfo_endpoint])):
        if not is_secure(endpoint):
            raise ProviderUnavailable(
                f"the provider's metadata name an address that is not https: {endpoint[:_SHOWN_CHARS]!r}"
            )
    return metadata
