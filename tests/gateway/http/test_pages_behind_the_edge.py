"""The Caddy of the containers in front of a gateway: pages pass through it, and fit the assets that it serves."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from index_page import Page
from reverse_proxy import running_edge, unused_port
from running_gateway import RunningGateway

from turnout_core.web.security_headers import API, PAGE

ServeGateway = Callable[..., Awaitable[RunningGateway]]


@pytest.mark.parametrize("base", ["", "/below"])
async def test_pages_pass_through_the_edge(serve: ServeGateway, tmp_path: Path, base: str) -> None:
    internal = unused_port()
    instance = await serve(index_url=f"http://127.0.0.1:{internal}/index.html", base_path=base)
    event = instance.writer.event(instance.writer.user("Ada"), 24, title="Jazz night")
    await instance.append_and_wait()
    env = {"TURNOUT_BASE_PATH": base, "TURNOUT_INDEX": "one"}
    gateway = int(instance.url.rpartition(":")[2])
    with running_edge(tmp_path, product=gateway, env=env, internal=internal) as port:
        async with httpx.AsyncClient(base_url=f"http://localhost:{port}") as edge:
            answer = await edge.get(f"/events/{event}")
            page = Page(answer.text)
            assert (answer.status_code, page.title) == (200, "Jazz night · Turnout")
            assert page.links["canonical"] == [f"http://localhost:{port}{base}/events/{event}"]
            assert ("base", {"href": f"{base}/"}) in page.elements
            assert page.blocks["application/json"]["view"] == f"events/{event}"
            assert_each_once(answer, PAGE)
            script = next(each for each in page.scripts if "assets" in each)
            assert (await edge.get(script.removeprefix("."))).status_code == 200
            unchanged = await edge.get(f"/events/{event}", headers={"If-None-Match": answer.headers["etag"]})
            assert unchanged.status_code == 304

            for path, title in (
                ("/", "Events · Turnout"),
                ("/you", "You · Turnout"),
                ("/?tag=x", "x · Events · Turnout"),
            ):
                assert Page((await edge.get(path)).text).title == title
            for path in ("/nowhere", "/events/nonesuchaaaa"):
                missing = await edge.get(path)
                assert (missing.status_code, Page(missing.text).title) == (404, "Not found · Turnout")
            for path, kind in (("/manifest.json", "application/json"), ("/favicon.svg", "image/svg+xml")):
                file = await edge.get(path)
                assert (file.status_code, file.headers["content-type"].partition(";")[0]) == (200, kind)
                assert_each_once(file, PAGE)
            assert "/sitemap.xml" in (await edge.get("/robots.txt")).text
            assert event in (await edge.get("/sitemap.xml")).text
            for path in ("/metrics", "/readyz", "/healthz", "/readyz/", "/%72eadyz"):
                hidden = await edge.get(path)
                assert Page(hidden.text).title == "Turnout"
            refused = await edge.post("/")
            assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
            assert_each_once(refused, API)


async def test_without_gateways_the_edge_sends_the_page_as_it_was_built(serve: ServeGateway, tmp_path: Path) -> None:
    instance = await serve(index_url="http://127.0.0.1:1/index.html")
    gateway = int(instance.url.rpartition(":")[2])
    for number, product in enumerate((gateway, unused_port())):
        folder = tmp_path / str(number)
        folder.mkdir()
        with running_edge(folder, product=product, env={"TURNOUT_BASE_PATH": "/below"}) as port:
            async with httpx.AsyncClient(base_url=f"http://localhost:{port}", timeout=20) as edge:
                answer = await edge.get("/events/abc")
                assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
                assert re.search(r'<base href="/below/"', answer.text)
                assert Page(answer.text).title == "Turnout"
                assert answer.headers["cache-control"] == "no-cache"
                assert_each_once(answer, PAGE)


async def test_a_gateway_of_an_earlier_version_costs_nobody_the_page(serve: ServeGateway, tmp_path: Path) -> None:
    instance = await serve()  # without pages, as such a gateway is
    with running_edge(tmp_path, product=int(instance.url.rpartition(":")[2]), env={}) as port:
        async with httpx.AsyncClient(base_url=f"http://localhost:{port}") as edge:
            page = await edge.get("/events/abc", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
            assert (page.status_code, Page(page.text).title) == (200, "Turnout")
            assert_each_once(page, PAGE)
            picture = await edge.get("/events/abc/card.png", headers={"Accept": "image/png"})
            assert (picture.status_code, picture.json()["status"]) == (404, 404)
            assert_each_once(picture, API)


def assert_each_once(answer: httpx.Response, expected: dict[str, str]) -> None:
    assert {name: answer.headers.get_list(name) for name in expected} == {
        name: [value] for name, value in expected.items()
    }
