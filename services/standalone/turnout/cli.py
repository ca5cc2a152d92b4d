"""The ``turnout`` command. Each option of the services is an environment variable too, such as ``TURNOUT_PORT``."""

import os
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from turnout.import_cli import import_file
from turnout.operations import cli as journal_cli
from turnout.operations import notices_cli, operator_cli
from turnout.seeding.cli import seed
from turnout.up.serve import UpSettings, serve_everything
from turnout_core.domain.zones import ZONE_DATA_VERSION

app = typer.Typer(
    name="turnout",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_EPILOG = "Limits and intervals are set by further TURNOUT_* variables; docs/settings.md lists them all."

Host = Annotated[str, typer.Option(envvar="TURNOUT_HOST", help="Address to listen on.")]
Valkey = Annotated[str | None, typer.Option(envvar="TURNOUT_VALKEY", help="URL of a running Valkey or Redis >= 7.2.")]
ValkeyFile = Annotated[
    Path | None,
    typer.Option(envvar="TURNOUT_VALKEY_FILE", help="File that holds that URL, which may contain a password."),
]


def _check_size(value: str | None) -> str | None:
    """Returns ``value`` if Valkey accepts it as a size. Raises BadParameter."""
    if value is not None and not re.fullmatch(r"\d{1,15}([kmg]b?)?", value, re.IGNORECASE):
        raise typer.BadParameter("must be a size such as 512mb or 2gb")
    return value


ValkeyMemory = Annotated[
    str | None,
    typer.Option(
        envvar="TURNOUT_VALKEY_MEMORY",
        help="Memory for the embedded Valkey, such as 512mb; 0 for no limit. By default half of the machine's.",
        callback=_check_size,
    ),
]


def _print_version(is_requested: bool) -> None:
    if is_requested:
        typer.echo(f"turnout {version('turnout')}, time zones {ZONE_DATA_VERSION}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Turnout, a self-hosted, real-time event manager."""


@app.command(epilog=_EPILOG)
def up(
    port: Annotated[int, typer.Option(envvar="TURNOUT_PORT", min=0, max=65535, help="Port to listen on.")] = 8000,
    host: Host = "127.0.0.1",
    data: Annotated[Path, typer.Option(envvar="TURNOUT_DATA", help="Folder that holds all data.")] = Path("data"),
    valkey: Valkey = None,
    valkey_file: ValkeyFile = None,
    valkey_memory: ValkeyMemory = None,
    site: Annotated[
        Path | None, typer.Option(envvar="TURNOUT_SITE", help="Folder of the built front end.", exists=True)
    ] = None,
) -> None:
    """Serve the whole product from one process. Without --valkey it starts an embedded Valkey."""
    sys.exit(
        serve_everything(
            UpSettings(
                host=host,
                port=port,
                data=data,
                valkey=valkey,
                valkey_file=valkey_file,
                valkey_memory=valkey_memory,
                site=site,
            )
        )
    )


@app.command(epilog=_EPILOG)
def command(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="TURNOUT_PORT", min=0, max=65535, help="Port to listen on.")] = 8001,
    valkey: Valkey = None,
    valkey_file: ValkeyFile = None,
    strict: Annotated[
        bool, typer.Option(envvar="TURNOUT_STRICT", help="Refuse a Valkey that is not configured for durability.")
    ] = False,
) -> None:
    """Serve the writes. Several may run: one leads, the others stand by."""
    from turnout_command.__main__ import main as serve  # noqa: PLC0415 - do not import the other services

    _export(TURNOUT_HOST=host, TURNOUT_PORT=str(port), TURNOUT_VALKEY=valkey, TURNOUT_VALKEY_FILE=valkey_file)
    _export(TURNOUT_STRICT=str(strict).lower())
    serve()


@app.command(epilog=_EPILOG)
def gateway(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="TURNOUT_PORT", min=0, max=65535, help="Port to listen on.")] = 8002,
    valkey: Valkey = None,
    valkey_file: ValkeyFile = None,
) -> None:
    """Serve the reads and the live links. Any number may run."""
    from turnout_gateway.__main__ import main as serve  # noqa: PLC0415 - see above

    _export(TURNOUT_HOST=host, TURNOUT_PORT=str(port), TURNOUT_VALKEY=valkey, TURNOUT_VALKEY_FILE=valkey_file)
    serve()


@app.command(epilog=_EPILOG)
def notifier(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="TURNOUT_PORT", min=0, max=65535, help="Port to listen on.")] = 8003,
    valkey: Valkey = None,
    valkey_file: ValkeyFile = None,
) -> None:
    """Send notices by mail, push and webhook. Several may run: one sends, the others stand by."""
    from turnout_notifier.__main__ import main as serve  # noqa: PLC0415 - see above

    _export(TURNOUT_HOST=host, TURNOUT_PORT=str(port), TURNOUT_VALKEY=valkey, TURNOUT_VALKEY_FILE=valkey_file)
    serve()


app.command()(seed)
app.command("import")(import_file)
app.add_typer(journal_cli.app, name="journal", help="Verify, read, back up and restore the journal.")
app.add_typer(operator_cli.moderators, name="moderator")
app.add_typer(operator_cli.events, name="event")
app.add_typer(operator_cli.people, name="person")
app.add_typer(notices_cli.notices, name="notices")


def _export(**settings: str | Path | None) -> None:
    """Passes the options to the service, which reads its settings from the environment."""
    os.environ.update({name: str(value) for name, value in settings.items() if value is not None})


def main() -> None:
    app()
