"""``turnout seed URL``: fills a running instance with a month of sample events, through its API."""

import asyncio
import time
from datetime import date, datetime
from functools import partial
from typing import Annotated, Final

import httpx
import typer

from turnout.seeding.api import Api, SeedError
from turnout.seeding.plan import make_plan
from turnout.seeding.run import Seeding
from turnout.seeding.venues import HOME_ZONE
from turnout_core.domain.zones import load_zone

_ANSWER_TIMEOUT_S: Final = 30.0
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
    began = time.monotonic()
    try:
        seeding = asyncio.run(_seed(url, events=events, people=people, seed=seed, at_once=at_once))
    except SeedError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("stopped; run the same command again to continue", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    typer.echo(seeding.summary(time.monotonic() - began))


async def _seed(url: str, *, events: int, people: int, seed: int, at_once: int) -> Seeding:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise SeedError(f"{url} is no address: {error}") from error
    if address.scheme not in ("http", "https") or not address.host:
        raise SeedError(f"{url} is no address: one looks like http://localhost:8000")
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(base_url=address, timeout=_ANSWER_TIMEOUT_S, limits=limits) as http:
        return await fill(Api(http, key_prefix(seed, people), at_once), events=events, people=people, seed=seed)


async def fill(api: Api, *, events: int, people: int, seed: int, today: date | None = None) -> Seeding:
    """Creates the month of events after ``today`` (None: the present day). Raises SeedError."""
    seeding = Seeding(api)
    await seeding.run(partial(make_plan, seed, people, events), today or datetime.now(load_zone(HOME_ZONE)).date())
    return seeding


def key_prefix(seed: int, people: int) -> str:
    """Prefix of the idempotency keys. The number of events is no part of it: more events only add requests."""
    return f"turnout-seed:{seed}:{people}"
