"""A network of servers on loopback, whose links can fail one by one.

Each server has an address of its own, and connects to others from it (Valkey's ``bind-source-addr``). It announces
ports of this network, which forwards to the server and knows both ends of each connection. Clients come from
``CLIENTS``. Linux has all of 127.0.0.0/8 on loopback, so this needs no privileges.
"""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final, NamedTuple

from chaos.faults.process import free_port

CLIENTS: Final = "127.0.0.1"
_CHUNK_BYTES: Final = 65_536


class _Port(NamedTuple):
    address: str
    port: int
    announced: int


class Network:
    """Forwards connections between servers, and from clients to them."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._ports: list[_Port] = []
        self._gates: defaultdict[tuple[str, str], asyncio.Event] = defaultdict(_open_gate)
        self._writers: dict[asyncio.StreamWriter, tuple[str, str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def new_address(self) -> str:
        """An address for one more server."""
        return f"127.0.1.{next(self._numbers)}"

    def announce(self, address: str, port: int) -> int:
        """The port of ``address`` under which others reach its ``port`` while the network runs."""
        announced = free_port(address)
        self._ports.append(_Port(address, port, announced))
        return announced

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        servers = [
            await asyncio.start_server(partial(self._accept, each), each.address, each.announced)
            for each in self._ports
        ]
        try:
            yield
        finally:
            for server in servers:
                server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self, senders: Collection[str], receivers: Collection[str], *, resets: bool) -> None:
        """Holds all data from ``senders`` to ``receivers``, as a network that loses it.

        With ``resets``, the connections between them end as well. New ones stay without an answer.
        """
        pairs = {(sender, receiver) for sender in senders for receiver in receivers if sender != receiver}
        for pair in pairs:
            self._gates[pair].clear()
        if resets:
            self._reset(pairs)

    def heal(self, *, resets: bool = True) -> None:
        """Lets all data pass. With ``resets`` the cut connections end, and the data that they hold is lost."""
        closed = {pair for pair, gate in self._gates.items() if not gate.is_set()}
        if resets:
            self._reset(closed)
        for gate in self._gates.values():
            gate.set()

    def _reset(self, pairs: Collection[tuple[str, str]]) -> None:
        for writer, (source, target) in self._writers.items():
            if (source, target) in pairs or (target, source) in pairs:
                writer.transport.abort()

    async def _accept(self, to: _Port, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        source: str = writer.get_extra_info("peername")[0]
        writers = [writer]
        with suppress(OSError, asyncio.CancelledError):
            server_reader, server_writer = await asyncio.open_connection(to.address, to.port)
            writers.append(server_writer)
            self._writers |= dict.fromkeys(writers, (source, to.address))
            await asyncio.gather(
                _forward(reader, server_writer, self._gates[source, to.address]),
                _forward(server_reader, writer, self._gates[to.address, source]),
            )
        for each in writers:
            self._writers.pop(each, None)
            each.transport.abort()


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event) -> None:
    """Forwards data until one side ends, then ends the other one."""
    with suppress(OSError):
        while data := await reader.read(_CHUNK_BYTES):
            await gate.wait()
            writer.write(data)
            await writer.drain()
    await gate.wait()
    writer.transport.abort()


def _open_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate
