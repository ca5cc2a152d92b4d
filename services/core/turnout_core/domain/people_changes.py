"""Changes of people: their sessions, their names, and the ways on which they come back."""

from typing import ClassVar

from turnout_core.domain.change import Change
from turnout_core.domain.people import Account, Passkey


class SessionOpened(Change, frozen=True, gc=False, tag="session-opened"):
    """A device of ``user`` is signed in; ``device`` describes it, such as ``Chrome on Android``."""

    since: ClassVar[int] = 4

    user: str
    session: str
    device: str


class SessionUsed(Change, frozen=True, gc=False, tag="session-used"):
    """The session was used at the time of the commit. The writer commits this at most once a day."""

    since: ClassVar[int] = 4

    user: str
    session: str


class SessionClosed(Change, frozen=True, gc=False, tag="session-closed"):
    """The tokens of one session are revoked; without ``session``, those that earlier versions issued."""

    since: ClassVar[int] = 4

    user: str
    session: str = ""


class Renamed(Change, frozen=True, gc=False, tag="renamed"):
    since: ClassVar[int] = 4

    user: str
    name: str


class RecoverySet(Change, frozen=True, gc=False, tag="recovery-set"):
    """The recovery link of ``user`` has a secret with this SHA-256 digest; without one there is no link."""

    since: ClassVar[int] = 4

    user: str
    recovery: str = ""


class MailSet(Change, frozen=True, gc=False, tag="mail-set"):
    """``user`` has shown that they read this mail address, which is in lower case; without one they have none."""

    since: ClassVar[int] = 4

    user: str
    mail: str = ""


class PasskeyAdded(Change, frozen=True, gc=False, tag="passkey-added"):
    since: ClassVar[int] = 4

    user: str
    passkey: Passkey


class PasskeyUsed(Change, frozen=True, gc=False, tag="passkey-used"):
    """The signature counter of the passkey ``id`` is ``counter`` now."""

    since: ClassVar[int] = 4

    user: str
    id: str
    counter: int


class PasskeyRemoved(Change, frozen=True, gc=False, tag="passkey-removed"):
    since: ClassVar[int] = 4

    user: str
    id: str


class AccountLinked(Change, frozen=True, gc=False, tag="account-linked"):
    since: ClassVar[int] = 4

    user: str
    account: Account


class AccountUnlinked(Change, frozen=True, gc=False, tag="account-unlinked"):
    since: ClassVar[int] = 4

    user: str
    issuer: str
    subject: str


class UserRemoved(Change, frozen=True, gc=False, tag="user-removed"):
    """Nothing about ``user`` remains. Earlier changes of the same commit have ended their part in all events."""

    since: ClassVar[int] = 4

    user: str


PersonChange = (
    SessionOpened
    | SessionUsed
    | SessionClosed
    | Renamed
    | RecoverySet
    | MailSet
    | PasskeyAdded
    | PasskeyUsed
    | PasskeyRemoved
    | AccountLinked
    | AccountUnlinked
    | UserRemoved
)
