"""Security headers: on each response of a server, each once, with the values of the edge."""

import re
from pathlib import Path

import pytest

from turnout_core.web.security_headers import API, COMMON, PAGE, DefaultHeaders, embedded_page

CADDYFILE = (Path(__file__).parents[3] / "deploy/caddy/Caddyfile").read_text()


def test_a_response_replaces_a_default() -> None:
    defaults = DefaultHeaders([(b"date", b"today"), (b"cache-control", b"no-store")])
    assert defaults + [(b"cache-control", b"no-cache"), (b"vary", b"Cookie")] == [  # noqa: RUF005 - uvicorn adds lists
        (b"date", b"today"),
        (b"cache-control", b"no-cache"),
        (b"vary", b"Cookie"),
    ]
    assert defaults == [(b"date", b"today"), (b"cache-control", b"no-store")]


@pytest.mark.parametrize(
    ("snippet", "expected"), [("common", COMMON), ("api", API), ("page", PAGE)], ids=["common", "api", "page"]
)
def test_the_edge_has_the_same_values(snippet: str, expected: dict[str, str]) -> None:
    assert {**_snippet("common"), **_snippet(snippet)} == expected


@pytest.mark.parametrize(
    ("origins", "policy"),
    [
        ((), "frame-ancestors 'none'"),
        (("*",), "frame-ancestors *"),
        (("https://a.example", "http://b:81"), "frame-ancestors https://a.example http://b:81"),
    ],
)
def test_a_page_names_the_pages_that_may_frame_it(origins: tuple[str, ...], policy: str) -> None:
    headers = embedded_page(origins)
    assert headers.pop("X-Robots-Tag") == "noindex"
    assert headers["Content-Security-Policy"].endswith(f"; {policy}")
    assert headers | {"Content-Security-Policy": PAGE["Content-Security-Policy"]} == PAGE


@pytest.mark.parametrize("origins", [(), ("*",), ("https://a.example", "http://b:81")])
def test_the_edge_lets_the_same_pages_frame(origins: tuple[str, ...]) -> None:
    found = {**_snippet("common"), **_snippet("embed")}
    variable = re.compile(r"\{\$TURNOUT_EMBED_ORIGINS:(.*?)\}")
    found["Content-Security-Policy"] = variable.sub(
        lambda default: " ".join(origins) or default[1], found["Content-Security-Policy"]
    )
    assert found == embedded_page(origins)


def _snippet(name: str) -> dict[str, str]:
    body = re.search(rf"^\({name}\) {{\n\theader {{\n(.*?)\n\t}}", CADDYFILE, re.DOTALL | re.MULTILINE)
    assert body is not None, name
    lines = [line.partition(" #")[0].split(maxsplit=1) for line in body[1].splitlines()]
    return {each[0].lstrip("?"): each[1].strip('"') for each in lines if len(each) == 2}
