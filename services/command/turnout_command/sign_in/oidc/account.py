"""Accounts at the provider: what its claims say of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

NAME_CLAIMS: Final = ("name", "preferred_username")


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """A person's account at a provider. Issuer and subject together identify it for ever; nothing else does.

    Attributes:
        names: by which the provider calls the person, the best first; not checked by the rules of names here.
        mail: an address that the provider has verified.
        groups: the names of the person's groups.
    """

    issuer: str
    subject: str
    names: tuple[str, ...] = ()
    mail: str | None = None
    groups: frozenset[str] = frozenset()


def account_of(
    issuer: str, id_token: Mapping[str, Any], userinfo: Mapping[str, Any], groups_claim: str
) -> ProviderAccount:
    """The account that the claims describe. The ID token has precedence over the claims of ``userinfo``."""
    sources = (id_token, userinfo)
    names = (source.get(claim) for claim in NAME_CLAIMS for source in sources)
    mails = (_verified_mail(source) for source in sources)
    groups = next((source[groups_claim] for source in sources if groups_claim in source), ())
    return ProviderAccount(
        issuer,
        id_token["sub"],
        tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name.strip())),
        next(filter(None, mails), None),
        _as_groups(groups),
    )


def _verified_mail(claims: Mapping[str, Any]) -> str | None:
    """The address, if the same source says that the provider has verified it."""
    mail = claims.get("email")
    return mail if isinstance(mail, str) and mail and claims.get("email_verified") is True else None


def _as_groups(value: object) -> frozenset[str]:
    """Providers send a list, or one name alone."""
    if isinstance(value, str):
        return frozenset({value})
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()
