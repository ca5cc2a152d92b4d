"""Answers are compressed if the browser accepts that, except streams and what does not get smaller."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from turnout_process import product

from turnout.up.app import Product, create_app
from turnout.up.compression import accepted, packed_beside
from turnout.up.site import default_site

_SCRIPT = "console.log('seats');" * 100


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The product, not started: without Valkey there is the site, and what needs no data."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    script = tmp_path / "assets" / "x-abc.js"
    script.write_text(_SCRIPT)
    script.with_name("x-abc.js.gz").write_bytes(gzip.compress(_SCRIPT.encode()))
    script.with_name("x-abc.js.br").write_bytes(b"what brotli makes of it")
    transport = httpx.ASGITransport(create_app(Product("unix:///nowhere"), tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
        client.headers["Accept-Encoding"] = "identity"
        yield client


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [("gzip, deflate", "gzip"), ("gzip, br;q=0", "gzip"), ("deflate", None), ("", None)],
)
async def test_an_asset_is_sent_as_the_build_compressed_it(
    client: httpx.AsyncClient, accepts: str, coding: str | None
) -> None:
    answer = await client.get("/assets/x-abc.js", headers={"Accept-Encoding": accepts})
    assert (answer.text, answer.headers.get("content-encoding")) == (_SCRIPT, coding)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["cache-control"]


async def test_brotli_goes_before_gzip(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/assets/x-abc.js", headers={"Accept-Encoding": "gzip, deflate, br"}) as answer:
        assert answer.headers["content-encoding"] == "br"
        assert b"".join([part async for part in answer.aiter_raw()]) == b"what brotli makes of it"


async def test_an_asset_that_did_not_change_is_not_sent(client: httpx.AsyncClient) -> None:
    first = await client.get("/assets/x-abc.js", headers={"Accept-Encoding": "gzip"})
    held = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]}
    again = await client.get("/assets/x-abc.js", headers=held)
    assert (again.status_code, again.content, again.headers["vary"]) == (304, b"", "Accept-Encoding")
    other = await client.get("/assets/x-abc.js", headers={**held, "Accept-Encoding": "identity"})
    assert other.status_code == 200


async def test_files_without_a_compressed_copy_are_sent_as_they_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


async def test_a_long_answer_is_compressed_and_a_short_one_is_not(client: httpx.AsyncClient) -> None:
    packs = {"Accept-Encoding": "gzip"}
    document = await client.get("/api/openapi.json", headers=packs)
    assert (document.headers["content-encoding"], document.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(document.headers["content-length"]) < len(document.content) / 4
    assert "content-encoding" not in (await client.get("/api/nothing", headers=packs)).headers


async def test_a_write_does_not_pass_through_it(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/session", headers={"Accept-Encoding": "gzip"})
    assert "vary" not in answer.headers


def test_the_stream_of_events_is_sent_as_it_comes(tmp_path: Path) -> None:
    with product(tmp_path / "data") as it, httpx.stream("GET", f"{it.url}/api/live?view=events") as events:
        assert events.request.headers["accept-encoding"].startswith("gzip")
        assert "content-encoding" not in events.headers
        assert next(events.iter_lines()).startswith("retry:")


def test_the_build_compresses_what_it_makes() -> None:
    site = default_site()
    if site is None:
        pytest.skip("the front end is not built: make frontend/dist/index.html")
    scripts = [each for each in (site / "assets").glob("*.js") if each.stat().st_size > 10_000]
    assert scripts
    for each in (*scripts, site / "index.html"):
        packed = packed_beside(str(each))
        assert list(packed) == ["br", "gzip"]
        assert gzip.decompress(Path(packed["gzip"]).read_bytes()) == each.read_bytes()


@pytest.mark.parametrize(
    ("header", "expected"),
    [("", {""}), ("gzip, br", {"gzip", "br"}), ("GZIP ; q=0.5,br; q=0", {"gzip"}), ("gzip;q=0.000", set())],
)
def test_accept_encoding_is_parsed(header: str, expected: set[str]) -> None:
    assert accepted(header) == expected
