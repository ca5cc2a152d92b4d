"""Security headers: on each response of a server, each once, with the values of the edge."""

import re
from pathlib import Path

import pytest

from turnout_core.web.security_headers import API, COMMON, PAGE, DefaultHeaders

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


def _snippet(name: str) -> dict[str, str]:
    body = re.search(rf"^\({name}\) {{\n\theader {{\n(.*?)\n\t}}", CADDYFILE, re.DOTALL | re.MULTILINE)
    assert body is not None, name
    lines = [line.split(maxsplit=1) for line in body[1].splitlines()]
    return {each[0]: each[1].strip('"') for each in lines if len(each) == 2}
