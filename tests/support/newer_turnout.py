"""Makes other versions of Turnout from this source, so that a test with both shows what an upgrade and a roll back do.

The newer one has the next format, in which an event can have a dress code. The older one has the format before ours.
"""

import shutil
from pathlib import Path
from typing import Final

from newer_data import NEWER

from turnout_core.journal.format import FORMAT

SERVICES: Final = Path(__file__).parents[2] / "services"

_PACKAGES: Final = ("core/turnout_core", "command/turnout_command")
_CHANGES: Final = "turnout_core/domain/changes.py"
_INSERTIONS: Final = (  # file, line, lines after it
    (
        _CHANGES,
        "    waitlist: bool = True\n",
        f'    dress: Annotated[Literal["any", "formal"], since({NEWER})] = "any"\n',
    ),
    (
        "turnout_command/rules/event_rules.py",
        "        waitlist=draft.waitlist,\n",
        '        dress="formal" if draft.title.startswith("Formal") else "any",\n',
    ),
    ("turnout_core/journal/format.py", f"FORMAT: Final = {FORMAT}\n", f"FORMAT = {NEWER}\n"),
)


def make_newer_turnout(folder: Path) -> dict[str, str]:
    """Writes the packages that differ to ``folder``. Returns the environment in which the newer version runs."""
    return _make_version(folder, {name: (line, line + further) for name, line, further in _INSERTIONS})


def make_older_turnout(folder: Path) -> dict[str, str]:
    """Likewise, a version that reads the format before this one."""
    lines = (f"FORMAT: Final = {FORMAT}\n", f"FORMAT: Final = {FORMAT - 1}\n")
    return _make_version(folder, {"turnout_core/journal/format.py": lines})


def _make_version(folder: Path, replacements: dict[str, tuple[str, str]]) -> dict[str, str]:
    for package in _PACKAGES:
        source = SERVICES / package
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (before, after) in replacements.items():
        path = folder / name
        text = path.read_text()
        assert text.count(before) == 1, f"{name} does not have {before!r} once"
        path.write_text(text.replace(before, after))
    return {"PYTHONPATH": str(folder)}
