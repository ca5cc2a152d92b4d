"""Makes a newer Turnout: this source with the next format, in which an event can be private.

It is this version in everything else, so a test with both shows what an upgrade and a roll back do.
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
        f'    visibility: Annotated[Literal["public", "private"], since({NEWER})] = "public"\n',
    ),
    (
        "turnout_command/rules/event_rules.py",
        "        waitlist=draft.waitlist,\n",
        '        visibility="private" if draft.title.startswith("Private") else "public",\n',
    ),
    ("turnout_core/journal/format.py", f"FORMAT: Final = {FORMAT}\n", f"FORMAT = {NEWER}\n"),
)


def make_newer_turnout(folder: Path) -> dict[str, str]:
    """Writes the packages that differ to ``folder``. Returns the environment in which the newer version runs."""
    for package in _PACKAGES:
        source = SERVICES / package
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, line, further in _INSERTIONS:
        path = folder / name
        text = path.read_text()
        assert text.count(line) == 1, f"{name} does not have {line!r} once"
        path.write_text(text.replace(line, line + further))
    return {"PYTHONPATH": str(folder)}
