"""Reasons for which a sign-in with a provider fails."""


class OidcError(Exception):
    """A sign-in with the provider failed. The message is for the log of the operator, and holds no secret."""


class ProviderUnavailable(OidcError):
    """The provider does not answer, or answers something that is no answer."""


class AnswerRefused(OidcError):
    """The answer of the browser or of the provider does not belong to a sign-in that began here, or is not genuine."""
