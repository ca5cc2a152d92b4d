"""The peers: what people write first, and the fastest servers that there are."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from peer_targets import NatsTarget, NchanTarget, PubSubTarget, SocketIoTarget
from servers import RunningServer, Server, Workload, free_port, running_process, valkey, wait_until_ready

PEERS: Final = Path(__file__).parent / "peers"
_MODULES: Final = PEERS / "node_modules"
_BUN: Final = _MODULES / "@oven" / "bun-linux-x64" / "bin" / "bun"
_NATS: Final = Path(sys.executable).parent / "nats-server"
_NCHAN: Final = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


@asynccontextmanager
async def _running_peer(
    workload: Workload, core: int, command: Sequence[str | Path], target: type[PubSubTarget], arguments: Sequence[str]
) -> AsyncIterator[RunningServer]:
    port = free_port()
    async with AsyncExitStack() as stack:
        url, client, valkey_pid = await stack.enter_async_context(valkey())
        environment = {"BENCH_VALKEY": url, "BENCH_ROOMS": str(workload.views), "NODE_ENV": "production"}
        peer = running_process(core, [*command, str(port)], environment)
        server_process = await stack.enter_async_context(peer)
        await wait_until_ready(port, None)
        yield RunningServer([server_process.pid], [port], target(client, workload.views), arguments, valkey_pid)


def fastapi(workload: Workload, core: int) -> AbstractAsyncContextManager[RunningServer]:
    command: list[str | Path] = [sys.executable, PEERS / "fastapi_send.py"]
    return _running_peer(workload, core, command, PubSubTarget, ["--path", "/?room=%v", "--ready", "ready"])


def ws(workload: Workload, core: int) -> AbstractAsyncContextManager[RunningServer]:
    command: list[str | Path] = ["node", PEERS / "ws.mjs"]
    return _running_peer(workload, core, command, PubSubTarget, ["--path", "/?room=%v", "--ready", "ready"])


def bun(workload: Workload, core: int) -> AbstractAsyncContextManager[RunningServer]:
    command: list[str | Path] = [_BUN, PEERS / "bun.mjs"]
    return _running_peer(workload, core, command, PubSubTarget, ["--path", "/?room=%v", "--ready", "ready"])


def socketio(workload: Workload, core: int) -> AbstractAsyncContextManager[RunningServer]:
    path = "/socket.io/?EIO=4&transport=websocket&room=%v"
    arguments = ["--path", path, "--send", "40", "--ready", "ready", "--engineio"]
    return _running_peer(workload, core, ["node", PEERS / "socketio.mjs"], SocketIoTarget, arguments)


@asynccontextmanager
async def nats(workload: Workload, core: int) -> AsyncIterator[RunningServer]:
    port, client_port = free_port(), free_port()
    with TemporaryDirectory(prefix="bench-") as folder:
        settings = Path(folder) / "nats.conf"
        settings.write_text(
            f'listen: "127.0.0.1:{client_port}"\nmax_connections: 20000\n'
            f'websocket {{ listen: "127.0.0.1:{port}", no_tls: true, compression: false }}\n'
        )
        command: list[str | Path] = [_NATS, "-c", settings, "-l", Path(folder) / "nats.log"]
        async with running_process(core, command) as server_process:
            await wait_until_ready(port, None)
            target = await NatsTarget.open(client_port, workload.views)
            arguments = [
                "--binary", "--path", "/", "--ready", "PONG",
                "--send", r'CONNECT {"verbose":false,"protocol":1}\r\nSUB bench.%v 1\r\nPING\r\n',
            ]  # fmt: skip
            try:
                yield RunningServer([server_process.pid], [port], target, arguments)
            finally:
                await target.close()


@asynccontextmanager
async def nchan(workload: Workload, core: int) -> AsyncIterator[RunningServer]:
    """Runs nginx with one worker. A channel keeps its newest message, as a view keeps its state."""
    port = free_port()
    with TemporaryDirectory(prefix="bench-") as folder:
        settings = Path(folder) / "nginx.conf"
        settings.write_text((PEERS / "nchan.conf").read_text().replace("$PORT", str(port)))
        command: list[str | Path] = ["nginx", "-p", folder, "-c", settings]
        async with running_process(core, command) as server_process:
            await wait_until_ready(port, None)
            target = await NchanTarget.open(port, workload.views)
            try:
                yield RunningServer(
                    [server_process.pid], [port], target, ["--path", "/watch?room=%v", "--ready", "ready"]
                )
            finally:
                await target.close()


ALL_PEERS: Final = (
    Server("fastapi", "FastAPI, await ws.send_text() each", fastapi),
    Server("socketio", "Socket.IO, Redis adapter", socketio, _MODULES / "socket.io"),
    Server("ws", "node ws", ws, _MODULES / "ws"),
    Server("nats", "NATS over WebSocket", nats, _NATS),
    Server("nchan", "nginx with nchan", nchan, _NCHAN),
    Server("bun", "Bun, server.publish()", bun, _BUN),
)
