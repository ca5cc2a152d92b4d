"""``turnout-notifier``: one notifier in a process of its own, configured by ``TURNOUT_*``."""

import sys
from typing import Final

from turnout_core.runtime.open_files import open_files_limit
from turnout_core.runtime.process import run_service, set_up_logging
from turnout_core.runtime.settings import warn_of_misspelt_names
from turnout_core.runtime.shutdown import run_until_stopped
from turnout_core.runtime.startup import wait_for_valkey
from turnout_core.web.connection_budget import ConnectionBudget
from turnout_core.web.http_limits import HttpLimits
from turnout_core.web.server import Server, ServerConfig, bound_socket
from turnout_notifier.app import NotifierService, create_app
from turnout_notifier.settings import Settings

_GRACE_S: Final = 2  # only probes ask


async def serve() -> None:
    """Serves until SIGINT or SIGTERM.

    Raises:
        ValidationError, CannotStart: a setting is wrong, or a secret, the port or the server is not available.
    """
    settings = Settings()
    set_up_logging(settings.log_level)
    warn_of_misspelt_names(settings.variables())
    service = NotifierService(settings)
    with bound_socket(settings.host, settings.port) as listener:
        await wait_for_valkey(settings.valkey, service.try_access, settings.valkey_wait_s)
        limits = HttpLimits(trusted_proxies=settings.trusted_proxies).within(ConnectionBudget(open_files_limit()))
        server = Server(ServerConfig(create_app(service, settings), limits, _GRACE_S, ws="none"))
        await run_until_stopped(server.serve_within(service.running(), listener), server.stop)


def main() -> None:
    """Serves until it is stopped."""
    sys.exit(run_service("turnout-notifier", serve))


if __name__ == "__main__":
    main()
