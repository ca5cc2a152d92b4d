"""Makes a newer Turnout: this source with the next format, in which an event can be private.

It is this version in everything else, so a test with both shows what an upgrade and a roll back do.
"""

import shutil
from pathlib import Path
from typing import Final

from turnout_core.journal.format import FORMAT

SERVICES: Final = Path(__file__).parents[2] / "services"
NEWER_FORMAT: Final = FORMAT + 1
REFUSAL: Final = f"made by a newer Turnout (format {NEWER_FORMAT}, this one reads {FORMAT}): upgrade"

_PACKAGES: Final = ("core/turnout_core", "command/turnout_command")
_EDITS: Final = (
    ("turnout_core/journal/format.py", f"FORMAT: Final = {FORMAT}", f"FORMAT: Final = {NEWER_FORMAT}"),
    (
        "turnout_core/domain/changes.py",
        "from typing import ClassVar, Literal\n",
        "from typing import Annotated, ClassVar, Literal\nfrom turnout_core.domain.since import since\n",
    ),
    (
        "turnout_core/domain/changes.py",
        "    waitlist: bool = True\n",
        "    waitlist: bool = True\n"
        f'    visibility: Annotated[Literal["public", "private"], since({NEWER_FORMAT})] = "public"\n',
    ),
    (
        "turnout_command/rules/event_rules.py",
        "        waitlist=draft.waitlist,\n",
        "        waitlist=draft.waitlist,\n"
        '        visibility="private" if draft.title.startswith("Private") else "public",\n',
    ),
)


def make_newer_turnout(folder: Path) -> Path:
    """Writes the packages that differ to ``folder``, and returns it: the PYTHONPATH of the newer version."""
    for package in _PACKAGES:
        source = SERVICES / package
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, old, new in _EDITS:
        path = folder / name
        source_text = path.read_text()
        assert source_text.count(old) == 1, f"{name} does not have {old!r} once"
        path.write_text(source_text.replace(old, new))
    return folder
