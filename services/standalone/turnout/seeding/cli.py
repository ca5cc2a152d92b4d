"""``turnout seed URL``: fills a running instance with a month of sample events, through its API."""

import asyncio
import time
from typing import Annotated, Final

import typer

_INTERRUPTED: Final = 130  # what a shell reports after Ctrl-C


def seed(
    url: Annotated[
        str,
        typer.Argument(envvar="TURNOUT_URL", help="Address of the running instance, such as http://localhost:8000."),
    ],
    events: Annotated[
        int, typer.Option(envvar="TURNOUT_SEED_EVENTS", min=0, max=100_000, help="Number of events.")
    ] = 200,
    people: Annotated[
        int, typer.Option(envvar="TURNOUT_SEED_PEOPLE", min=1, max=100_000, help="Number of guests.")
    ] = 300,
    seed: Annotated[int, typer.Option(envvar="TURNOUT_SEED_SEED", help="Another number gives other events.")] = 1,
    at_once: Annotated[
        int, typer.Option(envvar="TURNOUT_SEED_AT_ONCE", min=1, max=256, help="Maximum number of concurrent requests.")
    ] = 16,
) -> None:
    """Fill a running instance with a month of sample events.

    The seed determines all requests, and every request has a key. After an interruption, run the command again within a
    day: it continues where it stopped.
    """
    from turnout.seeding.api import SeedError  # noqa: PLC0415 - its HTTP client takes 5 MB, which a service does not need
    from turnout.seeding.instance import seed_instance  # noqa: PLC0415 - so does it

    began = time.monotonic()
    try:
        seeding = asyncio.run(seed_instance(url, events=events, people=people, seed=seed, at_once=at_once))
    except SeedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("stopped; run the same command again to continue", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    typer.echo(seeding.summary(time.monotonic() - began))
