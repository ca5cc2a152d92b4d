"""Checks rules of CONTRIBUTING.md, "Names" and "Sentences"."""

import ast
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
_SUFFIXES: Final = {
    ".py",
    ".ts",
    ".vue",
    ".css",
    ".html",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".lua",
    ".c",
    ".h",
    ".sh",
    "",
}
_GENERATED: Final = re.compile(r"generated|package-lock|\.lock$|LICENSE|live\.schema\.json|vectors/")

_BANNED_WORDS: Final = re.compile(r"\b(can not|everybody|whoever|stir|stirs|stirred)\b", re.IGNORECASE)
_RIDDLES: Final = re.compile(r"(Who|What|How|Whether|Whoever|Whatever)\b(?! \w+ \w+.*\?$)")
"""A sentence that begins like this has a clause for a subject. A question, such as "What is a view?", is fine."""

_BANNED_MODULES: Final = frozenset(
    re.findall(
        r"\w+",
        """
        early blur unsettled ticker pulse talk sink pulled wire link ordinary stream incoming counts desk answers
        details documented probes housekeeping present pushes garbage unserved stop keeper mend sparing child product
        hold switch stored testimony evidence manners order rehearsal stage screen held patience shortage utils
        helpers manager common
        """,
    )
)


def files() -> list[Path]:
    """Every text file of the project except this one and generated ones."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.splitlines() if not _GENERATED.search(name)]
    return [path for path in paths if path.suffix in _SUFFIXES and path.is_file() and path != Path(__file__)]


def python_files() -> list[Path]:
    return [path for path in files() if path.suffix == ".py"]


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Docstrings and comments of a Python file: line number and first line of each."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text.splitlines()[0]
    with path.open("rb") as source:
        before = 0
        for token in tokenize.tokenize(source.readline):
            if token.type == tokenize.COMMENT:
                if token.start[0] != before + 1:  # only the first line of a block begins a sentence
                    yield token.start[0], token.string.lstrip("# ")
                before = token.start[0]


def test_no_banned_words() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if _BANNED_WORDS.search(line)
    ]
    assert found == []


def test_no_sentence_has_a_clause_for_a_subject() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text[:100]}"
        for path in python_files()
        for line, text in prose(path)
        if _RIDDLES.match(text)
    ]
    assert found == []


def test_no_front_end_comment_has_a_clause_for_a_subject() -> None:
    comment = re.compile(r"(?:/\*\*|//|<!--)\s+((?:Who|What|How|Whether|Whoever|Whatever)\b[^\n]*)")
    found = [
        f"{path.relative_to(ROOT)}: {match[1][:100]}"
        for path in files()
        if path.suffix in {".ts", ".vue"}
        for match in comment.finditer(path.read_text())
        if not match[1].rstrip(" */").endswith("?")
    ]
    assert found == []


@pytest.mark.parametrize("folder", ["services", "tests", "bench", "scripts"])
def test_no_module_has_a_banned_name(folder: str) -> None:
    names = {path.stem.removeprefix("test_") for path in python_files() if path.is_relative_to(ROOT / folder)}
    assert names & _BANNED_MODULES == set()


def test_test_names_are_statements() -> None:
    riddle = re.compile(r"def (test_(?:who|what|where|nobody)_\w+)")
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files()
        if path.is_relative_to(ROOT / "tests")
        for name in riddle.findall(path.read_text())
    ]
    assert found == []


def test_files_are_short() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in python_files()
        if path.is_relative_to(ROOT / "services") or path.is_relative_to(ROOT / "tests")
        if (count := len(path.read_text().splitlines())) > 350
    ]
    assert found == []
