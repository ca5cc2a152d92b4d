"""The port of a provider of OpenID Connect, as sign-ins use it."""

from collections.abc import Mapping
from typing import Protocol

from turnout_command.sign_in.oidc.account import ProviderAccount
from turnout_command.sign_in.oidc.attempts import Attempt
from turnout_command.sign_in.oidc.config import OidcConfig


class Provider(Protocol):
    """One provider. Its calls may run at the same time in any order, and each ends within some ten seconds.

    Attributes:
        config: of the provider and of this client of it.
    """

    config: OidcConfig

    async def authorization_url(self, attempt: Attempt) -> str:
        """The address at the provider to which the browser goes. Raises ProviderUnavailable."""

    async def account(self, attempt: Attempt, answer: Mapping[str, str]) -> ProviderAccount:
        """The account of the person who has signed in at the provider.

        Args:
            attempt: to which the answer belongs.
            answer: the query of the redirect from the provider; its state is that of ``attempt``.

        Raises:
            AnswerRefused: the provider or the person has refused, or the answer is not genuine.
            ProviderUnavailable: the provider does not answer.
        """
