"""Commands of people about themselves: their sessions, their name, and their ways back."""

from typing import Literal

from turnout_core.domain.fields import Id, Name
from turnout_core.domain.strict_model import StrictModel


class NameBody(StrictModel):
    """``PATCH /api/session``: another name."""

    name: Name


class OpenSession(StrictModel):
    """The user, who has a token of an earlier version, gets a session of their own."""

    type: Literal["open-session"] = "open-session"
    session: Id
    device: str = ""


class UseSession(StrictModel):
    type: Literal["use-session"] = "use-session"
    session: str


class CloseSession(StrictModel):
    """Ends one session; with an empty id the tokens of earlier versions."""

    type: Literal["close-session"] = "close-session"
    session: str


class Rename(StrictModel):
    type: Literal["rename"] = "rename"
    body: NameBody


class SetRecovery(StrictModel):
    """``recovery`` is the SHA-256 digest of the secret of a new recovery link; without one the link ends."""

    type: Literal["set-recovery"] = "set-recovery"
    recovery: str = ""


class SetMail(StrictModel):
    """``mail`` is an address in its canonical form, which the user has confirmed; without one they have none."""

    type: Literal["set-mail"] = "set-mail"
    mail: str = ""


class AddPasskey(StrictModel):
    """``key`` and the others are those of ``people.Passkey``; the caller has verified the credential."""

    type: Literal["add-passkey"] = "add-passkey"
    id: str
    key: str
    name: str
    counter: int


class RemovePasskey(StrictModel):
    type: Literal["remove-passkey"] = "remove-passkey"
    id: str


class SignIn(StrictModel):
    """Signs the device in as ``user``, who has proved who they are: the caller has checked it on this very state.

    Attributes:
        session: id of the new session.
        former: id of the session that the device has; if it is one of ``user``, the new one replaces it.
        bring: the guest whose session the device has, and whose events and seats ``user`` gets.
        passkey: id of the passkey that signed; ``counter`` is that of its signatures now.
    """

    type: Literal["sign-in"] = "sign-in"
    user: str
    session: Id
    device: str = ""
    former: str = ""
    bring: str | None = None
    passkey: str = ""
    counter: int = 0


class EraseMe(StrictModel):
    """The user leaves for good: nothing that is held about them remains."""

    type: Literal["erase-me"] = "erase-me"


PersonCommand = (
    OpenSession
    | UseSession
    | CloseSession
    | Rename
    | SetRecovery
    | SetMail
    | AddPasskey
    | RemovePasskey
    | SignIn
    | EraseMe
)
