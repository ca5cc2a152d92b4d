"""``turnout-command``: runs the command service as a process, configured by ``TURNOUT_*``."""

import sys
from typing import Final

from turnout_command.app import CommandService, create_app
from turnout_command.settings import Settings
from turnout_command.write.term import JournalDamaged
from turnout_core.journal.port import JournalError
from turnout_core.runtime.open_files import open_files_limit
from turnout_core.runtime.process import run_service, set_up_logging
from turnout_core.runtime.settings import warn_of_misspelt_names
from turnout_core.runtime.shutdown import run_until_stopped
from turnout_core.runtime.startup import wait_for_valkey
from turnout_core.web.connection_budget import ConnectionBudget, report_if_short
from turnout_core.web.connection_metrics import ConnectionMetrics
from turnout_core.web.http_limits import HttpLimits
from turnout_core.web.server import Server, ServerConfig, bound_socket

_GRACE_S: Final = 10  # time for clients that are slow to send or to read


async def serve() -> None:
    """Serves until SIGINT or SIGTERM.

    Raises:
        ValidationError, CannotStart: a setting is wrong, or a secret, the port or Valkey is not available.
        JournalDamaged, JournalError: the journal is damaged or of a newer version, or its server is not durable.
    """
    settings = Settings()
    set_up_logging(settings.log_level)
    settings.warn_of_former_names()
    warn_of_misspelt_names(settings.variables())
    service = CommandService(settings)
    with bound_socket(settings.host, settings.port) as listener:
        await wait_for_valkey(settings.valkey, service.try_access, settings.valkey_wait_s)
        budget = ConnectionBudget(open_files_limit())
        report_if_short(budget, is_chosen=True)
        limits = HttpLimits(trusted_proxies=settings.trusted_proxies).within(budget)
        config = ServerConfig(create_app(service), limits, _GRACE_S, ws="none")
        service.metrics.registry.register(ConnectionMetrics(config.connections))
        server = Server(config)
        await run_until_stopped(server.serve_within(service.running(), listener), server.stop)


def main() -> None:
    """Runs the service, and exits with its status."""
    sys.exit(run_service("turnout-command", serve, (JournalDamaged, JournalError)))


if __name__ == "__main__":
    main()
