"""Clients of servers, Sentinels and Clusters over TLS: with Debian's Redis, since the embedded Valkey has none."""

import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
import trustme
from redis.exceptions import RedisError

from chaos.clients.waiting import wait_until
from chaos.faults.process import Process, free_port
from turnout_core.runtime.valkey_client import connect, connect_node

pytestmark = pytest.mark.timeout(120)

KEY: Final = "{turnout}:key"
LOCAL: Final = "127.0.0.1"
WAIT_S: Final = 60.0
LAST_SLOT: Final = 16383


class TlsServers:
    """Redis servers of one test, which have a certificate for ``host``."""

    def __init__(self, folder: Path, host: str) -> None:
        authority = trustme.CA()
        self._folder = folder
        self._certificate = folder / "server.pem"
        self._trusted = folder / "authority.pem"
        self._processes: list[Process] = []
        authority.issue_cert(host).private_key_and_cert_chain_pem.write_to_path(self._certificate)
        authority.cert_pem.write_to_path(self._trusted)

    @property
    def trust(self) -> str:
        """The option of a URL with which a client trusts the authority."""
        return f"?ssl_ca_certs={self._trusted}"

    def start(self, options: Mapping[str, str], *further: str) -> int:
        """Starts a server; returns its port."""
        port = free_port()
        folder = self._folder / str(port)
        folder.mkdir()
        lines = {
            "port": "0", "tls-port": str(port), "bind": LOCAL, "dir": str(folder), "save": '""',
            "tls-cert-file": str(self._certificate), "tls-key-file": str(self._certificate),
            "tls-ca-cert-file": str(self._trusted), "tls-auth-clients": "no", "tls-replication": "yes", **options,
        }  # fmt: skip
        config = folder / "redis.conf"
        config.write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
        binary = shutil.which("redis-server")
        if binary is None:
            pytest.skip("redis-server is not installed (scripts/test_tools installs it)")
        process = Process(f"redis-{port}", [binary, str(config), *further], folder / "log")
        process.start()
        self._processes.append(process)
        return port

    async def ask(self, port: int, *command: str | int) -> Any:
        async with connect(f"rediss://{LOCAL}:{port}{self.trust}") as valkey:
            client: Any = valkey  # redis-py leaves this method untyped
            return await client.execute_command(*command)

    async def until(self, port: int, text: str, *command: str) -> None:
        """Waits until the answer to ``command`` has ``text``."""

        async def has_it() -> bool:
            try:
                return text in str(await self.ask(port, *command))
            except RedisError:
                return False

        assert await wait_until(has_it, WAIT_S), f"{command} never showed {text}"

    async def stop(self) -> None:
        for each in self._processes:
            await each.kill()


@asynccontextmanager
async def tls_servers(folder: Path, host: str = LOCAL) -> AsyncIterator[TlsServers]:
    servers = TlsServers(folder, host)
    try:
        yield servers
    finally:
        await servers.stop()


async def start_sentinels(servers: TlsServers) -> tuple[str, Callable[[], Any]]:
    """A primary, a replica and a Sentinel. Returns the URL of the Sentinel and what makes the replica the primary."""
    primary = servers.start({})
    replica = servers.start({"replicaof": f"{LOCAL} {primary}"})
    await servers.until(replica, "master_link_status': 'up", "INFO", "replication")
    options = {"sentinel monitor": f"turnout {LOCAL} {primary} 1", "sentinel failover-timeout turnout": "5000"}
    sentinel = servers.start(options, "--sentinel")
    await servers.until(sentinel, str(replica), "SENTINEL", "REPLICAS", "turnout")
    return f"rediss+sentinel://{LOCAL}:{sentinel}/turnout", partial(
        servers.ask, sentinel, "SENTINEL", "FAILOVER", "turnout"
    )


