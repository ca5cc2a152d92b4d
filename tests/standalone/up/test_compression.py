"""Responses are compressed if the browser accepts that, except streams and small responses."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from turnout_process import running_turnout

from turnout.up.app import Product, create_app
from turnout.up.compression import accepted_codings, compressed_copies
from turnout.up.site import default_site

_SCRIPT = "console.log('seats');" * 100


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the product before its start: without Valkey it serves the site and the OpenAPI document."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>")
    script = tmp_path / "assets" / "x-abc.js"
    script.write_text(_SCRIPT)
    script.with_name("x-abc.js.gz").write_bytes(gzip.compress(_SCRIPT.encode()))
    script.with_name("x-abc.js.br").write_bytes(b"compressed by brotli")
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
    response = await client.get("/assets/x-abc.js", headers={"Accept-Encoding": accepts})
    assert (response.text, response.headers.get("content-encoding")) == (_SCRIPT, coding)
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["vary"] == "Accept-Encoding"
    assert "immutable" in response.headers["cache-control"]


async def test_brotli_is_preferred_to_gzip(client: httpx.AsyncClient) -> None:
    async with client.stream("GET", "/assets/x-abc.js", headers={"Accept-Encoding": "gzip, deflate, br"}) as response:
        assert response.headers["content-encoding"] == "br"
        assert b"".join([part async for part in response.aiter_raw()]) == b"compressed by brotli"


async def test_an_unchanged_asset_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/assets/x-abc.js", headers={"Accept-Encoding": "gzip"})
    cached = {"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]}
    again = await client.get("/assets/x-abc.js", headers=cached)
    assert (again.status_code, again.content, again.headers["vary"]) == (304, b"", "Accept-Encoding")
    other = await client.get("/assets/x-abc.js", headers={**cached, "Accept-Encoding": "identity"})
    assert other.status_code == 200


async def test_files_without_a_compressed_copy_are_sent_as_they_are(client: httpx.AsyncClient) -> None:
    response = await client.get("/", headers={"Accept-Encoding": "gzip, br"})
    assert "content-encoding" not in response.headers
    assert "vary" not in response.headers


async def test_a_long_response_is_compressed_and_a_short_one_is_not(client: httpx.AsyncClient) -> None:
    gzip_header = {"Accept-Encoding": "gzip"}
    document = await client.get("/api/openapi.json", headers=gzip_header)
    assert (document.headers["content-encoding"], document.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(document.headers["content-length"]) < len(document.content) / 4
    assert "content-encoding" not in (await client.get("/api/nothing", headers=gzip_header)).headers


async def test_a_response_to_a_write_is_not_compressed(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/session", headers={"Accept-Encoding": "gzip"})
    assert "vary" not in response.headers


def test_a_stream_of_events_is_not_compressed(tmp_path: Path) -> None:
    with (
        running_turnout(tmp_path / "data") as turnout,
        httpx.stream("GET", f"{turnout.url}/api/live?view=events") as events,
    ):
        assert events.request.headers["accept-encoding"].startswith("gzip")
        assert "content-encoding" not in events.headers
        assert next(events.iter_lines()).startswith("retry:")


def test_the_build_compresses_its_large_files() -> None:
    site = default_site()
    if site is None:
        pytest.skip("the front end is not built: make frontend/dist/index.html")
    scripts = [each for each in (site / "assets").glob("*.js") if each.stat().st_size > 10_000]
    assert scripts
    for each in (*scripts, site / "index.html"):
        copies = compressed_copies(str(each))
        assert list(copies) == ["br", "gzip"]
        assert gzip.decompress(Path(copies["gzip"]).read_bytes()) == each.read_bytes()


@pytest.mark.parametrize(
    ("header", "expected"),
    [("", {""}), ("gzip, br", {"gzip", "br"}), ("GZIP ; q=0.5,br; q=0", {"gzip"}), ("gzip;q=0.000", set())],
)
def test_accept_encoding_is_parsed(header: str, expected: set[str]) -> None:
    assert accepted_codings(header) == expected
