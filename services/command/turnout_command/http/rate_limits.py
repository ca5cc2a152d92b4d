"""Limits of commands per address, per person and per event, in the memory of this process.

They refuse before anything is decided, and a refusal reads no state. A takeover begins with full buckets.
"""

import math
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, Literal, NamedTuple, NoReturn

from prometheus_client import Counter

from turnout_command.http.raw_route import CommandRequest
from turnout_command.http.token_buckets import TokenBuckets
from turnout_core.domain.rejections import TooMany
from turnout_core.web.addresses import group_ipv6

Kind = Literal["sign-up", "create", "join", "code", "report", "message"]
"""- ``create``: create or edit an event, invite, or change one's name.
- ``join``: ask for seats, join, change one's party, leave, accept an invitation; note something, or keep somebody out;
  choose something about notices.
- ``code``: set up a way back or a feed, ask for a code, or try a proof at the sign-in.
- ``report``: report something, export one's own data, which reads much of the state, or have a file read.
- ``message``: send a message to the guests of an event."""

_CACHED_ADDRESSES: Final = 10_000
_LOOPBACK: Final = "loopback"


class Allowance(NamedTuple):
    """The size of a bucket, and the tokens that flow into it."""

    tokens: int
    per_minute: float


class KindLimits(NamedTuple):
    """The allowances of one kind of command. An IPv6 /64 is one address."""

    address: Allowance
    user: Allowance | None = None
    event: Allowance | None = None


LIMITS: Final[Mapping[Kind, KindLimits]] = {
    # 200 people behind one address sign up within a minute, and another school class after them.
    "sign-up": KindLimits(Allowance(300, 30)),
    # Somebody enters the plan of a season; ten such people work in one office.
    "create": KindLimits(Allowance(300, 60), Allowance(40, 6)),
    # Each of 300 people joins, changes their mind, and joins again. An event that opens its seats fills in a minute.
    "join": KindLimits(Allowance(900, 300), Allowance(40, 30), Allowance(3_000, 3_000)),
    # A class of 30 sets up a second device. A person who mistypes gives up sooner.
    "code": KindLimits(Allowance(60, 20), Allowance(10, 4)),
    "report": KindLimits(Allowance(30, 6), Allowance(10, 2)),
    # A correction of a correction, and no conversation: all guests are disturbed each time.
    "message": KindLimits(Allowance(60, 6), Allowance(10, 1), Allowance(5, 0.2)),
}


class RateLimits:
    """Counts the commands of clients, and refuses those beyond the limits.

    Args:
        refusals: counts them by kind.
        is_on: False refuses nothing.
        clock: monotonic time in seconds.
    """

    def __init__(
        self,
        refusals: Counter,
        *,
        is_on: bool = True,
        limits: Mapping[Kind, KindLimits] = LIMITS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_on = is_on
        self._clock = clock
        self._refusals = {kind: refusals.labels(kind) for kind in limits}
        self._addresses = {kind: TokenBuckets(*each.address) for kind, each in limits.items()}
        self._users = {kind: TokenBuckets(*each.user) for kind, each in limits.items() if each.user}
        self._events = {kind: TokenBuckets(*each.event) for kind, each in limits.items() if each.event}

    def check_address(self, kind: Kind, request: CommandRequest) -> str | None:
        """Counts a command of the request's address, which it returns; None if there are no limits. Raises TooMany."""
        address = address_of(request) if self._is_on else None
        if address is not None:
            wait_s = self._addresses[kind].take(address, self._clock())
            if wait_s:
                self._refuse(kind, wait_s)
        return address

    def check_person(self, kind: Kind, user: str, event: str | None = None) -> None:
        """Counts a command of a user, and of an event. Call it if ``check_address`` found limits. Raises TooMany."""
        now_s = self._clock()
        people = self._users[kind]
        wait_s = people.take(user, now_s)
        if not wait_s and event is not None:
            wait_s = self._events[kind].take(event, now_s)
            if wait_s:
                people.give_back(user)
        if wait_s:
            self._refuse(kind, wait_s)

    def _refuse(self, kind: Kind, wait_s: float) -> NoReturn:
        self._refusals[kind].inc()
        raise TooMany(math.ceil(wait_s))


def address_of(request: CommandRequest) -> str | None:
    """The address that counts, as trusted proxies give it; None for the machine itself, and on a Unix socket.

    A forwarded address of the machine itself counts like any other, since a client may have made it up.
    """
    client = request.scope.get("client")
    if client is None:
        return None
    address = _group(client[0])
    return address if address is not None or request.header(b"x-forwarded-for") is None else _LOOPBACK


@lru_cache(_CACHED_ADDRESSES)
def _group(host: str) -> str | None:
    """The host, or the network of an IPv6 host; None for a loopback address."""
    try:
        is_loopback = ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        is_loopback = False
    return None if is_loopback else group_ipv6(host)