async def start_cluster(servers: TlsServers) -> tuple[str, Callable[[], Any]]:
    """A primary that has all slots and its replica. Returns their URL and what makes the replica the primary."""
    options = {"cluster-enabled": "yes", "tls-cluster": "yes"}
    bus_ports = [free_port(), free_port()]
    primary, replica = ports = [servers.start({**options, "cluster-port": str(each)}) for each in bus_ports]
    await servers.until(primary, "cluster_state", "CLUSTER", "INFO")
    await servers.until(replica, "cluster_state", "CLUSTER", "INFO")
    await servers.ask(primary, "CLUSTER", "ADDSLOTSRANGE", 0, LAST_SLOT)
    await servers.ask(primary, "CLUSTER", "MEET", LOCAL, replica, bus_ports[1])
    await servers.until(replica, f"0-{LAST_SLOT}", "CLUSTER", "NODES")
    name = (await servers.ask(primary, "CLUSTER", "MYID")).decode()
    await servers.ask(replica, "CLUSTER", "REPLICATE", name)
    await servers.until(replica, "master_link_status': 'up", "INFO", "replication")
    await servers.until(primary, "slave", "CLUSTER", "NODES")
    seeds = ",".join(f"{LOCAL}:{each}" for each in ports)
    return f"rediss+cluster://{seeds}", partial(servers.ask, replica, "CLUSTER", "FAILOVER")


@pytest.mark.parametrize("start", [start_sentinels, start_cluster])
async def test_clients_follow_a_failover_over_tls(tmp_path: Path, start: Callable[[TlsServers], Any]) -> None:
    async with tls_servers(tmp_path) as servers:
        url, fail_over = await start(servers)
        async with connect(url + servers.trust) as valkey, connect(url + servers.trust, role="replica") as replica:

            async def port_of_primary() -> int:
                await valkey.connection_pool.disconnect()
                return int(str((await valkey.config_get("tls-port"))["tls-port"]))

            async def is_replicated() -> bool:
                await replica.connection_pool.disconnect()  # it may have found the primary only, so far
                is_replica = (await replica.info("replication"))["role"] == "slave"
                return is_replica and bool(await replica.get(KEY) == b"1")

            async def writes_elsewhere() -> bool:
                try:
                    return await port_of_primary() != former and bool(await valkey.set(KEY, 2))
                except RedisError:
                    return False

            await valkey.set(KEY, 1)
            assert await wait_until(is_replicated, WAIT_S)
            former = await port_of_primary()
            await fail_over()
            assert await wait_until(writes_elsewhere, WAIT_S)
            assert await valkey.get(KEY) == b"2"


@pytest.mark.parametrize("start", [start_sentinels, start_cluster])
async def test_a_client_refuses_servers_that_it_cannot_verify(
    tmp_path: Path, start: Callable[[TlsServers], Any]
) -> None:
    async with tls_servers(tmp_path) as servers:
        url, _ = await start(servers)
        async with connect(url) as valkey:
            with pytest.raises(RedisError):
                await valkey.get(KEY)


async def test_one_server_is_reached_over_tls(tmp_path: Path) -> None:
    async with tls_servers(tmp_path) as servers:
        port = servers.start({})
        await servers.until(port, "True", "PING")
        url = f"rediss://{LOCAL}:{port}"
        async with connect(url + servers.trust) as valkey, connect_node(url + servers.trust, LOCAL, port) as node:
            await valkey.set(KEY, 1)
            assert await node.get(KEY) == b"1"
        async with connect(url) as valkey:
            with pytest.raises(RedisError, match="certificate"):
                await valkey.get(KEY)


async def test_a_certificate_for_another_address_is_refused(tmp_path: Path) -> None:
    async with tls_servers(tmp_path, "10.0.0.1") as servers:
        port = servers.start({})
        url = f"rediss://{LOCAL}:{port}{servers.trust}"
        failures: list[str] = []

        async def is_refused() -> bool:
            async with connect(url) as valkey:
                try:
                    await valkey.get(KEY)
                except RedisError as error:
                    failures.append(str(error))
            return "not valid for '127.0.0.1'" in failures[-1]

        assert await wait_until(is_refused, WAIT_S), failures[-1]
