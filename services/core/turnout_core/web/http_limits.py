"""The limits of HTTP connections, and the number of connections of each address."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

from turnout_core.domain import limits
from turnout_core.runtime.open_files import UNLIMITED
from turnout_core.web.connection_budget import ConnectionBudget

IMPORT_PATH: Final = "/api/import/preview"
"""The one path that takes a whole file."""

_IMPORT_TARGET: Final = IMPORT_PATH.encode()
_SPARE_FILES: Final = 64  # for connections to Valkey, and for the files of the site that are being sent


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """The limits of the connections of one server.

    Attributes:
        head_max_bytes: request line and headers; more is 431.
        body_max_bytes: more is 413, also where nothing reads the body.
        import_max_bytes: likewise for ``IMPORT_PATH``, also below a base path.
        pipelined_max: requests that wait in a connection for the response to the one before (RFC 9112 section 9.3.2).
        head_s: from the first byte of a head to its last; then 408. ``body_s`` is the same for a body.
        idle_s: until the first byte of a new connection.
        linger_s: for which the rest of a refused body is read, so that the client sees the refusal (RFC 9112 section
            9.6); at most ``linger_max_bytes`` of it.
        stall_s: without progress in a response that the client does not read.
        connections_per_address: at a time; an IPv6 /64 counts as one address.
        open_files: of the process; connections leave some of them for everything else.
        trusted_proxies: they may have any number of connections, since many clients come through each.
    """

    head_max_bytes: int = 16 * 1024
    body_max_bytes: int = limits.BODY_MAX_BYTES
    import_max_bytes: int = limits.IMPORT_MAX_BYTES
    pipelined_max: int = 4
    head_s: float = 5.0
    body_s: float = 10.0
    idle_s: float = 60.0
    linger_s: float = 2.0
    linger_max_bytes: int = 1024 * 1024
    stall_s: float = 30.0
    connections_per_address: int = 1_000
    open_files: int = UNLIMITED
    trusted_proxies: Sequence[IPv4Network | IPv6Network] = ()

    def body_limit(self, target: bytes) -> int:
        """The limit for a request to ``target``, a path with or without a query."""
        if _IMPORT_TARGET in target and target.partition(b"?")[0].endswith(_IMPORT_TARGET):
            return self.import_max_bytes
        return self.body_max_bytes

    def within(self, budget: ConnectionBudget) -> "HttpLimits":
        """The limits that hold in a process with this budget."""
        per_address = min(self.connections_per_address, budget.per_address)
        return replace(self, connections_per_address=per_address, open_files=budget.open_files)


class Refusal(StrEnum):
    """The reason why a connection is refused."""

    ADDRESS = "address"  # it has its share already
    FILES = "files"  # the rest is for what the process itself needs


class HttpConnections:
    """The open connections of a server, counted by address.

    Attributes:
        refusals: connections that were refused since the start, by reason.
        accept_failures: attempts to accept a connection that failed, because files or memory had run out.
    """

    def __init__(self, limits: HttpLimits) -> None:
        self.limits = limits
        self.refusals = Counter(dict.fromkeys(Refusal, 0))
        self.accept_failures = 0
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._counts.total()

    def of(self, address: str) -> int:
        """The number of connections of one address."""
        return self._counts[address]

    def add(self, address: str, file: int = 0) -> Refusal | None:
        """Counts a connection, or returns the reason to refuse it.

        ``file`` is its file descriptor. That is the lowest free number (POSIX, "File Descriptor Allocation"), so it
        shows how many files are open, whatever for.
        """
        if file >= self.limits.open_files - _SPARE_FILES:
            refusal = Refusal.FILES
        elif self._counts[address] >= self.limits.connections_per_address and not self._is_proxy(address):
            refusal = Refusal.ADDRESS
        else:
            self._counts[address] += 1
            return None
        self.refusals[refusal] += 1
        return refusal

    def remove(self, address: str) -> None:
        """Subtracts a connection that ``add`` has counted."""
        self._counts[address] -= 1
        if not self._counts[address]:
            del self._counts[address]

    def _is_proxy(self, address: str) -> bool:
        try:
            parsed = ip_address(address.partition("/")[0])
        except ValueError:
            return address == ""  # a Unix socket: its clients are on this machine
        return any(parsed in network for network in self.limits.trusted_proxies)
