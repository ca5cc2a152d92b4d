"""The settings of the provider, from ``TURNOUT_OIDC_*`` in the environment."""

import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from turnout_command.sign_in.oidc.addresses import is_issuer
from turnout_command.sign_in.oidc.config import GROUPS_CLAIM, SCOPES, OidcConfig
from turnout_core.runtime.settings import ServiceSettings
from turnout_core.runtime.startup import CannotStart, read_secret

_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 section 3.3


def _check_issuer(value: str) -> str:
    if value and not is_issuer(value):
        raise ValueError(
            "must be an address such as https://id.example, without a query; http is for this machine only"
        )
    return value


def _split_scopes(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _check_scopes(value: tuple[str, ...]) -> tuple[str, ...]:
    if "openid" not in value or not all(map(_SCOPE.fullmatch, value)):
        raise ValueError("must be scopes such as openid profile email, and openid among them")
    return value


class OidcSettings(ServiceSettings):
    """The settings of a service that signs people in with a provider."""

    oidc_issuer: Annotated[
        str,
        AfterValidator(_check_issuer),
        Field(
            description="issuer of the OpenID Connect provider with which people can sign in, such as "
            "https://id.example/realms/friends, as its metadata spell it; the provider sends people back to "
            "/api/oidc/callback"
        ),
    ] = ""
    oidc_client_id: Annotated[str, Field(description="name by which the provider knows this instance")] = ""
    oidc_client_secret_file: Annotated[
        Path | None,
        Field(
            description="file with the secret that the provider gave this instance; without one it is a public client"
        ),
    ] = None
    oidc_name: Annotated[
        str, Field(max_length=40, description="name of the provider on the button; by default its host")
    ] = ""
    oidc_scopes: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_split_scopes),
        AfterValidator(_check_scopes),
        Field(description="scopes to ask for, separated by commas or spaces"),
    ] = SCOPES
    oidc_groups_claim: Annotated[
        str, Field(min_length=1, description="claim with the names of a person's groups at the provider")
    ] = GROUPS_CLAIM
    moderator_group: Annotated[
        str,
        Field(
            description="group at the provider whose members moderate this instance; it is asked for at each sign-in, "
            "and a sign-in without it ends the role"
        ),
    ] = ""

    def oidc_config(self) -> OidcConfig | None:
        """The provider; None if none is set. Raises CannotStart if its settings are incomplete."""
        if not self.oidc_issuer:
            return None
        if not self.oidc_client_id:
            raise CannotStart("TURNOUT_OIDC_ISSUER is set without TURNOUT_OIDC_CLIENT_ID: the provider has both")
        file = self.oidc_client_secret_file
        return OidcConfig(
            self.oidc_issuer,
            self.oidc_client_id,
            read_secret(file) if file is not None else None,
            self.oidc_scopes,
            self.oidc_groups_claim,
            self.oidc_name or urlsplit(self.oidc_issuer).hostname or "",
        )
