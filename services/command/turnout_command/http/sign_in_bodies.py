"""The bodies of requests about ways back."""

from typing import Annotated, Literal

from pydantic import Field, RootModel, StringConstraints

from turnout_core.domain.strict_model import StrictModel

_SECRET_MAX_CHARS = 100  # with any separators that people type


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


AnyProof = SignInByRecovery


class SignInBody(RootModel[AnyProof]):
    """``POST /api/sign-in``: a proof of who somebody is."""
