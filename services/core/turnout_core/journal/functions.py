"""The Valkey Functions of ``journal.lua``: installs and calls them (Valkey documentation, "Valkey Functions")."""

import logging
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, OutOfMemoryError, ResponseError

from turnout_core.journal.replication import UNREPLICATED, Replication
from turnout_core.journal.unreachable import RaiseUnreachable

log = logging.getLogger("turnout.journal")


def functions() -> str:
    """The source of the Valkey Functions that write."""
    return files("turnout_core").joinpath("journal/journal.lua").read_text()


async def load_functions(valkey: Redis) -> None:
    """Installs the functions, replacing those of an earlier version. Raises Unreachable.

    A server that is out of memory refuses them, and continues with those that it has.
    """
    with RaiseUnreachable():
        try:
            await valkey.function_load(functions(), replace=True)
        except OutOfMemoryError as error:
            log.warning("Valkey is out of memory, and keeps the functions that it has: %s", error)


async def call_function(
    valkey: Redis,
    name: str,
    keys: Sequence[str],
    args: Sequence[bytes | str | int],
    replication: Replication = UNREPLICATED,
) -> Any:
    """Calls one of our functions, and installs them if the server does not have them.

    Raises RedisError; ``TooFewReplicas`` if the function ran, but too few replicas confirm it.
    """
    try:
        return await replication.call(valkey, name, keys, args)
    except ResponseError as error:
        if "Function not found" not in str(error) and not isinstance(error, NoScriptError):
            raise
    await load_functions(valkey)
    return await replication.call(valkey, name, keys, args)
