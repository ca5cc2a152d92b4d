"""``turnout journal …``: verify, read, back up and restore the journal.

Only the journal's address has an environment variable: a variable from an earlier session must not replace a journal.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from turnout.operations import tail as journal_tail
from turnout.operations.accept_loss import accept_loss
from turnout.operations.console import confirm, is_stream, open_backup, run_operation
from turnout.operations.errors import OperationError, OperationRefused
from turnout.operations.export import ExportResult, export_stream, export_to_file
from turnout.operations.import_backup import import_backup
from turnout.operations.open_journal import open_journal
from turnout.operations.raw_journal import has_journal
from turnout.operations.restore import restore_journal
from turnout.operations.targets import journal_target
from turnout.operations.verify import verify as verify_journal
from turnout_core.domain.position import Position

app = typer.Typer(help="Verify, read, back up and restore the journal.", no_args_is_help=True)

Valkey = Annotated[
    str | None, typer.Option(envvar="TURNOUT_VALKEY", help="URL of the Valkey that holds the journal.", metavar="URL")
]
Data = Annotated[
    Path | None,
    typer.Option(envvar="TURNOUT_DATA", metavar="DIR", help="Data folder of `turnout up`, running or not."),
]


def _position(text: str) -> Position:
    try:
        return Position.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@app.command()
def verify(context: typer.Context, valkey: Valkey = None, data: Data = None) -> None:
    """Check the whole journal. The exit code is 1 if something is damaged."""

    async def run() -> None:
        async with open_journal(journal_target(context, valkey, data)) as server:
            report = await verify_journal(server)
        snapshots = ", ".join(map(str, report.snapshots)) or "none"
        typer.echo(f"head {report.head.position} {report.head.hash}")
        typer.echo(f"{report.records:,} sound records; sound snapshots: {snapshots}")
        for note in report.notes:
            typer.echo(f"note: {note}")
        if report.damages:
            for damage in report.damages:
                typer.echo(f"damaged at {damage.at}: {damage.description}", err=True)
            raise OperationError(report.next_step())
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
    """Print the last commits, or those from a position on."""
    to_line: Callable[[bytes], str] = journal_tail.to_json_line if json else journal_tail.to_text_line

    async def run() -> None:
        async with open_journal(journal_target(context, valkey, data)) as server:
            async for record in journal_tail.read_records(server, since, number, follow=follow):
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
    """Write a backup; the services may run. It holds the secret that signs the sessions: protect it like a password."""

    async def run() -> None:
        if is_stream(file) and sys.stdout.isatty():
            raise OperationRefused(
                "a backup is binary and cannot go to a terminal: name a file, or pipe it into a program"
            )
        async with open_journal(journal_target(context, valkey, data)) as server:
            if is_stream(file):
                await export_stream(server, sys.stdout.buffer, _now_ms())
            else:
                typer.echo(_summary(file, await export_to_file(server, file, _now_ms(), replace=force)))

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
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Make a backup the journal. Stop the command services first; restart all services afterwards."""

    async def run() -> None:
        with open_backup(file) as backup:
            async with open_journal(journal_target(context, valkey, data), may_create=True) as server:
                if force and not yes and await has_journal(server):
                    confirm(
                        "Everything in the present journal will be lost. Replace it?",
                        is_stdin_used=is_stream(file),
                    )
                position = await import_backup(server, backup, to, replace=force)
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
    """Return to an earlier position: later commits are lost. The present journal is backed up first."""

    async def run() -> None:
        target = journal_target(context, valkey, data)
        async with open_journal(target) as server:
            restored = await restore_journal(server, to, backup, target.backup_folder(), _now_ms())
        typer.echo(f"backup of the previous journal: {_summary(restored.backup, restored.exported)}")
        typer.echo(f"the journal is at {restored.position} now, the state as of {to}; start the services again")

    run_operation(run())


@app.command()
def accept(context: typer.Context, valkey: Valkey = None, data: Data = None) -> None:
    """Accept a loss: the server's present content becomes authoritative. Stop the command services first."""

    async def run() -> None:
        async with open_journal(journal_target(context, valkey, data), may_create=True) as server:
            position = await accept_loss(server)
        typer.echo(f"the journal is at {position} now, and all clients reload from it; start the services again")

    run_operation(run())


def _summary(file: Path, exported: ExportResult) -> str:
    size_kb = exported.size_bytes / 1000
    header = exported.header
    summary = f"{file}: {header.epoch}-{header.base} to {header.head}, {size_kb:,.1f} KB"
    return summary if exported.is_sound else f"{summary}, with the damage in it"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
