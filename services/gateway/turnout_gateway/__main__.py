"""``turnout-gateway``: one gateway in a process of its own, set up by ``TURNOUT_*``."""

import asyncio
import logging
import resource
import sys

import uvloop
from pydantic import ValidationError

from turnout_core.runtime.shutdown import STOP_TIMEOUT_S, StopTimedOut, exit_now, run_until_stopped
from turnout_core.runtime.startup import CannotStart, read_secret, settings_error, wait_for_valkey
from turnout_gateway.app import create_app, may_read
from turnout_gateway.settings import Settings
from turnout_gateway.transport.server import Server, configuration, drain_gateway


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises:
        CannotStart: a secret or the server is not there, or the server does not let it work.
    """
    if settings.secret_file is not None:
        read_secret(settings.secret_file)
    await wait_for_valkey(settings.valkey, may_read)
    server = Server(configuration(create_app(settings), settings.host, settings.port), drain_gateway)
    try:
        await run_until_stopped(server.serve(), server.stop, settings.drain_s + STOP_TIMEOUT_S)
    except StopTimedOut as error:
        exit_now(f"turnout-gateway: {error}")


def main() -> None:
    """Serves until it is told to stop. Settings come from the environment (``settings.Settings``)."""
    _as_many_files_as_allowed()
    try:
        settings = Settings()
        logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except ValidationError as error:
        sys.exit(f"turnout-gateway: {settings_error(error)}")
    except CannotStart as error:
        sys.exit(f"turnout-gateway: {error}")


def _as_many_files_as_allowed() -> None:
    """Every client needs one, and the usual soft limit is 1024 (getrlimit(2))."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    main()
