"""The flow of a sign-in: to the provider with a request, back with a code, and the code for an account."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote_plus

import httpx2
import msgspec
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc.jwk import KeySet

from turnout_command.sign_in.oidc.account import ProviderAccount, account_of
from turnout_command.sign_in.oidc.attempts import Attempt
from turnout_command.sign_in.oidc.authorization_answer import code_of, error_word
from turnout_command.sign_in.oidc.cached_document import CachedDocument
from turnout_command.sign_in.oidc.config import OidcConfig
from turnout_command.sign_in.oidc.errors import AnswerRefused, ProviderUnavailable
from turnout_command.sign_in.oidc.http_client import ProviderHttp
from turnout_command.sign_in.oidc.id_token import UnknownKey, parse_keys, verify
from turnout_command.sign_in.oidc.metadata import WELL_KNOWN, ProviderMetadata, parse_metadata
from turnout_command.sign_in.oidc.provider import Provider

_CHALLENGE_METHOD: Final = "S256"  # RFC 7636 section 4.2


class RelyingParty(Provider):
    """This instance as a client of one provider. It requests metadata and keys when they are needed.

    Args:
        clock: seconds that never go back.
        wall_clock: Unix time in seconds.
        http: makes the requests.
    """

    def __init__(
        self,
        config: OidcConfig,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
        http: ProviderHttp | None = None,
    ) -> None:
        self.config = config
        self._wall_clock = wall_clock
        self._http = http or ProviderHttp()
        self._metadata = CachedDocument(self._fetch_metadata, clock)
        self._keys = CachedDocument(self._fetch_keys, clock)

    async def authorization_url(self, attempt: Attempt) -> str:
        metadata = await self._metadata.get()
        async with self._client(attempt, metadata) as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=attempt.state,
                code_verifier=attempt.code_verifier,
                nonce=attempt.nonce,
            )
        return str(url)

    async def account(self, attempt: Attempt, answer: Mapping[str, str]) -> ProviderAccount:
        metadata = await self._metadata.get()
        token = await self._redeem(attempt, metadata, code_of(answer, metadata))
        access_token = token.get("access_token")
        if not isinstance(access_token, str):
            raise AnswerRefused("the provider returned no access token")
        claims = await self._verify(attempt, token.get("id_token"), access_token)
        userinfo = await self._userinfo(metadata, access_token, claims["sub"])
        return account_of(metadata.issuer, claims, userinfo, self.config.groups_claim)

    def _client(self, attempt: Attempt, metadata: ProviderMetadata) -> AsyncOAuth2Client:
        """A client for one attempt, since it remembers the token."""
        config = self.config
        return AsyncOAuth2Client(
            config.client_id,
            config.client_secret,
            token_endpoint_auth_method=metadata.client_authentication(has_secret=config.client_secret is not None),
            scope=" ".join(config.scopes),
            redirect_uri=attempt.redirect_uri,
            code_challenge_method=_CHALLENGE_METHOD,
            **self._http.client_options(),
        )

    async def _redeem(self, attempt: Attempt, metadata: ProviderMetadata, code: str) -> Mapping[str, Any]:
        """The response of the token endpoint (RFC 6749 section 4.1.3)."""
        try:
            async with self._http.exchange("the code for a token"), self._client(attempt, metadata) as client:
                token: Mapping[str, Any] = await client.fetch_token(
                    metadata.token_endpoint,
                    code=code,
                    code_verifier=attempt.code_verifier,
                    auth=self._basic_authentication(client),
                )
        except AuthlibBaseError as error:
            raise AnswerRefused(f"the provider refused the code: {error_word(error.error)}") from error
        except (ValueError, TypeError, AttributeError) as error:
            raise ProviderUnavailable(
                f"the token endpoint's response cannot be read ({type(error).__name__})"
            ) from error
        return token

    def _basic_authentication(self, client: AsyncOAuth2Client) -> httpx2.BasicAuth | None:
        """Encodes id and secret as RFC 6749 section 2.3.1 demands; the library does not. None for other methods."""
        if client.token_endpoint_auth_method != "client_secret_basic":  # noqa: S105 - no secret
            return None
        return httpx2.BasicAuth(quote_plus(self.config.client_id), quote_plus(self.config.client_secret or ""))

    async def _verify(self, attempt: Attempt, id_token: object, access_token: str) -> Mapping[str, Any]:
        """The claims of the ID token. An unknown key has the provider's keys fetched again, since they rotate."""

        def verify_with(keys: KeySet) -> Mapping[str, Any]:
            return verify(
                id_token,
                keys,
                issuer=self.config.issuer,
                client_id=self.config.client_id,
                nonce=attempt.nonce,
                access_token=access_token,
                clock=self._wall_clock,
            )

        keys = await self._keys.get()
        try:
            return verify_with(keys)
        except UnknownKey:
            newer = await self._keys.get_newer(keys)
            if newer is keys:
                raise
            return verify_with(newer)

    async def _userinfo(self, metadata: ProviderMetadata, access_token: str, subject: str) -> Mapping[str, Any]:
        """Further claims: many providers put no name into the ID token (OpenID Connect Core 1.0, section 5.4)."""
        if metadata.userinfo_endpoint is None:
            return {}
        document = await self._http.fetch(
            metadata.userinfo_endpoint, "what the provider tells of the person", access_token
        )
        try:
            claims = msgspec.json.decode(document, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise ProviderUnavailable("what the provider tells of the person cannot be read") from error
        if claims.get("sub") != subject:
            raise AnswerRefused("the provider tells of another person than the ID token does")  # section 5.3.2
        return claims

    async def _fetch_metadata(self) -> ProviderMetadata:
        address = self.config.issuer.removesuffix("/") + WELL_KNOWN
        return parse_metadata(await self._http.fetch(address, "the provider's metadata"), self.config.issuer)

    async def _fetch_keys(self) -> KeySet:
        return parse_keys(await self._http.fetch((await self._metadata.get()).jwks_uri, "the provider's keys"))
