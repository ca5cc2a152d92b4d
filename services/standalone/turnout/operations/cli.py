"""``turnout journal …``: verify, read, back up and restore the journal.

Only the journal's address has an environment variable: a variable that is left over must not replace a journal.
"""

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
from turnout.operations.restore import accept as accept_loss
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
        typer.echo("the journal is sound")

    run_operation(run())


@app.command()
def tail(
    context: typer.Context,
    valkey: Valkey = None,
    data: Data = None,
    since: Annotated[
        Position | None,
        typer.Option("--from", parser=_position, metavar="POSITION", help="Start with this commit."),
    ] = None,
    number: Annotated[
        int,
        typer.Option("--number", "-n", min=0, help="How many of the last commits, without --from."),
    ] = 10,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Print new commits until Ctrl-C.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document a line.")] = False,
) -> None:
    """Print commits."""
    to_line: Callable[[bytes], str] = lines.as_json if json else lines.as_text

    async def run() -> None:
        async with opened(_target(context, valkey, data)) as server:
            async for record in lines.records(server, since, number, follow=follow):
                typer.echo(to_line(record))

    run_operation(run())


@app.command()
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File of the backup; - is the standard output.")],
    valkey: Valkey = None,
    data: Data = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a backup; the services may run. It holds the secret of the sessions: protect it like a password."""

    async def run() -> None:
        if is_stream(file) and sys.stdout.isatty():
            raise Refused("a backup is binary: name a file, or pipe it into a program")
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
            parser=_position,
            metavar="POSITION",
            help="Import up to this position instead of the end.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the present journal.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Make a backup the journal of an empty server. Stop the command services first, restart all afterwards."""

    async def run() -> None:
        with backup_file(file) as backup:
            async with opened(_target(context, valkey, data), make=True) as server:
                if force and not yes and await occupied(server):
                    ask(
                        "Everything in the present journal will be lost. Replace it?",
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
        typer.Option(parser=_position, metavar="POSITION", help="Return to the state as of this commit."),
    ],
    valkey: Valkey = None,
    data: Data = None,
    backup: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File for a backup of the present journal; by default in the data folder.",
        ),
    ] = None,
) -> None:
    """Go back to an earlier position: later commits are lost. Backs up the present journal first."""

    async def run() -> None:
        target = _target(context, valkey, data)
        async with opened(target) as server:
            restored = await restore_to(server, to, backup, target.folder(), _now_ms())
        typer.echo(f"backup of the previous journal: {_summary(restored.backup, restored.exported)}")
        typer.echo(f"the journal is at {restored.position} now, the state as of {to}; start the services again")

    run_operation(run())


@app.command()
def accept(context: typer.Context, valkey: Valkey = None, data: Data = None) -> None:
    """Accept a loss: the server's present content becomes authoritative. Stop the command services first."""

    async def run() -> None:
        async with opened(_target(context, valkey, data), make=True) as server:
            position = await accept_loss(server)
        typer.echo(f"the journal is at {position} now, and all clients start over from it; start the services again")

    run_operation(run())


def _target(context: typer.Context, valkey: str | None, data: Path | None) -> Target:
    """Options have precedence over the environment; then a server over a folder."""
    sources = {name: context.get_parameter_source(name) for name in ("valkey", "data")}
    named = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    return Target(None if named == {"data"} else valkey, data)


def _summary(file: Path, exported: Exported) -> str:
    size_kb = exported.size_bytes / 1000
    header = exported.header
    summary = f"{file}: {header.epoch}-{header.base} to {header.head}, {size_kb:,.1f} KB"
    return summary if exported.sound else f"{summary}, with the damage in it"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
