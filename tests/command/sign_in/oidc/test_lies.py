"""Lies of a provider, or of somebody in its place, sign nobody in."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from lying_provider import (
    CLIENT_ID,
    CODE,
    ENDPOINTS,
    KEY,
    OTHER_KEY,
    LyingProvider,
    sign,
    sign_with_none,
    sign_with_public_key,
)
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from turnout_command.sign_in.oidc.account import ProviderAccount
from turnout_command.sign_in.oidc.attempts import Attempt
from turnout_command.sign_in.oidc.cached_document import FRESH_S, RETRY_S
from turnout_command.sign_in.oidc.config import OidcConfig
from turnout_command.sign_in.oidc.errors import AnswerRefused, OidcError, ProviderUnavailable
from turnout_command.sign_in.oidc.http_client import ProviderHttp
from turnout_command.sign_in.oidc.relying_party import RelyingParty

SECRET = "secret-of-turnout"

CLAIMS: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://other.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "other"},
    "another audience and our name beside it": {"aud": "other", "azp": CLIENT_ID},
    "no audience": {"aud": None},
    "many audiences without an authorized party": {"aud": ["other", CLIENT_ID]},
    "another authorized party": {"azp": "other"},
    "another nonce": {"nonce": "other"},
    "no nonce": {"nonce": None},
    "a nonce that is no text": {"nonce": ["other"]},
    "an end in the past": {"iat": 1_000_000_000, "exp": 1_000_000_060},
    "no end": {"exp": None},
    "an end that is no time": {"exp": "tomorrow"},
    "a start in the future": {"nbf": 4_000_000_000},
    "issued in the future": {"iat": 4_000_000_000, "exp": 4_000_000_060},
    "no time of issue": {"iat": None},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "an endless subject": {"sub": "a" * 256},
    "a subject that is not ASCII": {"sub": "adä"},
    "a subject that is not Unicode": {"sub": "\ud800"},
    "the hash of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}

SIGNATURES: dict[str, Callable[[dict[str, Any]], str]] = {
    "by another key of the same name": lambda claims: sign(claims, OTHER_KEY),
    "by an unknown key": lambda claims: sign(claims, OTHER_KEY, kid="unknown"),
    "by a key inside the token": lambda claims: sign(claims, OTHER_KEY, jwk=OTHER_KEY.as_dict(private=False)),
    "none": sign_with_none,
    "by the public key as a secret": sign_with_public_key,
    "cut off": lambda claims: sign(claims)[:-2],
    "not a token": lambda _: "not a token",
    "of a list": lambda _: "W10.W10.",
}

ANSWERS: dict[str, dict[str, Any]] = {
    "no ID token": {"id_token": None},
    "an ID token that is no text": {"id_token": {"sub": "ada"}},
    "no access token": {"access_token": None},
    "an error": {"error": "invalid_grant"},
    "an error that is no word": {"error": {"a": 1}},
    "a lifetime that is no number": {"expires_in": "soon"},
}

USERINFO: dict[str, dict[str, Any]] = {"of another person": {"sub": "eve"}, "of nobody": {"sub": None}}

METADATA: dict[str, dict[str, Any]] = {
    "of another issuer": {"issuer": "https://other.example"},
    "of an endless issuer": {"issuer": "a" * 99_999},
    "incomplete": {"jwks_uri": None},
    "no way to prove a secret": {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
    "where to go in the clear": {"authorization_endpoint": "http://other.example/"},
    "tokens in the clear": {"token_endpoint": "http://other.example/"},
    "keys in the clear": {"jwks_uri": "http://other.example/"},
    "people in the clear": {"userinfo_endpoint": "http://other.example/"},
    "an address that is none": {"token_endpoint": "https://[::1"},
}

LIES: dict[str, dict[str, Any]] = {
    "claims": CLAIMS,
    "sign": SIGNATURES,
    "token": ANSWERS,
    "userinfo": USERINFO,
    "metadata": METADATA,
}
FINDINGS = {
    "claims": "ID token",
    "sign": "ID token",
    "token": "ID token|access token|refused the code|token endpoint",
    "userinfo": "another person",
    "metadata": "metadata|client secret",
}


def party(liar: LyingProvider, **options: Any) -> RelyingParty:
    return RelyingParty(OidcConfig(liar.issuer, CLIENT_ID, SECRET), **options)


async def sign_in(
    liar: LyingProvider, client: RelyingParty | None = None, answer: Mapping[str, str | None] | None = None
) -> ProviderAccount:
    client, attempt = client or party(liar), Attempt("http://turnout/api/oidc/callback", "/")
    honest = liar.answer_to(await client.authorization_url(attempt))
    given = {name: value for name, value in {**honest, **(answer or {})}.items() if value is not None}
    return await client.account(attempt, given)


async def test_the_truth_signs_in(liar: LyingProvider) -> None:
    assert await sign_in(liar) == ProviderAccount(liar.issuer, "ada", ("Ada",), "ada@example.org", frozenset())


async def test_one_of_many_audiences_can_be_the_authorized_party(liar: LyingProvider) -> None:
    liar.claims.update(aud=["other", CLIENT_ID], azp=CLIENT_ID)
    assert (await sign_in(liar)).subject == "ada"


@pytest.mark.parametrize(("part", "name"), [(part, name) for part, lies in LIES.items() for name in lies])
async def test_a_lie_signs_nobody_in(liar: LyingProvider, part: str, name: str) -> None:
    lie = LIES[part][name]
    setattr(liar, part, lie)
    with pytest.raises(OidcError, match=FINDINGS[part]) as refused:
        await sign_in(liar)
    assert not any(secret in str(refused.value) for secret in (SECRET, CODE))
    assert len(str(refused.value)) < 500


async def test_the_issuer_is_the_same_to_the_letter(liar: LyingProvider) -> None:
    liar.metadata = {"issuer": f"{liar.issuer}/"}
    with pytest.raises(ProviderUnavailable, match="TURNOUT_OIDC_ISSUER"):
        await sign_in(liar)


@pytest.mark.parametrize(
    "answer",
    [
        {"iss": "https://other.example"},
        {"code": None},
        {"code": ""},
        {"error": "access_denied"},
        {"error": "a\nforged line"},
    ],
)
async def test_a_wrong_answer_of_the_browser_is_refused(liar: LyingProvider, answer: dict[str, str | None]) -> None:
    with pytest.raises(AnswerRefused) as refused:
        await sign_in(liar, answer=answer)
    assert "\n" not in str(refused.value)
    assert liar.requests["token"] == 0


async def test_a_provider_that_names_itself_has_to_do_so(liar: LyingProvider) -> None:
    assert (await sign_in(liar, answer={"iss": None})).subject == "ada"
    liar.metadata.update(authorization_response_iss_parameter_supported=True)
    with pytest.raises(AnswerRefused, match="does not say"):
        await sign_in(liar, answer={"iss": None})


async def hang(_: Request) -> Response:
    await asyncio.Event().wait()
    raise AssertionError


async def trickle(_: Request) -> Response:
    async def body() -> Any:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    return StreamingResponse(body())


async def flood(_: Request) -> Response:
    async def body() -> Any:
        while True:
            yield b" " * 65_536
            await asyncio.sleep(0)  # so that the end of the connection is noticed

    return StreamingResponse(body())


async def redirect(_: Request) -> Response:
    return RedirectResponse("http://127.0.0.1:9/")


async def break_down(_: Request) -> Response:
    return Response("{}", 500)


async def compress(_: Request) -> Response:
    return Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})


async def mumble(_: Request) -> Response:
    return Response("[7")


async def list_nothing(_: Request) -> Response:
    return Response("[]")


@pytest.mark.parametrize(
    ("reply", "finding", "timeout_s"),
    [
        (hang, "did not answer within", 0.3),
        (trickle, "did not answer within", 0.3),
        (flood, "more than 524288 bytes", 30),
        (redirect, "answered 307", 30),
        (break_down, "answered 500", 30),
        (compress, "compressed", 30),
        (mumble, "cannot be read", 30),
        (list_nothing, "cannot be read", 30),
    ],
)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_a_bad_reply_ends_soon(
    liar: LyingProvider, endpoint: str, reply: Any, finding: str, timeout_s: float
) -> None:
    liar.replies[endpoint] = reply
    with pytest.raises(ProviderUnavailable, match=finding):
        await sign_in(liar, party(liar, http=ProviderHttp(timeout_s)))


async def test_a_provider_that_is_gone_is_unavailable() -> None:
    with pytest.raises(ProviderUnavailable):
        await RelyingParty(OidcConfig("http://127.0.0.1:9", CLIENT_ID)).authorization_url(Attempt("http://x/", "/"))


async def test_the_only_key_for_signatures_needs_no_name(liar: LyingProvider) -> None:
    own = {name: value for name, value in KEY.as_dict(private=False).items() if name != "kid"}
    liar.keys = [{**OTHER_KEY.as_dict(private=False), "use": "enc"}, own]
    liar.sign = lambda claims: sign(claims, kid=None)
    assert (await sign_in(liar)).subject == "ada"


async def test_a_withdrawn_key_counts_for_an_hour_at_most(liar: LyingProvider) -> None:
    now_s = 0.0
    client = party(liar, clock=lambda: now_s)
    await sign_in(liar, client)
    liar.keys = [{**OTHER_KEY.as_dict(private=False), "kid": "second"}]
    now_s += FRESH_S
    with pytest.raises(AnswerRefused, match="no known key"):
        await sign_in(liar, client)


async def test_unknown_keys_do_not_flood_the_provider(liar: LyingProvider) -> None:
    now_s = 0.0
    client = party(liar, clock=lambda: now_s)
    liar.sign = SIGNATURES["by an unknown key"]
    for _ in range(3):
        with pytest.raises(AnswerRefused):
            await sign_in(liar, client)
    assert liar.requests["keys"] == 1
    now_s += RETRY_S
    for _ in range(3):
        with pytest.raises(AnswerRefused):
            await sign_in(liar, client)
    assert (liar.requests["keys"], liar.requests["metadata"]) == (2, 1)


async def test_a_failed_request_is_not_repeated_at_once(liar: LyingProvider) -> None:
    now_s = 0.0
    client = party(liar, clock=lambda: now_s)
    liar.replies["metadata"] = break_down
    results = await asyncio.gather(*(sign_in(liar, client) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(each, ProviderUnavailable) for each in results)
    assert liar.requests["metadata"] == 1
    del liar.replies["metadata"]
    now_s += RETRY_S
    assert (await sign_in(liar, client)).subject == "ada"
