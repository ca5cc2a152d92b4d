"""``turnout-gateway``: one gateway in a process of its own, configured by ``TURNOUT_*``."""

import sys

from turnout_core.runtime.process import run_service, set_up_logging
from turnout_core.runtime.settings import warn_of_misspelt_names
from turnout_core.runtime.shutdown import STOP_TIMEOUT_S, run_until_stopped
from turnout_core.runtime.startup import wait_for_valkey
from turnout_core.web.server import bound_socket
from turnout_gateway.app import GatewayService, create_app
from turnout_gateway.settings import Settings
from turnout_gateway.transport.server import gateway_server


async def serve() -> None:
    """Serves until SIGINT or SIGTERM.

    Raises:
        ValidationError, CannotStart: a setting is wrong, or a secret, the port or the server is not available.
    """
    settings = Settings()
    set_up_logging(settings.log_level)
    settings.warn_of_former_names()
    warn_of_misspelt_names(settings.variables())
    service = GatewayService(settings)
    with bound_socket(settings.host, settings.port) as listener:
        await wait_for_valkey(settings.valkey, service.try_access, settings.valkey_wait_s)
        server = gateway_server(create_app(service.gateway, settings), service.gateway, settings)
        await run_until_stopped(
            server.serve_within(service.running(), listener), server.stop, settings.drain_s + STOP_TIMEOUT_S
        )


def main() -> None:
    """Serves until it is stopped."""
    sys.exit(run_service("turnout-gateway", serve))


if __name__ == "__main__":
    main()
