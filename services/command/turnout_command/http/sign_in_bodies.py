"""The bodies of requests about ways back."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, StringConstraints

from turnout_core.domain.strict_model import StrictModel
from turnout_core.mail.addresses import parse_address
from turnout_core.web.bodies import parse

_ADDRESS_MAX_CHARS: Final = 320  # before it is normalised; valid ones have at most 254 (RFC 5321 section 4.5.3.1.3)
_CODE_MAX_CHARS: Final = 64  # with any separators that people type
_SECRET_MAX_CHARS: Final = 100  # likewise

MailAddress = Annotated[
    str,
    StringConstraints(max_length=_ADDRESS_MAX_CHARS),
    AfterValidator(parse_address),
    Field(description="mail address; it is compared in lower case", json_schema_extra={"format": "email"}),
]
Code = Annotated[
    str, StringConstraints(max_length=_CODE_MAX_CHARS), Field(description="spaces and hyphens do not matter")
]
Credential = Annotated[
    dict[str, Any], Field(description="the JSON form of the browser's PublicKeyCredential (WebAuthn Level 3)")
]


class AddressBody(StrictModel):
    """``POST /api/mail`` and ``POST /api/sign-in/mail``: the address that gets a code."""

    address: MailAddress


class ConfirmationBody(StrictModel):
    """``POST /api/mail/confirm``."""

    address: MailAddress
    code: Code


class CredentialBody(StrictModel):
    """``POST /api/passkeys``: the answer of the browser to the options."""

    credential: Credential


class Proof(StrictModel):
    """A proof of who somebody is; ``way`` tells which."""

    bring: Annotated[
        bool,
        Field(strict=True, description="true brings along the events and seats of the guest whom the request has"),
    ] = False


class SignInByRecovery(Proof):
    """With the secret of a recovery link."""

    way: Literal["recovery"]
    secret: Annotated[
        str,
        StringConstraints(max_length=_SECRET_MAX_CHARS),
        Field(description="case, spaces and hyphens do not matter"),
    ]


class SignInByCode(Proof):
    """With the code that another device of the user shows."""

    way: Literal["code"]
    code: Code


class SignInByMail(Proof):
    """With the code of a mail."""

    way: Literal["mail"]
    address: MailAddress
    code: Code


class SignInByPasskey(Proof):
    way: Literal["passkey"]
    credential: Credential


AnyProof = SignInByRecovery | SignInByCode | SignInByMail | SignInByPasskey


class SignInBody(RootModel[Annotated[AnyProof, Field(discriminator="way")]]):
    """``POST /api/sign-in``: a proof of who somebody is."""


class _Way(BaseModel):
    model_config = ConfigDict(frozen=True)

    way: Literal["recovery", "code", "mail", "passkey"]


_PROOFS: Final[dict[str, type[AnyProof]]] = {
    "recovery": SignInByRecovery,
    "code": SignInByCode,
    "mail": SignInByMail,
    "passkey": SignInByPasskey,
}


def parse_proof(body: bytes) -> AnyProof:
    """Parses ``body`` as ``SignInBody``, in two steps: pydantic would put the way before the names of wrong fields.

    Raises Invalid.
    """
    return parse(body, _PROOFS[parse(body, _Way).way])
