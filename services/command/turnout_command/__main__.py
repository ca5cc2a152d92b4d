"""``turnout-command``: the command service as a process of its own."""

import asyncio
import logging
import signal
import sys
from typing import Final

import uvicorn
import uvloop
from pydantic import ValidationError

from turnout_command.app import CommandService, compose, may_write
from turnout_command.settings import Settings
from turnout_command.writer import Broken
from turnout_core.journal import JournalError
from turnout_core.start import CannotStart, admitted, complaint

_GRACE_S: Final = 10  # for clients that are slow to send or to read; then a stop is a stop


async def serve(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM.

    Raises:
        Broken, JournalError: it will not write to such a journal, or such a server.
        CannotStart: a secret or the server is not there, or the server does not let it work.
    """
    service = CommandService(settings)
    await admitted(settings.valkey, may_write)
    config = uvicorn.Config(
        compose(service),
        host=settings.host,
        port=settings.port,
        http="httptools",
        ws="none",
        lifespan="off",
        log_level=settings.log_level,
        access_log=False,
        timeout_graceful_shutdown=_GRACE_S,
        forwarded_allow_ips=settings.forwarded_allow_ips,
    )
    server = uvicorn.Server(config)
    # uvicorn takes the signals while it serves and raises them again afterwards: that must not cut our own stop short.
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, setattr, server, "should_exit", True)
    async with service.running():
        await server.serve()


def main() -> None:
    """Serves until it is told to stop. Settings come from the environment (``settings.Settings``)."""
    try:
        settings = Settings()
        logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s: %(name)s: %(message)s")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except ValidationError as error:
        sys.exit(f"turnout-command: {complaint(error)}")
    except (Broken, CannotStart, JournalError) as error:
        sys.exit(f"turnout-command: {error}")


if __name__ == "__main__":
    main()
