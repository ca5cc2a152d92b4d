"""The desk of an event: what its hosts know and others do not."""

from typing import Literal

import msgspec

Role = Literal["guest", "co-host"]


class Invitation(msgspec.Struct, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """A link that makes whoever accepts it a guest or a co-host.

    Attributes:
        code: the secret part of its address.
        uses: number of people who can still accept it; None for any number.
        ends_at: ms since 1970 (UTC); None for no end.
        made_by: id of the host.
    """

    code: str
    role: Role
    made_by: str
    made_at: int
    uses: int | None = None
    ends_at: int | None = None


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


class Desk(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What only the hosts of an event see.

    Attributes:
        requests: by user, oldest first.
        invited: users who may see and join the event, whatever its settings; the values are all True.
        blocked: users who are kept out, likewise.
        invitations: by code.
        notes: by user.
    """

    requests: dict[str, Request] = {}
    invited: dict[str, bool] = {}
    blocked: dict[str, bool] = {}
    invitations: dict[str, Invitation] = {}
    notes: dict[str, str] = {}

    def is_empty(self) -> bool:
        return not (self.requests or self.invited or self.blocked or self.invitations or self.notes)

    def people(self) -> set[str]:
        """Everybody who is mentioned."""
        return {*self.requests, *self.invited, *self.blocked, *self.notes}
