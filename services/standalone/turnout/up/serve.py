"""`turnout up`: both services, the front end and, unless one is named, a Valkey, in one process tree on one port."""

import asyncio
import logging
import socket
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

import typer
import uvicorn
import uvloop
from pydantic import ValidationError

from turnout.progress import stage
from turnout.up.app import create_product
from turnout.up.lifespan import Lifespan
from turnout.up.log_throttle import Sparing
from turnout.up.site import default_site
from turnout.valkey.embedded import Embedded, EmbeddedError, embedded_server
from turnout.valkey.supervisor import keep
from turnout_command.settings import Settings as CommandSettings
from turnout_command.write.term import JournalDamaged
from turnout_core.journal.port import JournalError
from turnout_core.runtime.shutdown import STOP_TIMEOUT_S, StopTimedOut, exit_now, run_until_stopped
from turnout_core.runtime.startup import CannotStart, read_secret, settings_error
from turnout_core.runtime.tasks import cancel_and_wait
from turnout_gateway.settings import Settings as GatewaySettings
from turnout_gateway.transport.server import Server, configuration, drain_gateway

_BACKLOG: Final = 2048


@dataclass(frozen=True, slots=True)
class UpSettings:
    """
    Attributes:
        port: 0 takes a free one.
        data: folder of the embedded Valkey.
        valkey: URL of a server that is there; None starts one.
        valkey_file: holds that URL instead.
        site: folder of the built front end; None takes the repository's own, where there is one.
    """

    host: str
    port: int
    data: Path
    valkey: str | None
    valkey_file: Path | None
    site: Path | None


class UpError(Exception):
    """It can not start; the message says why, in one line."""


def serve_everything(settings: UpSettings) -> int:
    """Serves until it is told to stop. Gives the exit status."""
    sparing = logging.StreamHandler()
    sparing.addFilter(Sparing(always="turnout.valkey"))
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s", handlers=[sparing]
    )
    try:
        uvloop.run(_run(settings))
    except (UpError, EmbeddedError, JournalError, JournalDamaged, CannotStart) as error:
        typer.echo(f"turnout: {error}", err=True)
        return 1
    except ValidationError as error:
        typer.echo(f"turnout: {settings_error(error)}", err=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


async def _run(settings: UpSettings) -> None:
    try:
        await _serve(settings)
    except StopTimedOut as error:  # by now Valkey has been stopped
        exit_now(f"turnout: {error}")


async def _serve(settings: UpSettings) -> None:
    async with AsyncExitStack() as stack:
        listening = stack.enter_context(_listening(settings.host, settings.port))
        own = None
        CommandSettings()  # what is wrong with it shows before anything is started
        gateway = GatewaySettings()
        if gateway.secret_file is not None:
            read_secret(gateway.secret_file)
        url = read_secret(settings.valkey_file) if settings.valkey_file is not None else settings.valkey
        if url is None:
            with stage(f"starting Valkey on {settings.data}"):
                own = await stack.enter_async_context(embedded_server(settings.data))
            url = own.url
        product = Lifespan(create_product(url, settings.site or default_site()))
        config = configuration(product, settings.host, settings.port, log_level="warning")
        logging.getLogger("uvicorn.error").addFilter(_says_more_than_that_it_failed)
        server = _Server(config, f"Turnout is up: {_address(listening)}")
        serving = run_until_stopped(server.serve(sockets=[listening]), server.stop, gateway.drain_s + STOP_TIMEOUT_S)
        try:
            await (serving if own is None else _serve_beside(own, server, serving))
        finally:
            if product.error is not None:  # uvicorn exits where the app does not start, and says no more than that
                raise product.error


def _says_more_than_that_it_failed(record: logging.LogRecord) -> bool:
    """The one line that says why is ours."""
    return not str(record.msg).startswith(("Application startup failed", "Application shutdown failed"))


async def _serve_beside(own: Embedded, server: "_Server", serving: Coroutine[Any, Any, None]) -> None:
    """Serves for as long as there is a Valkey, or hope for one. Raises EmbeddedError when there is none."""

    def stop(_: asyncio.Task[NoReturn]) -> None:
        server.should_exit = True

    keeping = asyncio.create_task(keep(own))
    keeping.add_done_callback(stop)
    try:
        await serving
    finally:
        gave_up = keeping.done()
        await cancel_and_wait(keeping)
    if gave_up:
        keeping.result()


class _Server(Server):
    """Says when it is up."""

    def __init__(self, config: uvicorn.Config, greeting: str) -> None:
        super().__init__(config, drain_gateway)
        self._greeting = greeting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        with stage("reading the journal"):
            await super().startup(sockets)
        if not self.should_exit:
            typer.echo(self._greeting)


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::", "::1") else host  # noqa: S104 - compared, not bound
    return f"http://{shown}:{port}"


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """The socket, before anything else is started: a port that is taken is the likeliest reason to fail."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family)
    except OSError as error:
        raise UpError(f"{host} is no address to listen on: {error}") from error
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError as error:
            raise UpError(f"port {port} can not be used: {error.strerror}; PORT or --port takes another") from error
        listening.listen(_BACKLOG)
        yield listening
