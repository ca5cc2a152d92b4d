"""``turnout-command``: the command service as a process of its own."""

import uvicorn

from turnout_command.app import create_app
from turnout_command.settings import Settings


def main() -> None:
    """Serves until it is told to stop. Settings come from the environment (``settings.Settings``)."""
    settings = Settings()
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_level=settings.log_level,
        access_log=False,
        forwarded_allow_ips=settings.forwarded_allow_ips,
    )


if __name__ == "__main__":
    main()
