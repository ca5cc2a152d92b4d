"""Signing in with a real provider: npm oidc-provider, its login and its consent."""

import pytest
from oidc_provider import CALLBACK, SECRET, OidcProvider, query_of, sign_in_at_provider

from turnout_command.sign_in.oidc.account import ProviderAccount
from turnout_command.sign_in.oidc.attempts import Attempt
from turnout_command.sign_in.oidc.cached_document import FRESH_S, RETRY_S
from turnout_command.sign_in.oidc.config import OidcConfig
from turnout_command.sign_in.oidc.errors import AnswerRefused
from turnout_command.sign_in.oidc.relying_party import RelyingParty

ADA = {"name": "Ada Lovelace", "email": "ada@example.org", "email_verified": True, "groups": ["organizers", "staff"]}


def config(provider: OidcProvider, client_id: str = "basic") -> OidcConfig:
    secret = None if client_id == "public" else SECRET
    return OidcConfig(provider.issuer, client_id, secret, ("openid", "profile", "email", "groups"))


async def sign_in(party: RelyingParty, login: str = "ada") -> ProviderAccount:
    attempt = Attempt(redirect_uri=CALLBACK, back="/")
    answer = query_of(await sign_in_at_provider(await party.authorization_url(attempt), login))
    assert answer["state"] == attempt.state
    return await party.account(attempt, answer)


@pytest.mark.parametrize("client_id", ["basic", "post", "public"])
async def test_a_person_signs_in(provider: OidcProvider, client_id: str) -> None:
    provider.set_person("ada", **ADA)
    account = await sign_in(RelyingParty(config(provider, client_id)))
    assert account == ProviderAccount(
        provider.issuer, "ada", ("Ada Lovelace",), "ada@example.org", frozenset({"organizers", "staff"})
    )


async def test_a_mail_that_is_not_verified_does_not_count(provider: OidcProvider) -> None:
    provider.set_person("ada", **{**ADA, "email_verified": False})
    assert (await sign_in(RelyingParty(config(provider)))).mail is None


async def test_a_wrong_secret_is_refused(provider: OidcProvider) -> None:
    with pytest.raises(AnswerRefused, match="invalid_client"):
        await sign_in(RelyingParty(OidcConfig(provider.issuer, "basic", "another")))


async def test_a_code_works_once_and_with_its_verifier_only(provider: OidcProvider) -> None:
    party = RelyingParty(config(provider))
    attempt, another = Attempt(CALLBACK, "/"), Attempt(CALLBACK, "/")
    answer = query_of(await sign_in_at_provider(await party.authorization_url(attempt), "ada"))
    with pytest.raises(AnswerRefused, match="invalid_grant"):
        await party.account(another, answer)
    attempt = Attempt(CALLBACK, "/")
    answer = query_of(await sign_in_at_provider(await party.authorization_url(attempt), "ada"))
    assert (await party.account(attempt, answer)).subject == "ada"
    with pytest.raises(AnswerRefused, match="invalid_grant"):
        await party.account(attempt, answer)


async def test_new_keys_of_the_provider_are_fetched(provider: OidcProvider) -> None:
    now_s = 0.0
    party = RelyingParty(config(provider), clock=lambda: now_s)
    assert (await sign_in(party)).subject == "ada"
    provider.rotate_keys()
    now_s += RETRY_S
    assert (await sign_in(party)).subject == "ada"
    now_s += FRESH_S
    assert (await sign_in(party)).subject == "ada"
