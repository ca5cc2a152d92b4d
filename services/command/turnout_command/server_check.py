"""Checks the durability settings of the journal's server, and of its replicas."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as LinkTimeoutError

from turnout_core.journal.port import Unreachable
from turnout_core.journal.server_status import read_server_status

# Valkey documentation, "Persistence" and "Key eviction".
_REQUIRED: Final = {
    "appendonly": ("yes", "without it a restart loses all commands since the last dump"),
    "appendfsync": ("always", "otherwise a power loss loses the last second of acknowledged commands"),
    "no-appendfsync-on-rewrite": ("no", "otherwise there is no fsync during a rewrite of the file"),
    "maxmemory-policy": ("noeviction", "otherwise a full server deletes keys of the journal"),
}

_UNCONFIRMED: Final = (
    "another server may become the primary, but TURNOUT_REPLICAS is 0: a failover loses what it has not got yet"
)


async def durability_warnings(valkey: Redis) -> list[str]:
    """One sentence per setting that can lose acknowledged commands. Raises Unreachable."""
    try:
        found = await valkey.config_get(*_REQUIRED)
    except (LinkError, LinkTimeoutError) as error:
        raise Unreachable(str(error)) from error
    except RedisError as error:
        return [f"its settings cannot be read ({error}); it should have {_requirements()}"]
    actual = {_text(name): _text(value) for name, value in found.items()}
    return [
        f"{name} is {actual.get(name, 'unknown')}, should be {wanted}: {reason}"
        for name, (wanted, reason) in _REQUIRED.items()
        if actual.get(name) != wanted
    ]


@dataclass(frozen=True, slots=True)
class ReplicationFindings:
    """The faults of the replicas, a sentence each.

    Attributes:
        unsafe: facts by which a failover can lose acknowledged commands, or by which none are accepted.
        unknown: replicas that do not answer. They confirm nothing, so that they are no reason to refuse a server.
    """

    unsafe: list[str]
    unknown: list[str]


async def check_replication(
    valkey: Redis, needed: int, connect_to: Callable[[str, int], Redis], *, may_fail_over: bool
) -> ReplicationFindings:
    """Checks the number of replicas, and the settings of each.

    Args:
        valkey: the primary.
        needed: the number of replicas that must confirm a command.
        connect_to: makes a client of a server, from its host and port.
        may_fail_over: True if another server may become the primary.

    Raises Unreachable if the primary does not answer.
    """
    if not needed:
        return ReplicationFindings([_UNCONFIRMED] if may_fail_over else [], [])
    replicas = (await read_server_status(valkey)).replicas
    found = ReplicationFindings([], [])
    if len(replicas) < needed:
        found.unsafe.append(
            f"it has {len(replicas)} replicas, and TURNOUT_REPLICAS is {needed}: commands wait until there are more"
        )
    for each in replicas:
        name = f"its replica {each.host}:{each.port}"
        try:
            async with connect_to(each.host, each.port) as replica:
                found.unsafe.extend(f"{name}: {warning}" for warning in await durability_warnings(replica))
        except Unreachable as error:
            found.unknown.append(f"{name} cannot be asked for its settings ({error}); it should have {_requirements()}")
    return found


def _requirements() -> str:
    return ", ".join(f"{name} {wanted}" for name, (wanted, _) in _REQUIRED.items())


def _text(value: bytes | str | None) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
