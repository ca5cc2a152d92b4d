"""``turnout-gateway``: one gateway in a process of its own, set up by ``TURNOUT_*``."""

import asyncio
import logging

import uvloop

from turnout_gateway.app import create_app
from turnout_gateway.server import Server, configuration, drain_gateway
from turnout_gateway.settings import Settings


def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = Settings()
    config = configuration(create_app(settings), settings.host, settings.port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Server(config, drain_gateway).serve())


if __name__ == "__main__":
    main()
