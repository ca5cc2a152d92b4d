"""Commands about accounts at the OpenID Connect provider."""

from typing import Literal

from turnout_core.domain.fields import Id, Name
from turnout_core.domain.strict_model import StrictModel


class SignInWithAccount(StrictModel):
    """Signs a device in with an account, which the provider has just confirmed.

    The user who has the account signs in. An account that nobody has becomes a way back of the actor, or, if nobody is
    signed in, of a new user.

    Attributes:
        label: by which the person knows the account.
        is_moderator: True if the provider says that the person moderates this instance.
        session: id of the new session.
        brings_guest: True if the user of the account gets all of the actor, who is the same person.
        former: id of the session that the device has; if it is one of the same user, the new one replaces it.
        user: id of the new user, if there is to be one, and ``name`` their name.
    """

    type: Literal["sign-in-with-account"] = "sign-in-with-account"
    issuer: str
    subject: str
    label: str = ""
    is_moderator: bool = False
    session: Id
    former: str = ""
    brings_guest: bool = False
    device: str = ""
    user: Id
    name: Name


class UnlinkAccount(StrictModel):
    """``account`` is ``Account.id``."""

    type: Literal["unlink-account"] = "unlink-account"
    account: str


AccountCommand = SignInWithAccount | UnlinkAccount
