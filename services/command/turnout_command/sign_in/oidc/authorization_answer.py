"""The answer of the provider, which the browser brings (RFC 6749 section 4.1.2)."""

import re
from collections.abc import Mapping
from typing import Final

from turnout_command.sign_in.oidc.errors import AnswerRefused
from turnout_command.sign_in.oidc.metadata import ProviderMetadata

_WORD: Final = re.compile("[a-z_]{1,40}")  # the codes that are registered are shorter


def code_of(answer: Mapping[str, str], metadata: ProviderMetadata) -> str:
    """The code in the redirect from the provider. Raises AnswerRefused.

    ``iss`` guards against the answer of another provider (RFC 9207 section 2.4).
    """
    issuer = answer.get("iss")
    if issuer is None and metadata.authorization_response_iss_parameter_supported:
        raise AnswerRefused("the provider's answer does not say who it is from")
    if issuer is not None and issuer != metadata.issuer:
        raise AnswerRefused("the answer is from another provider")
    if (error := answer.get("error")) is not None:
        raise AnswerRefused(f"the provider answered: {error_word(error)}")
    code = answer.get("code")
    if not code:
        raise AnswerRefused("the provider's answer has no code")
    return code


def error_word(code: object) -> str:
    """An error code for the log (RFC 6749 section 4.1.2.1); anybody can send any text in its place."""
    return code if isinstance(code, str) and _WORD.fullmatch(code) else "an unknown error"
