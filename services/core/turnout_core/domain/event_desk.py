"""The desk of an event: the part that only its hosts know."""

from base64 import b32encode
from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec

from turnout_core.domain.since import since

Role = Literal["guest", "co-host"]
_ID_CHARS: Final = 12


class Invitation(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A link that makes those who accept it guests or co-hosts.

    Attributes:
        code: the secret part of its address.
        uses: number of people who can still accept it; None for any number.
        ends_at: ms since 1970 (UTC); None for no end.
        made_by: id of the host; empty if they are gone.
    """

    code: str
    role: Role
    made_by: str
    made_at: int
    uses: int | None = None
    ends_at: int | None = None

    @property
    def id(self) -> str:
        """60 bits of a hash of the code, in lower-case base32: it names the link without opening anything."""
        return b32encode(sha256(self.code.encode()).digest()).decode().lower()[:_ID_CHARS]


class Request(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """The wish of a user for ``party`` seats. Requests have the order of their commits.

    Attributes:
        order: number of the commit.
        at: ms since 1970.
    """

    user: str
    party: int
    order: int
    at: int


class Webhook(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A server that is told what happens to the event. The organizer adds it; it ends with their role.

    Attributes:
        url: web address, which can have a secret part.
        made_at: ms since 1970.
    """

    id: str
    url: str
    made_at: int


class Desk(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The part of an event that only its hosts see.

    Attributes:
        requests: by user, oldest first.
        invited: users who may see and join the event, whatever its settings; the values are all True.
        blocked: users who are kept out, likewise.
        invitations: by code.
        notes: by user.
        webhooks: by id, oldest first.
    """

    requests: dict[str, Request] = {}
    invited: dict[str, bool] = {}
    blocked: dict[str, bool] = {}
    invitations: dict[str, Invitation] = {}
    notes: dict[str, str] = {}
    webhooks: Annotated[dict[str, Webhook], since(5)] = {}

    def is_empty(self) -> bool:
        return not (self.requests or self.invited or self.blocked or self.invitations or self.notes or self.webhooks)

    def people(self) -> set[str]:
        """All users that it mentions."""
        return {*self.requests, *self.invited, *self.blocked, *self.notes}

    def makers(self) -> set[str]:
        """All users who made its links; former hosts, too."""
        return {each.made_by for each in self.invitations.values() if each.made_by}
