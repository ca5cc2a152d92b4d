# /// script
# requires-python = ">=3.11"
# dependencies = ["brotli==1.2.1", "fonttools==4.68.0"]
# ///
"""Cuts the fonts of @fontsource-variable down to what the page shows: Latin letters, and one cut of each family.

Run it by hand when a font is updated: ``../.tools/bin/uv run scripts/fonts.py``. The results are committed.
"""

import shutil
from pathlib import Path
from typing import Any, Final

from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.varLib.instancer import instantiateVariableFont

ROOT: Final = Path(__file__).parent.parent
SOURCE: Final = ROOT / "node_modules/@fontsource-variable"
TARGET: Final = ROOT / "src/fonts"

# Basic Latin, Latin-1, and the punctuation and letters of western and some central European text.
LETTERS: Final = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *map(ord, "–—‘’‚“”„•…‹›€™−×→←↑↓ŒœŠšŽžŁłıW"),  # noqa: RUF001
)
CUTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "inter": ("inter-latin-wght-normal.woff2", {"wght": (400, 650)}),
    "bricolage-grotesque": (
        "bricolage-grotesque-latin-standard-normal.woff2",
        {"wght": 700, "opsz": 60, "wdth": 92},
    ),
}


def cut(family: str, file: str, axes: dict[str, Any]) -> None:
    # Where no font has a character, browsers show `.notdef` of the first font, so that one keeps its outline.
    options = Options(flavor="woff2", notdef_outline=True, hinting=False, layout_features=["*"])
    font = load_font(SOURCE / family / "files" / file, options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=LETTERS)
    subsetter.subset(font)
    font = instantiateVariableFont(font, axes)
    save_font(font, TARGET / f"{family}.woff2", options)
    shutil.copyfile(SOURCE / family / "LICENSE", TARGET / f"{family}.LICENSE.txt")


if __name__ == "__main__":
    for each, (file, axes) in CUTS.items():
        cut(each, file, axes)
