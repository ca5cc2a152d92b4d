"""One of several Valkey servers on loopback, which sync every write to disk."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Any, Final

from redis.exceptions import RedisError

from chaos.faults.network import CLIENTS, Network
from chaos.faults.process import Process, free_port
from turnout.valkey.embedded import server_binary
from turnout_core.runtime.valkey_client import connect

DURABLE: Final[Mapping[str, str]] = {
    "appendonly": "yes",
    "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no",
    "maxmemory-policy": "noeviction",
    "save": "",
    "repl-diskless-sync-delay": "0",
}


class Server:
    """A server that can be killed, paused and started again.

    Args:
        further: arguments after the file of the configuration.
        network: through which the others reach it; without one they reach it directly.

    Attributes:
        address, port: where it listens; the same after each start.
        announced_port: where the others reach it.
        process: for faults.
    """

    def __init__(
        self, name: str, folder: Path, options: Mapping[str, str], *further: str, network: Network | None = None
    ) -> None:
        self.name = name
        self.folder = folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.address = network.new_address() if network else CLIENTS
        self.port = free_port(self.address)
        self.announced_port = self.announce(network, self.port)
        self._file = self.folder / "valkey.conf"
        self.configure({"port": str(self.port), "bind": self.address, "dir": str(self.folder), "daemonize": "no"})
        if network:
            self.configure({"bind-source-addr": self.address})
        self.configure(options)
        self.process = Process(name, [str(server_binary()), str(self._file), *further], self.folder / "log")

    @property
    def url(self) -> str:
        """Of the server itself, whatever its links do."""
        return f"redis://{self.address}:{self.port}"

    @property
    def announced(self) -> str:
        """Host and port under which the others reach it."""
        return f"{self.address}:{self.announced_port}"

    def announce(self, network: Network | None, port: int) -> int:
        return network.announce(self.address, port) if network else port

    def announce_as_replica(self) -> None:
        """Has the primary name it by the address under which the others reach it, while it is a replica."""
        self.configure({"replica-announce-ip": self.address, "replica-announce-port": str(self.announced_port)})

    def configure(self, options: Mapping[str, str]) -> None:
        """Adds lines to its configuration, before its first start."""
        with self._file.open("a") as file:
            file.writelines(f"{key} {value or chr(34) * 2}\n" for key, value in options.items())

    def lose_data(self) -> None:
        """Deletes its data, as a new disk. It must not run."""
        rmtree(self.folder / "appendonlydir", ignore_errors=True)
        self.folder.joinpath("dump.rdb").unlink(missing_ok=True)

    async def info(self, section: str) -> dict[str, Any]:
        """The section of INFO; empty while the server does not answer."""
        with suppress(RedisError, OSError):
            async with connect(self.url, answer_timeout_s=1) as valkey:
                found: dict[str, Any] = await valkey.info(section)
                return found
        return {}

    async def is_answering(self) -> bool:
        return bool(await self.info("server"))

    async def is_primary(self) -> bool:
        return (await self.info("replication")).get("role") == "master"

    async def is_following(self) -> bool:
        return (await self.info("replication")).get("master_link_status") == "up"

    async def is_written(self) -> bool:
        """True if no rewrite of its append-only file is under way: after a full synchronisation the file lacks data."""
        disk = await self.info("persistence")
        return not any(disk.get(f"aof_rewrite_{state}", 1) for state in ("in_progress", "scheduled"))


async def are_in_step(primary: Server, replicas: list[Server]) -> bool:
    """True if all ``replicas`` follow ``primary``, and have what it has."""
    there = await primary.info("replication")
    if there.get("role") != "master" or there["connected_slaves"] < len(replicas) or not await primary.is_written():
        return False
    for each in replicas:
        here = await each.info("replication")
        is_behind = here.get("slave_repl_offset", -1) < there["master_repl_offset"]
        if here.get("master_link_status") != "up" or is_behind or not await each.is_written():
            return False
    return True
