"""Paths, links, decisions and make targets in the documentation exist."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/README.md",
    "docs/security.md",
    "frontend/README.md",
)
MIN_ROWS: Final = 25
_CODE: Final = re.compile(r"`([\w./-]+\.(?:py|ts|vue|css|md|lua|toml|yaml|yml|json|c))`|`((?:[\w.-]+/)+)`")
_LINK: Final = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
_MADE_AT_RUNTIME: Final = frozenset({"data/", "dist/"})


def _tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return listed.stdout.splitlines()


@pytest.mark.parametrize("page", PAGES)
def test_every_path_of_a_page_exists(page: str) -> None:
    text = (ROOT / page).read_text()
    names = {first or second for first, second in _CODE.findall(text)} - _MADE_AT_RUNTIME
    paths = [f"/{path}" for path in _tracked()]
    missing = [
        name
        for name in sorted(names)
        if not name.startswith("/api/")
        if not any(f"/{name}" in path if name.endswith("/") else path.endswith(f"/{name}") for path in paths)
    ]
    assert missing == []


@pytest.mark.parametrize(
    "page", [*PAGES, "docs/operations.md", "docs/backups.md", "docs/protocol.md", "docs/proxies.md", "docs/bench.md"]
)
def test_every_linked_file_of_a_page_exists(page: str) -> None:
    path = ROOT / page
    missing = [link for link in _LINK.findall(path.read_text()) if not (path.parent / link).exists()]
    assert missing == []


def test_the_map_has_enough_rows() -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    table = text.split("## To change X, open Y")[1].split("\n## ")[0]
    rows = [
        line for line in table.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| to change"))
    ]
    assert len(rows) >= MIN_ROWS


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text()
    missing = [path.name for path in (ROOT / "docs/decisions").glob("0*.md") if path.name not in index]
    assert missing == []


def test_every_make_target_of_a_page_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z][a-z-]*)", (ROOT / page).read_text())}
    assert named - targets == set()
