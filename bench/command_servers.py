"""The servers of the write path: each has one core to itself; its database and the load share the other one."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import machine
from postgres import programs, running_postgres
from servers import free_port

from turnout.valkey.embedded import embedded_valkey

CORES: Final = machine.cores()
FOLDER: Final = Path(__file__).parent


@asynccontextmanager
async def running_server(
    *command: str, port: int, path: str, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs a server on its core for the duration of the block."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=os.environ | environment,
        preexec_fn=lambda: os.sched_setaffinity(0, {CORES.server}),
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with httpx.AsyncClient() as client:
            while True:
                if server.returncode is not None:
                    raise RuntimeError(f"{' '.join(command)} ended with status {server.returncode}")
                try:
                    if (await client.get(f"http://127.0.0.1:{port}{path}")).status_code < 500:
                        break
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)
        yield server
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


@dataclass(frozen=True)
class CommandServer:
    """A running service.

    Attributes:
        pid: of the process whose CPU time is measured.
    """

    port: int
    pid: int


@asynccontextmanager
async def bare() -> AsyncIterator[CommandServer]:
    """Two FastAPI routes that do nothing."""
    port = free_port()
    async with running_server(str(FOLDER / "bare.py"), str(port), port=port, path="/openapi.json") as server:
        yield CommandServer(port, server.pid)


@asynccontextmanager
async def durable() -> AsyncIterator[CommandServer]:
    """The command service, with a Valkey that syncs every append to the disk."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        async with (
            embedded_valkey(Path(data)) as url,
            running_server(
                "-m", "turnout_command", port=port, path="/readyz", TURNOUT_VALKEY=url, TURNOUT_PORT=str(port)
            ) as server,
        ):
            yield CommandServer(port, server.pid)


@asynccontextmanager
async def postgres() -> AsyncIterator[CommandServer]:
    """FastAPI, asyncpg and PostgreSQL, which syncs every commit to the disk."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        async with (
            running_postgres(Path(data)) as url,
            running_server(
                str(FOLDER / "peers" / "postgres_joins.py"), str(port), port=port, path="/readyz", BENCH_POSTGRES=url
            ) as server,
        ):
            yield CommandServer(port, server.pid)


COMMAND_SERVERS: Final[dict[str, Callable[[], AbstractAsyncContextManager[CommandServer]]]] = {
    "bare": bare,
    "durable": durable,
    "postgres": postgres,
}


def missing_servers() -> dict[str, str]:
    """The servers that are not installed, each with the program that is missing."""
    return {} if programs() is not None else {"postgres": "/usr/lib/postgresql/*/bin/postgres"}
