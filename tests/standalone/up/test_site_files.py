"""The files that browsers, phones and crawlers ask for beside the pages."""

import json
import struct
from pathlib import Path

import httpx
import pytest
from index_page import Page

from turnout.up.app import Product, create_app
from turnout.up.site import default_site

NOWHERE = "unix:///nowhere"


@pytest.fixture
def site() -> Path:
    built = default_site()
    if built is None:
        pytest.skip("the front end is not built: make frontend/dist/index.html")
    return built


async def get(site: Path, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(Product(NOWHERE), site))
    async with httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
        return await client.get(path)


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height (PNG, section 11.2.1)."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


async def test_every_file_of_the_head_is_there(site: Path) -> None:
    page = Page((site / "index.html").read_text())
    assert {"icon", "apple-touch-icon", "manifest", "stylesheet"} <= page.links.keys()
    for relation, addresses in page.links.items():
        for address in addresses:
            assert not address.startswith("/"), "an absolute address leaves the path below which the page is served"
            assert (await get(site, f"/{address.removeprefix('./')}")).status_code == 200, relation
    icon = await get(site, "/favicon.ico")
    assert png_size(icon.content[22:]) == (32, 32)
    assert png_size((await get(site, "/apple-touch-icon.png")).content) == (180, 180)


async def test_the_manifest_names_icons_of_their_sizes(site: Path) -> None:
    answer = await get(site, "/manifest.json")
    assert answer.headers["content-type"] == "application/json"
    manifest = json.loads(answer.content)
    for icon in manifest["icons"]:
        file = await get(site, f"/{icon['src']}")
        assert file.headers["content-type"] == icon["type"]
        if icon["sizes"] != "any":
            width, height = png_size(file.content)
            assert icon["sizes"] == f"{width}x{height}"


async def test_the_pages_of_events_load_their_scripts_at_once(site: Path) -> None:
    """The names are in a comment that the build writes, and that the server turns into links."""
    assert "<!--chunks event: <link " in (site / "index.html").read_text()


async def test_a_product_without_a_state_serves_the_page_as_it_was_built(site: Path) -> None:
    for path in ("/", "/events/abc"):
        answer = await get(site, path)
        assert (answer.status_code, Page(answer.text).title) == (200, "Turnout")


async def test_the_product_knows_its_public_address(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNOUT_URL", "https://events.example/here/")
    assert "Sitemap: https://events.example/here/sitemap.xml" in (await get(site, "/robots.txt")).text
