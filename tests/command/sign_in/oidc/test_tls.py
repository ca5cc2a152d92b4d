"""A provider is known by its certificate, from an authority that the machine trusts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from lying_provider import CLIENT_ID, running_lying_provider

from turnout_command.sign_in.oidc import http_client
from turnout_command.sign_in.oidc.attempts import Attempt
from turnout_command.sign_in.oidc.config import OidcConfig
from turnout_command.sign_in.oidc.errors import ProviderUnavailable
from turnout_command.sign_in.oidc.relying_party import RelyingParty


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """An authority that the machine trusts."""
    authority, file = trustme.CA(), tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    http_client._tls.cache_clear()
    yield authority
    http_client._tls.cache_clear()


async def begin(authority: trustme.CA, tmp_path: Path, name: str = "127.0.0.1") -> str:
    file = tmp_path / "server.pem"
    authority.issue_cert(name).private_key_and_cert_chain_pem.write_to_path(file)
    async with running_lying_provider(str(file)) as provider:
        party = RelyingParty(OidcConfig(provider.issuer, CLIENT_ID))
        return await party.authorization_url(Attempt("http://turnout/api/oidc/callback", "/"))


async def test_a_certificate_of_a_trusted_authority_is_accepted(trusted: trustme.CA, tmp_path: Path) -> None:
    assert (await begin(trusted, tmp_path)).startswith("https://127.0.0.1:")


async def test_a_certificate_of_another_authority_is_refused(trusted: trustme.CA, tmp_path: Path) -> None:
    with pytest.raises(ProviderUnavailable):
        await begin(trustme.CA(), tmp_path)


async def test_a_certificate_of_another_name_is_refused(trusted: trustme.CA, tmp_path: Path) -> None:
    with pytest.raises(ProviderUnavailable):
        await begin(trusted, tmp_path, "other.example")
