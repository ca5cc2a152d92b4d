"""docs/security.md covers the standard, and it and the threats of docs/operations.md name tests that exist."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "docs" / "security.md").read_text()
OPERATIONS: Final = (ROOT / "docs" / "operations.md").read_text()
_ROW: Final = re.compile(r"^\| ([\d., to]+) \| (\w+|n/a) \| (.+) \|$", re.MULTILINE)
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_FRONT_END_TEST: Final = re.compile(r"`(frontend/tests/[\w/.-]+\.test\.ts)`")

# The items of ASVS 4.0.3 at level 2, by section. Deleted ones and those of level 3 only are left out.
ITEMS: Final[dict[str, dict[int, int | tuple[int, ...]]]] = {
    "1": {1: 7, 2: 4, 4: (1, 4, 5), 5: 4, 6: 4, 7: 2, 8: 2, 9: 2, 10: 1, 11: 2, 12: (2,), 14: 6},
    "2": {1: 12, 2: 3, 3: 3, 4: 5, 5: 7, 6: 3, 7: 6, 8: 7, 9: 3, 10: 4},
    "3": {1: 1, 2: 4, 3: 4, 4: 5, 5: 3, 7: 1},
    "4": {1: (1, 2, 3, 5), 2: 2, 3: 3},
    "5": {1: 5, 2: 8, 3: 10, 4: 3, 5: 4},
    "6": {1: 3, 2: 6, 3: 2, 4: 2},
    "7": {1: 4, 2: 2, 3: (1, 3, 4), 4: 3},
    "8": {1: 4, 2: 3, 3: 8},
    "9": {1: 3, 2: 4},
    "10": {2: 2, 3: 3},
    "11": {1: 8},
    "12": {1: 3, 2: 1, 3: 6, 4: 2, 5: 2, 6: 1},
    "13": {1: (1, 3, 4, 5), 2: (1, 2, 3, 5, 6), 3: 2, 4: 2},
    "14": {1: 4, 2: 6, 3: (2, 3), 4: 7, 5: 4},
}


def expected(chapter: str) -> set[str]:
    sections = ITEMS[chapter].items()
    return {
        f"{chapter}.{section}.{item}"
        for section, items in sections
        for item in (range(1, items + 1) if isinstance(items, int) else items)
    }


def listed(chapter: str) -> list[str]:
    """The items in the rows of a chapter. ``1.6.1 to 1.6.3`` means three items."""
    text = PAGE.split(f"\n## V{chapter} ")[1].split("\n## ")[0]
    found = []
    for items, _, _ in _ROW.findall(text):
        for part in items.split(", "):
            first, _, last = part.partition(" to ")
            section, _, start = first.rpartition(".")
            end = last.rpartition(".")[2] or start
            found += [f"{section}.{number}" for number in range(int(start), int(end) + 1)]
    return found


@pytest.mark.parametrize("chapter", ITEMS)
def test_each_item_of_the_standard_has_one_result(chapter: str) -> None:
    assert sorted(listed(chapter)) == sorted(expected(chapter))


def test_each_row_has_a_result_and_a_reason() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| \d", line)]
    assert len(_ROW.findall(PAGE)) == len(rows)
    assert {result for _, result, _ in _ROW.findall(PAGE)} == {"pass", "n/a", "open"}


def test_each_pass_names_a_test_or_a_file() -> None:
    bare = [items for items, result, reason in _ROW.findall(PAGE) if result == "pass" and not _is_evidence(reason)]
    assert bare == []


def test_each_threat_names_a_test_or_says_that_there_is_none() -> None:
    rows = OPERATIONS.partition("| attacker |")[2].splitlines()[2:]
    assert len(rows) > 40
    assert [row for row in rows if not _names_a_test(row.rpartition(" | ")[2])] == []


@pytest.mark.parametrize("page", [PAGE, OPERATIONS], ids=["security", "operations"])
def test_each_test_of_a_page_exists(page: str) -> None:
    named = _TEST.findall(page)
    assert [f"{path}::{name}" for path, name in named if not _has_test(ROOT / path, name)] == []
    assert page.count("::") == len(named)
    assert [path for path in _FRONT_END_TEST.findall(page) if not (ROOT / path).is_file()] == []


def _names_a_test(cell: str) -> bool:
    return bool(_TEST.search(cell) or _FRONT_END_TEST.search(cell)) or cell.startswith("no test")


def _is_evidence(reason: str) -> bool:
    return "`" in reason or ".md" in reason or re.match(r"as \d", reason) is not None


def _has_test(path: Path, name: str) -> bool:
    return path.is_file() and re.search(rf"^\s*(?:async )?def {name}\(", path.read_text(), re.MULTILINE) is not None
