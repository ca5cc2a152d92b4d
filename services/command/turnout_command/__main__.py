"""``turnout-command``: the command service as a process of its own."""

import asyncio
import logging
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import uvicorn
import uvloop
from pydantic import ValidationError

from turnout_command.app import CommandService, compose, may_write
from turnout_command.settings import Settings
from turnout_command.write.term import JournalDamaged
from turnout_core.journal.port import JournalError
from turnout_core.runtime.shutdown import StopTimedOut, exit_now, run_until_stopped
from turnout_core.runtime.startup import CannotStart, settings_error, wait_for_valkey

_GRACE_S: Final = 10  # for clients that are slow to send or to read; then a stop is a stop


async def serve(settings: Settings) -> None:
    """Serves until SIGINT or SIGTERM.

    Raises:
        JournalDamaged, JournalError: it will not write to such a journal, or such a server.
        CannotStart: a secret or the server is not there, or the server does not let it work.
    """
    service = CommandService(settings)
    await wait_for_valkey(settings.valkey, may_write)
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
    server = _Server(config)
    try:
        await run_until_stopped(server.serve_with(service), server.stop)
    except StopTimedOut as error:
        exit_now(f"turnout-command: {error}")


class _Server(uvicorn.Server):
    async def serve_with(self, service: CommandService) -> None:
        async with service.running():
            await self.serve()

    def stop(self) -> None:
        self.should_exit = True

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override] # what it is at run time
        """They are taken already: uvicorn would raise them again after it has served, and cut our own stop short."""
        return nullcontext()


def main() -> None:
    """Serves until it is told to stop. Settings come from the environment (``settings.Settings``)."""
    try:
        settings = Settings()
        logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s: %(name)s: %(message)s")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except ValidationError as error:
        sys.exit(f"turnout-command: {settings_error(error)}")
    except (JournalDamaged, CannotStart, JournalError) as error:
        sys.exit(f"turnout-command: {error}")


if __name__ == "__main__":
    main()
