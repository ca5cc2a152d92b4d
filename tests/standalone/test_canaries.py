"""A running instance hands out each private thing to those who may read it, and to nobody else."""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import httpx
from canaries import CANARIES, PEOPLE, Canary, Site, plant
from crawler import LiveLink, read_addresses, read_views
from mail_server import mail_server
from turnout_process import running_turnout

VISITOR = "visitor"


def headers_of(site: Site, viewer: str) -> dict[str, str]:
    return {} if viewer == VISITOR else {"Authorization": f"Bearer {site.people[viewer].token}"}


def find(texts: list[str], planted: Mapping[str, Canary]) -> set[str]:
    """Returns which canaries are in the texts."""
    return {canary.what for text, canary in planted.items() if any(text in each for each in texts)}


def excess(some: Mapping[str, set[str]], others: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """By viewer, the members of ``some`` that ``others`` lacks; without the viewers who have none."""
    return {viewer: what - others[viewer] for viewer, what in some.items() if what - others[viewer]}


async def live_changes(site: Site) -> tuple[dict[str, set[str]], dict[str, Canary]]:
    """Plants again while everyone watches everything; returns what each viewer found, and what was planted."""
    links = {viewer: LiveLink(site, headers_of(site, viewer)) for viewer in (VISITOR, *PEOPLE)}
    for link in links.values():
        await link.open()
    planted = await asyncio.to_thread(lambda: plant(site, only_live=True))
    async with httpx.AsyncClient(base_url=site.turnout.url) as client:
        at = (await client.get("/api/events")).headers["Turnout-Position"]
    return {viewer: find(await link.close(at), planted) for viewer, link in links.items()}, planted


def test_everyone_finds_their_own_and_nothing_else(tmp_path: Path) -> None:
    with mail_server() as mails, ExitStack() as stack:
        env = {
            "TURNOUT_SMTP": f"smtp://127.0.0.1:{mails.port}",
            "TURNOUT_MAIL_FROM": "turnout@mail.example",
            "TURNOUT_LOG_LEVEL": "debug",
        }
        with running_turnout(tmp_path / "data", env=env) as turnout:
            site = Site(turnout, mails)
            stack.callback(site.close)
            site.populate()
            planted = plant(site)
            found = {}
            for viewer in (VISITOR, *PEOPLE):
                headers = headers_of(site, viewer)
                texts = [*read_addresses(site, headers), *asyncio.run(read_views(site, headers))]
                found[viewer] = find(texts, planted)
            live, planted_live = asyncio.run(live_changes(site))
    expected = {
        viewer: {each.what for each in CANARIES if viewer in (*each.readers, *each.exported_to)} for viewer in found
    }
    readable = {viewer: {each.what for each in CANARIES if viewer in each.readers} for viewer in found}
    assert excess(found, expected) == {}, "somebody finds what is not theirs"
    assert excess(expected, found) == {}, "somebody does not find what is theirs"
    assert excess(live, readable) == {}, "somebody gets what is not theirs while it changes"
    assert live["olga"]
    assert find([turnout.log.read_text()], planted | planted_live) == set()
