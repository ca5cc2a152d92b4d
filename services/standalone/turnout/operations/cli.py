"""``turnout journal …``: verify, read, back up and restore the journal."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from turnout.operations import tail as lines
from turnout.operations.console import ask, backup_file, is_stream
from turnout.operations.console import run as run_operation
from turnout.operations.errors import OperationError, Refused
from turnout.operations.export import Exported, export_stream, export_to
from turnout.operations.open_journal import Target, opened
from turnout.operations.restore import accept as accept_what_is_there
from turnout.operations.restore import import_from, occupied
from turnout.operations.restore import restore as restore_to
from turnout.operations.verify import verify as verify_journal
from turnout_core.domain.position import Position

app = typer.Typer(help="Verify, read, back up and restore the journal.", no_args_is_help=True)

Valkey = Annotated[
    str | None, typer.Option(envvar="TURNOUT_VALKEY", help="URL of the Valkey that holds the journal.", metavar="URL")
]
Data = Annotated[
    Path | None,
    typer.Option(
        envvar="TURNOUT_DATA", metavar="DIR", help="Data folder of `turnout up`, whether that is running or not."
    ),
]


def _position(text: str) -> Position:
    try:
        return Position.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@app.command()
def verify(context: typer.Context, valkey: Valkey = None, data: Data = None) -> None:
    """Read everything and check it. Exit code 1 when something is damaged."""

    async def run() -> None:
        async with opened(_target(context, valkey, data)) as server:
            report = await verify_journal(server)
        snapshots = ", ".join(map(str, report.snapshots)) or "none"
        typer.echo(f"head {report.head.position} {report.head.hash}")
        typer.echo(f"{report.records:,} sound records; sound snapshots: {snapshots}")
        for note in report.notes:
            typer.echo(f"note: {note}")
        if report.damages:
            for damage in report.damages:
                typer.echo(f"damaged at {damage.at}: {damage.what}", err=True)
            raise OperationError(report.way_out())
        typer.echo("all is sound")

    run_operation(run())


@app.command()
def tail(
    context: typer.Context,
    valkey: Valkey = None,
    data: Data = None,
    since: Annotated[
        Position | None,
        typer.Option(
            "--from", envvar="TURNOUT_TAIL_FROM", parser=_position, metavar="POSITION", help="Start with this commit."
        ),
    ] = None,
    number: Annotated[
        int,
        typer.Option(
            "--number", "-n", envvar="TURNOUT_TAIL_NUMBER", min=0, help="How many of the last commits, without --from."
        ),
    ] = 10,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", envvar="TURNOUT_TAIL_FOLLOW", help="Go on with what comes, until Ctrl-C.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", envvar="TURNOUT_TAIL_JSON", help="One JSON document a line.")] = False,
) -> None:
    """Print commits."""
    told: Callable[[bytes], str] = lines.as_json if json else lines.as_text

    async def run() -> None:
        async with opened(_target(context, valkey, data)) as server:
            async for record in lines.records(server, since, number, follow=follow):
                typer.echo(told(record))

    run_operation(run())


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the backup goes; - is the standard output.")],
    valkey: Valkey = None,
    data: Data = None,
    force: Annotated[
        bool, typer.Option("--force", envvar="TURNOUT_EXPORT_FORCE", help="Replace the file if it is there.")
    ] = False,
) -> None:
    """Write a backup, while everything runs. It holds the secret of the sessions: keep it like a password."""

    async def run() -> None:
        if is_stream(file) and sys.stdout.isatty():
            raise Refused("a backup is no text: name a file, or pipe it somewhere")
        async with opened(_target(context, valkey, data)) as server:
            if is_stream(file):
                await export_stream(server, sys.stdout.buffer, _now_ms())
            else:
                typer.echo(_summary(file, await export_to(server, file, _now_ms(), replace=force)))

    run_operation(run())


@app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup; - is the standard input.")],
    valkey: Valkey = None,
    data: Data = None,
    to: Annotated[
        Position | None,
        typer.Option(
            envvar="TURNOUT_IMPORT_TO",
            parser=_position,
            metavar="POSITION",
            help="An earlier position of the backup than its end.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", envvar="TURNOUT_IMPORT_FORCE", help="Replace the journal that is there.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", envvar="TURNOUT_IMPORT_YES", help="Do not ask.")] = False,
) -> None:
    """Make a backup the journal of an empty server. Stop the command services first, restart all afterwards."""

    async def run() -> None:
        with backup_file(file) as backup:
            async with opened(_target(context, valkey, data), make=True) as server:
                if force and not yes and await occupied(server):
                    ask(
                        "Everything in the journal that is there now is lost. Replace it?",
                        stdin_is_taken=is_stream(file),
                    )
                position = await import_from(server, backup, to, replace=force)
        typer.echo(f"the journal is at {position} now; start the services again")

    run_operation(run())


@app.command()
def restore(
    context: typer.Context,
    to: Annotated[
        Position,
        typer.Option(
            envvar="TURNOUT_RESTORE_TO", parser=_position, metavar="POSITION", help="The state as of here returns."
        ),
    ],
    valkey: Valkey = None,
    data: Data = None,
    backup: Annotated[
        Path | None,
        typer.Option(
            envvar="TURNOUT_RESTORE_BACKUP",
            metavar="FILE",
            help="Where what is there now is kept; in the data folder if not set.",
        ),
    ] = None,
) -> None:
    """Go back to an earlier position. What is there now goes into a backup first; later commits are given up."""

    async def run() -> None:
        target = _target(context, valkey, data)
        async with opened(target) as server:
            restored = await restore_to(server, to, backup, target.folder(), _now_ms())
        typer.echo(f"what was there: {_summary(restored.backup, restored.exported)}")
        typer.echo(f"the journal is at {restored.position} now, the state as of {to}; start the services again")

    run_operation(run())


@app.command()
def accept(context: typer.Context, valkey: Valkey = None, data: Data = None) -> None:
    """Accept a loss: what the server holds is the truth from now on. Stop the command services first."""

    async def run() -> None:
        async with opened(_target(context, valkey, data), make=True) as server:
            position = await accept_what_is_there(server)
        typer.echo(f"the journal is at {position} now, and everybody starts over from it; start the services again")

    run_operation(run())


def _target(context: typer.Context, valkey: str | None, data: Path | None) -> Target:
    """What the command line names goes before what the environment names; a server before a folder."""
    sources = {name: context.get_parameter_source(name) for name in ("valkey", "data")}
    named = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    return Target(None if named == {"data"} else valkey, data)


def _summary(file: Path, exported: Exported) -> str:
    size_kb = exported.size_bytes / 1000
    header = exported.header
    told = f"{file}: {header.epoch}-{header.base} to {header.head}, {size_kb:,.1f} KB"
    return told if exported.sound else f"{told}, with the damage in it"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
