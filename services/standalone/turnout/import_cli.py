"""The command ``turnout import FILE``."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from turnout_core.domain import limits


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Calendar file (.ics) or table (.csv).")],
    site: Annotated[
        str, typer.Option(envvar="TURNOUT_URL", help="Address of the running instance, such as http://localhost:8000.")
    ],
    token: Annotated[
        str,
        typer.Option(
            envvar="TURNOUT_TOKEN",
            help="Token of the organizer's session. All users of the machine can read options: prefer the variable.",
        ),
    ],
    zone: Annotated[str, typer.Option(help="IANA zone of times for which the file names none.")] = "UTC",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the events are created.")] = False,
) -> None:
    """Create the events of a calendar file or a table. It shows them first, and asks.

    Every request has a key. After an interruption, run the command again within a day: it makes nothing twice.
    """
    # Its HTTP client takes 5 MB, which a service does not need.
    from turnout.import_file import ImportFailed, Preview, import_content  # noqa: PLC0415

    with file.open("rb") as opened:
        content = opened.read(limits.IMPORT_MAX_BYTES + 1)

    def confirm(preview: Preview) -> bool:
        typer.echo("\n".join(preview.lines()))
        number = len(preview.chosen())
        return number > 0 and (yes or typer.confirm(f"Create {number:,} events?"))

    try:
        created = asyncio.run(import_content(site, content, zone=zone, token=token, confirm=confirm))
    except ImportFailed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{created:,} events created")
