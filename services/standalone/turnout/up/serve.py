"""`turnout up`: both services, the front end and, unless one is named, a Valkey, in one process tree on one port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import typer

from turnout.progress import stage
from turnout.up.app import Product, create_app
from turnout.up.log_throttle import LogThrottle
from turnout.up.site import default_site
from turnout.valkey.embedded import Embedded, EmbeddedError, embedded_server
from turnout.valkey.supervisor import keep
from turnout_command.settings import Settings as CommandSettings
from turnout_command.write.term import JournalDamaged
from turnout_core.journal.port import JournalError
from turnout_core.runtime.process import run_service, set_up_logging
from turnout_core.runtime.shutdown import STOP_TIMEOUT_S, run_until_stopped
from turnout_core.runtime.startup import read_secret, read_signing_secret
from turnout_core.runtime.tasks import cancel_and_wait
from turnout_core.web.server import Server, bound_socket
from turnout_gateway.settings import Settings as GatewaySettings
from turnout_gateway.transport.server import gateway_server


@dataclass(frozen=True, slots=True)
class UpSettings:
    """
    Attributes:
        port: 0 takes a free one.
        data: folder of the embedded Valkey.
        valkey: URL of a running server; None starts one.
        valkey_file: holds that URL instead.
        site: folder of the built front end; None takes that of the repository, if there is one.
    """

    host: str
    port: int
    data: Path
    valkey: str | None
    valkey_file: Path | None
    site: Path | None


def serve_everything(settings: UpSettings) -> int:
    """Serves until it is stopped. Returns the exit status."""
    set_up_logging("warning", LogThrottle(always="turnout.valkey"))
    return run_service("turnout", partial(_serve, settings), (EmbeddedError, JournalError, JournalDamaged))


async def _serve(settings: UpSettings) -> None:
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(bound_socket(settings.host, settings.port))
        listener.listen()  # from here on the port is ours
        _check_settings()
        own = None
        url = read_secret(settings.valkey_file) if settings.valkey_file is not None else settings.valkey
        if url is None:
            with stage(f"starting Valkey on {settings.data}"):
                own = await stack.enter_async_context(embedded_server(settings.data))
            url = own.url
        product = Product(url)
        server = gateway_server(
            create_app(product, settings.site or default_site()),
            product.gateway,
            product.settings,
            on_started=lambda: typer.echo(f"Turnout is up: {_address(listener)}"),
        )
        serving = run_until_stopped(
            server.serve_within(_running(product), listener), server.stop, product.settings.drain_s + STOP_TIMEOUT_S
        )
        await (serving if own is None else _serve_beside(own, server, serving))


def _check_settings() -> None:
    """Finds wrong settings before anything is started. Raises ValidationError, CannotStart."""
    CommandSettings()
    gateway = GatewaySettings()
    gateway.warn_of_former_names()
    if gateway.secret_file is not None:
        read_signing_secret(gateway.secret_file)


@asynccontextmanager
async def _running(product: Product) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        with stage("reading the journal"):
            await stack.enter_async_context(product.running())
        yield


async def _serve_beside(own: Embedded, server: Server, serving: Coroutine[Any, Any, None]) -> None:
    """Serves while the embedded Valkey runs or can be restarted. Raises EmbeddedError when it cannot."""

    def stop(_: asyncio.Task[NoReturn]) -> None:
        server.stop()

    keeping = asyncio.create_task(keep(own))
    keeping.add_done_callback(stop)
    try:
        await serving
    finally:
        gave_up = keeping.done()
        await cancel_and_wait(keeping)
    if gave_up:
        keeping.result()


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104 - compared, not bound
    return f"http://{shown}:{port}"
