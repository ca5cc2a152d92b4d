"""`turnout up`: all services, the front end and, without --valkey, a Valkey, in one process tree on one port."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

import typer

from turnout.progress import show_progress
from turnout.up.app import Product, create_app
from turnout.up.log_throttle import LogThrottle
from turnout.up.site import default_site
from turnout.valkey.embedded import EmbeddedError, EmbeddedServer, embedded_server
from turnout.valkey.supervisor import supervise
from turnout_command.settings import Settings as CommandSettings
from turnout_command.write.term import JournalDamaged
from turnout_core.journal.port import JournalError
from turnout_core.runtime.process import run_service, set_up_logging
from turnout_core.runtime.settings import warn_of_misspelt_names
from turnout_core.runtime.shutdown import STOP_TIMEOUT_S, run_until_stopped
from turnout_core.runtime.startup import read_secret, read_signing_secret, wait_for_valkey
from turnout_core.runtime.tasks import cancel_and_wait
from turnout_core.web.server import Server, bound_socket
from turnout_gateway.settings import Settings as GatewaySettings
from turnout_gateway.transport.server import gateway_server
from turnout_notifier.settings import Settings as NotifierSettings

_OWN_VARIABLES: Final = ("TURNOUT_DATA", "TURNOUT_SITE", "TURNOUT_VALKEY_MEMORY")  # of `turnout up` alone


@dataclass(frozen=True, slots=True)
class UpSettings:
    """The options of `turnout up`.

    Attributes:
        port: 0 for a free port.
        data: folder of the embedded Valkey.
        valkey: URL of a running server; None starts an embedded one.
        valkey_file: file that holds that URL instead.
        valkey_memory: limit of the embedded server's memory, as Valkey writes it; None for half of the machine's.
        site: folder of the built front end; None for that of the repository, if it is built.
    """

    host: str
    port: int
    data: Path
    valkey: str | None
    valkey_file: Path | None
    valkey_memory: str | None
    site: Path | None


def serve_everything(settings: UpSettings) -> int:
    """Serves until a signal or an error stops it. Returns the exit status."""
    set_up_logging("warning", LogThrottle(exempt_logger="turnout.valkey"))
    return run_service("turnout", partial(_serve, settings), (EmbeddedError, JournalError, JournalDamaged))


async def _serve(settings: UpSettings) -> None:
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(bound_socket(settings.host, settings.port))
        listener.listen()  # reserves the port before the slow start of Valkey
        _check_settings()
        embedded = None
        url = read_secret(settings.valkey_file) if settings.valkey_file is not None else settings.valkey
        if url is None:
            memory = settings.valkey_memory or str(_half_of_memory_bytes())
            with show_progress(f"starting Valkey on {settings.data}"):
                embedded = await stack.enter_async_context(embedded_server(settings.data, memory=memory))
            url = embedded.url
        product = Product(url, _address(listener))
        await wait_for_valkey(url, product.command.try_access, product.settings.valkey_wait_s)
        server = gateway_server(
            create_app(product, settings.site or default_site()),
            product.gateway,
            product.settings,
            on_started=lambda: typer.echo(f"Turnout is up: {_address(listener)}"),
        )
        serving = run_until_stopped(
            server.serve_within(_running(product), listener), server.stop, product.settings.drain_s + STOP_TIMEOUT_S
        )
        await (serving if embedded is None else _serve_with_embedded(embedded, server, serving))


def _half_of_memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def _check_settings() -> None:
    """Checks the settings before anything is started. Raises ValidationError, CannotStart."""
    CommandSettings()
    NotifierSettings()
    gateway = GatewaySettings()
    gateway.warn_of_former_names()
    known = (each.variables() for each in (CommandSettings, GatewaySettings, NotifierSettings))
    warn_of_misspelt_names({*_OWN_VARIABLES}.union(*known))
    if gateway.secret_file is not None:
        read_signing_secret(gateway.secret_file)


@asynccontextmanager
async def _running(product: Product) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        with show_progress("reading the journal"):
            await stack.enter_async_context(product.running())
        yield


async def _serve_with_embedded(embedded: EmbeddedServer, server: Server, serving: Coroutine[Any, Any, None]) -> None:
    """Serves while the embedded Valkey runs or can be restarted. Raises EmbeddedError when it cannot."""

    def stop(_: asyncio.Task[NoReturn]) -> None:
        server.stop()

    supervision = asyncio.create_task(supervise(embedded))
    supervision.add_done_callback(stop)
    try:
        await serving
    finally:
        has_given_up = supervision.done()
        await cancel_and_wait(supervision)
    if has_given_up:
        supervision.result()


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104 - compared, not bound
    return f"http://{shown}:{port}"
