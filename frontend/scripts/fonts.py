# /// script
# requires-python = ">=3.11"
# dependencies = ["brotli==1.2.1", "fonttools==4.68.0"]
# ///
"""Cuts the fonts of @fontsource-variable down to what is shown: one cut of each family.

The page gets Latin letters only. The pictures of events, which a gateway draws, get all letters, as TrueType.

Run it by hand when a font is updated: ``../.tools/bin/uv run scripts/fonts.py``. The results are committed.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT: Final = Path(__file__).parent.parent
SOURCE: Final = ROOT / "node_modules/@fontsource-variable"
TARGET: Final = ROOT / "src/fonts"
PICTURES: Final = ROOT.parent / "services/gateway/turnout_gateway/pictures/fonts"

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
PICTURE_CUTS: Final[dict[str, tuple[str, str, tuple[str, ...], dict[str, Any]]]] = {
    "inter": (
        "Inter",
        "inter-{}-wght-normal.woff2",
        ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese"),
        {"wght": 600},
    ),
    "bricolage-grotesque": (
        "Bricolage Grotesque",
        "bricolage-grotesque-{}-standard-normal.woff2",
        ("latin", "latin-ext", "vietnamese"),
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


def merge(family: str, name: str, pattern: str, scripts: tuple[str, ...], axes: dict[str, Any]) -> None:
    """Writes one TrueType font of all scripts, which a renderer finds as ``name``."""
    with TemporaryDirectory() as folder:
        parts = []
        for script in scripts:
            font = TTFont(SOURCE / family / "files" / pattern.format(script), recalcTimestamp=False)
            font.flavor = None
            font = instantiateVariableFont(font, axes)
            for table in ("STAT", "MVAR", "HVAR"):  # of the variations, which are gone
                if table in font:
                    del font[table]
            parts.append(f"{folder}/{script}.ttf")
            font.save(parts[-1])
        merged = Merger().merge(parts)
    merged.recalcTimestamp = False
    merged["head"].created = merged["head"].modified = font["head"].modified  # the same file from the same fonts
    for number, text in ((1, name), (2, "Regular"), (4, name), (16, name), (17, "Regular")):
        merged["name"].setName(text, number, 3, 1, 0x409)
    PICTURES.mkdir(exist_ok=True)
    merged.save(PICTURES / f"{family}.ttf")
    shutil.copyfile(SOURCE / family / "LICENSE", PICTURES / f"{family}.LICENSE.txt")


if __name__ == "__main__":
    for each, (file, axes) in CUTS.items():
        cut(each, file, axes)
    for each, (name, pattern, scripts, axes) in PICTURE_CUTS.items():
        merge(each, name, pattern, scripts, axes)
