"""Fills a running instance with the events of a plan."""

from datetime import date, datetime
from functools import partial
from typing import Final

import httpx

from turnout.seeding.api import Api, SeedError
from turnout.seeding.plan import make_plan
from turnout.seeding.run import Seeding
from turnout.seeding.venues import HOME_ZONE
from turnout_core.domain.zones import load_zone

_ANSWER_TIMEOUT_S: Final = 30.0


async def seed_instance(url: str, *, events: int, people: int, seed: int, at_once: int) -> Seeding:
    """Fills the instance at ``url`` with at most ``at_once`` requests at a time. Raises SeedError."""
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
