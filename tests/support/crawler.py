"""Reads all that an instance hands out to a viewer: each address of its OpenAPI document, each view, each header."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, Final

import httpx
import websockets
from canaries import Site

_LIVE: Final = "/api/live"
_REQUIRED: Final = {"month": "2099-11", "code": "wrong", "state": "wrong"}
_PAGES: Final = (
    "/", "/?when=past", "/you", "/robots.txt", "/sitemap.xml", "/healthz", "/readyz", "/metrics", "/api/docs",
    "/api/openapi.json", "/nonesuch",
)  # fmt: skip
END: Final = "tags?when=past"
"""The view whose answer ends a live link."""


def views_of(site: Site) -> list[str]:
    """The addresses of all views."""
    parts = ("", "/people", "/people?status=waitlisted", "/desk")
    return [
        "events?when=upcoming", "events?when=past", "calendar?month=2099-11", "tags?when=upcoming",
        *(f"events/{event}{part}" for event in site.events.values() for part in parts),
        "me", "me?when=upcoming", "me?when=past", "me/calendar?month=2099-11", "me/tags?when=upcoming",
        "me/account", "me/notices", "moderation", "moderation/audit",
    ]  # fmt: skip


def addresses_of(site: Site, document: Mapping[str, Any]) -> Iterator[str]:
    """Each address that can be read, with each known id and each value of its parameters."""
    ids = {"event": list(site.events.values()), "user": [person.id for person in site.people.values()]}
    for path, methods in document["paths"].items():
        if "get" not in methods or path == _LIVE:
            continue
        choices: list[list[tuple[str, str]]] = []
        in_path: list[list[tuple[str, str]]] = []
        for parameter in methods["get"].get("parameters", ()):
            name = parameter["name"]
            if parameter["in"] == "path":
                in_path.append([(name, each) for each in ids.get(name, ["wrong"])])
            elif parameter["in"] == "query" and (name in _REQUIRED or parameter["schema"].get("enum")):
                values = parameter["schema"].get("enum") or [_REQUIRED[name]]
                choices.append([(name, each) for each in values])
        for found in product(*in_path):
            for query in product(*choices):
                yield path.format(**dict(found)) + "?" + str(httpx.QueryParams(query))


def addresses_for_other_sites(site: Site) -> Iterator[str]:
    """The addresses that chats and other pages ask for when they meet a link to an event."""
    for event in site.events.values():
        page = f"/events/{event}"
        yield from (f"{page}/card.png", f"/e/{event}", f"/embed{page}")
        yield f"/api/oembed?{httpx.QueryParams({'url': site.turnout.url + page})}"


def read_addresses(site: Site, headers: Mapping[str, str]) -> Iterator[str]:
    """The heads and bodies of all responses."""
    with httpx.Client(base_url=site.turnout.url, headers=headers) as client:
        document = client.get("/api/openapi.json").json()
        of_events = [f"/events/{event}{part}" for event in site.events.values() for part in ("", "/edit")]
        others = (*addresses_for_other_sites(site), *_own_feed(client))
        for address in (*_PAGES, *of_events, *addresses_of(site, document), *others):
            answer = client.get(address)
            unfolded = answer.text.replace("\r\n ", "")  # the lines of calendar files (RFC 5545 section 3.1)
            yield f"{answer.status_code} {answer.headers} {unfolded}"


def _own_feed(client: httpx.Client) -> list[str]:
    """The path of the secret feed of the person whose headers ``client`` sends."""
    items = client.get("/api/me/account").json().get("items", ())
    return [each["feed"] for each in items if "feed" in each]


async def read_views(site: Site, headers: Mapping[str, str]) -> list[str]:
    """The first message of each view, over the WebSocket and over event streams."""
    found = []
    url = site.turnout.url.replace("http", "ws") + _LIVE
    async with websockets.connect(url, additional_headers=dict(headers)) as socket:
        found += [await socket.recv(), *[await _watch(socket, view) for view in views_of(site)]]
    async with httpx.AsyncClient(base_url=site.turnout.url, headers=headers) as client:
        for views in _in_parts(views_of(site), 20):
            async with client.stream("GET", _LIVE, params={"view": views}) as stream:
                missing = len(views)
                async for line in stream.aiter_lines():
                    found.append(line)
                    missing -= '"type":"snapshot"' in line or '"type":"fail"' in line
                    if not missing:
                        break
    return [str(each) for each in found]


class LiveLink:
    """A WebSocket that watches all views while things change."""

    def __init__(self, site: Site, headers: Mapping[str, str]) -> None:
        self._site = site
        self._headers = headers
        self._socket: Any = None

    async def open(self) -> None:
        url = self._site.turnout.url.replace("http", "ws") + _LIVE
        self._socket = await websockets.connect(url, additional_headers=dict(self._headers), max_queue=None)
        for view in views_of(self._site):
            await _watch(self._socket, view)

    async def close(self, at: str) -> list[str]:
        """Closes the link when it is at position ``at``; returns all messages since ``open``."""
        await self._socket.send(json.dumps({"type": "watch", "view": END, "at": at}))
        found = []
        while f'"view":"{END}"' not in (message := str(await self._socket.recv())):
            found.append(message)
        await self._socket.close()
        return found


async def _watch(socket: Any, view: str) -> str:
    await socket.send(json.dumps({"type": "watch", "view": view}))
    async with asyncio.timeout(30):
        while '"type":"patch"' in (message := str(await socket.recv())):
            pass  # of an earlier view, whose number of viewers has changed
    return message


def _in_parts(texts: list[str], size: int) -> Iterable[list[str]]:
    return (texts[start : start + size] for start in range(0, len(texts), size))
