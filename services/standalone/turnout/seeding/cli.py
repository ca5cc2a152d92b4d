"""``turnout seed URL``: fills a running instance with a believable month of events, through its own API."""

import asyncio
import time
from datetime import date, datetime
from functools import partial
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import httpx
import typer

from turnout.seeding.api import Api, SeedError
from turnout.seeding.plan import planned
from turnout.seeding.run import Seeding
from turnout.seeding.venues import HOME

_ANSWER_TIMEOUT_S: Final = 30.0
_INTERRUPTED: Final = 130  # what a shell reports after Ctrl-C


def seed(
    url: Annotated[
        str,
        typer.Argument(envvar="TURNOUT_URL", help="Address of the running instance, such as http://localhost:8000."),
    ],
    events: Annotated[
        int, typer.Option(envvar="TURNOUT_SEED_EVENTS", min=0, max=100_000, help="How many events.")
    ] = 200,
    people: Annotated[
        int, typer.Option(envvar="TURNOUT_SEED_PEOPLE", min=1, max=100_000, help="How many guests.")
    ] = 300,
    seed: Annotated[int, typer.Option(envvar="TURNOUT_SEED_SEED", help="Another number gives another month.")] = 1,
    at_once: Annotated[
        int, typer.Option(envvar="TURNOUT_SEED_AT_ONCE", min=1, max=256, help="Requests in flight.")
    ] = 16,
) -> None:
    """Fill a running instance with a believable month of events.

    All of it follows from the seed, and every request has a key: run it again within a day after a break, and it goes
    on where it stopped.
    """
    began = time.monotonic()
    try:
        seeding = asyncio.run(_seed(url, events=events, people=people, seed=seed, at_once=at_once))
    except SeedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("stopped; the same command goes on from here", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    typer.echo(seeding.summary(time.monotonic() - began))


async def _seed(url: str, *, events: int, people: int, seed: int, at_once: int) -> Seeding:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise SeedError(f"{url} is no address: {error}") from error
    if address.scheme not in ("http", "https") or not address.host:
        raise SeedError(f"{url} is no address: it looks like http://localhost:8000")
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(base_url=address, timeout=_ANSWER_TIMEOUT_S, limits=limits) as http:
        return await fill(Api(http, prefix(seed, people), at_once), events=events, people=people, seed=seed)


async def fill(api: Api, *, events: int, people: int, seed: int, today: date | None = None) -> Seeding:
    """Asks for the month that follows ``today`` (None: of now). Raises SeedError."""
    seeding = Seeding(api)
    await seeding.run(partial(planned, seed, people, events), today or datetime.now(ZoneInfo(HOME)).date())
    return seeding


def prefix(seed: int, people: int) -> str:
    """Of the keys: who joins depends on both; how many events there are only adds to them."""
    return f"turnout-seed:{seed}:{people}"
