"""The settings of the provider."""

from dataclasses import dataclass, field
from typing import Final

SCOPES: Final = ("openid", "profile", "email")
GROUPS_CLAIM: Final = "groups"


@dataclass(frozen=True, slots=True)
class OidcConfig:
    """The provider and this client of it.

    Attributes:
        issuer: the address that identifies the provider; its metadata are below it.
        client_id: the name under which the provider knows this instance.
        client_secret: None for a public client, which proves itself by PKCE alone.
        scopes: what is asked for; they begin with ``openid``.
        groups_claim: the claim with the names of a person's groups.
        name: of the provider, for people.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] = SCOPES
    groups_claim: str = GROUPS_CLAIM
    name: str = ""
