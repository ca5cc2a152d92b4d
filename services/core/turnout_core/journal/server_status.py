"""Reads the role of a server and its replicas (Valkey documentation, "INFO", section "replication")."""

from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis

from turnout_core.journal.unreachable import RaiseUnreachable

_PRIMARY_ROLE: Final = "master"


@dataclass(frozen=True, slots=True)
class Replica:
    """A replica that is connected to the primary and follows it.

    Attributes:
        host, port: its address, as the primary sees it.
        lag_bytes: how much of the primary's writes it has not confirmed yet.
    """

    host: str
    port: int
    lag_bytes: int


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """A server and its replicas.

    Attributes:
        address: of the server, as it names itself on our connection: ``host:port``, or the path of a Unix socket.
        is_primary: False for a replica.
        replicas: those that follow it; others may be loading or gone.
    """

    address: str
    is_primary: bool
    replicas: tuple[Replica, ...]

    @property
    def lag_bytes(self) -> int:
        """The lag of the replica that is furthest behind; 0 without one."""
        return max((each.lag_bytes for each in self.replicas), default=0)


async def read_server_status(valkey: Redis) -> ServerStatus:
    """Asks the server. Raises Unreachable."""
    with RaiseUnreachable():
        async with valkey.pipeline(transaction=False) as both:
            both.info("replication")
            both.client_info()
            found, connection = await both.execute()
    return status_of(found, _address(str(connection.get("laddr", ""))))


def status_of(info: dict[str, Any], address: str) -> ServerStatus:
    """The status from the section ``replication`` of INFO, as redis-py parses it."""
    written = int(info.get("master_repl_offset", 0))
    replicas = tuple(
        Replica(str(each["ip"]), int(each["port"]), max(written - int(each["offset"]), 0))
        for name, each in info.items()
        if name.startswith("slave") and isinstance(each, dict) and each.get("state") == "online"
    )
    return ServerStatus(address, info.get("role") == _PRIMARY_ROLE, replicas)


def _address(local: str) -> str:
    """The address from ``laddr`` of CLIENT INFO, which puts a port after the path of a Unix socket, too."""
    return local.strip("[]").partition(":0")[0] if "/" in local else local
