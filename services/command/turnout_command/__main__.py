"""``turnout-command``: the command service as a process of its own."""

import asyncio
import logging
import signal
import sys

import uvicorn
import uvloop

from turnout_command.app import CommandService, compose
from turnout_command.settings import Settings
from turnout_command.writer import Broken
from turnout_core.journal import JournalError


async def serve(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM.

    Raises:
        Broken, JournalError: it will not write to such a journal, or such a server.
    """
    service = CommandService(settings)
    config = uvicorn.Config(
        compose(service),
        host=settings.host,
        port=settings.port,
        http="httptools",
        ws="none",
        lifespan="off",
        log_level=settings.log_level,
        access_log=False,
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
    settings = Settings()
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s: %(name)s: %(message)s")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except (Broken, JournalError) as error:
        sys.exit(f"turnout-command: {error}")


if __name__ == "__main__":
    main()
