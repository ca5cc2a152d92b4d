"""The fonts of pictures: the project's own for Latin, Greek and Cyrillic, and those of the machine for all else.

The own ones are cut by frontend/scripts/fonts.py. On Debian ``fonts-noto-core``, ``fonts-noto-cjk`` (or the small
``fonts-droid-fallback``) and ``fonts-noto-color-emoji`` add the other scripts; services/Dockerfile installs them.
"""

import functools
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import uharfbuzz

from turnout_gateway.pictures.card import DISPLAY, TEXT, Run
from turnout_gateway.pictures.clusters import clusters, is_ignorable

_OWN: Final = Path(__file__).with_name("fonts")
OWN_FONTS: Final = {DISPLAY: _OWN / "bricolage-grotesque.ttf", TEXT: _OWN / "inter.ttf"}
MACHINE_FOLDERS: Final = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
)
_SUFFIXES: Final = (".ttf", ".otf", ".ttc")
_OTHER_CUTS: Final = (
    "italic", "oblique", "mono", "condensed", "serif", "math", "symbol", "thin", "light", "black", "medium", "lohit",
)  # fmt: skip
_FAMILY: Final = 1  # OpenType, table "name"
_TYPOGRAPHIC_FAMILY: Final = 16
_EMOJI: Final = range(0x1F000, 0x20000)
_COLOURED: Final = "\ufe0f"  # asks for the emoji of a character
_MEASURED_MAX: Final = 4096

log = logging.getLogger("turnout.pictures")


class Font:
    """A font file: which characters it has, and how wide a text is in it. Raises OSError and HarfBuzzError."""

    def __init__(self, file: Path) -> None:
        self.file = file
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file)))
        self.characters: frozenset[int] = frozenset(face.unicodes)
        self._font = uharfbuzz.Font(face)
        self._units: int = face.upem
        self.family: str = face.get_name(_TYPOGRAPHIC_FAMILY) or face.get_name(_FAMILY) or ""
        self.width = functools.lru_cache(_MEASURED_MAX)(self._width)

    def has(self, cluster: str) -> bool:
        """True if the font has each character of a cluster that is drawn."""
        return all(ord(each) in self.characters or is_ignorable(each) for each in cluster)

    def _width(self, text: str) -> float:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        uharfbuzz.shape(self._font, buffer)
        advances: int = sum(each.x_advance for each in buffer.glyph_positions or ())
        return advances / self._units


class FontLibrary:
    """The own fonts and, as soon as a text needs them, those in ``folders``. Implements ``card.Typesetter``."""

    def __init__(self, folders: Iterable[Path] = MACHINE_FOLDERS) -> None:
        self._own = {family: Font(file) for family, file in OWN_FONTS.items()}
        self._waiting = _ranked(folders)
        self._machine: list[Font] = []
        self._by_cluster: dict[str, Font | None] = {}

    def drawable(self, text: str) -> str:
        kept = "".join(each for each in clusters(text) if each == " " or self._find(each) is not None)
        return " ".join(kept.split())

    def width(self, text: str, family: str) -> float:
        return sum(font.width(part) for part, font in self._parts(text, family))

    def runs(self, text: str, family: str) -> list[Run]:
        return [Run(part, font.family) for part, font in self._parts(text, family)]

    def files_for(self, texts: Iterable[str]) -> list[str]:
        """The files of the fonts that drawable texts need."""
        needed = {*self._own.values(), *(font for text in texts for _, font in self._parts(text, TEXT))}
        return sorted(str(each.file) for each in needed)

    def _parts(self, text: str, family: str) -> list[tuple[str, Font]]:
        own = self._own[family]
        chosen = [(each, self._choose(each, own)) for each in clusters(text)]
        others = {font for _, font in chosen if font is not own}
        for font in others:  # as the renderer does: a font that has the whole line replaces all others
            if all(font.has(each) for each, _ in chosen):
                return [(text, font)]
        parts: list[tuple[str, Font]] = []
        for each, font in chosen:
            if parts and parts[-1][1] is font:
                parts[-1] = (parts[-1][0] + each, font)
            else:
                parts.append((each, font))
        return parts

    def _choose(self, cluster: str, own: Font) -> Font:
        return own if own.has(cluster) and _COLOURED not in cluster else self._find(cluster) or own

    def _find(self, cluster: str) -> Font | None:
        """The first font that has the cluster; None if there is none."""
        if _COLOURED not in cluster:
            for own in self._own.values():
                if own.has(cluster):
                    return own
        if cluster not in self._by_cluster:
            if len(self._by_cluster) >= _MEASURED_MAX:
                self._by_cluster.clear()
            self._by_cluster[cluster] = self._search(cluster)
        return self._by_cluster[cluster]

    def _search(self, cluster: str) -> Font | None:
        suitable = (font for font in self._fonts() if font.has(cluster))
        if ord(cluster[0]) in _EMOJI or _COLOURED in cluster:
            found = list(suitable)
            return next((font for font in found if _is_emoji(font.file)), found[0] if found else None)
        return next(suitable, None)

    def _fonts(self) -> Iterator[Font]:
        """The fonts of the machine. Files are read one after the other, as far as a search goes."""
        yield from self._machine
        while self._waiting:
            file = self._waiting.pop(0)
            try:
                font = Font(file)
            except (OSError, ValueError, uharfbuzz.HarfBuzzError) as error:
                log.debug("the font %s cannot be read: %s", file, error)
                continue
            self._machine.append(font)
            yield font


def _ranked(folders: Iterable[Path]) -> list[Path]:
    """The font files below ``folders``, those first that suit a headline: upright, bold and without serifs."""
    files = [
        Path(folder, name)
        for top in folders
        for folder, _, names in os.walk(top)
        for name in names
        if name.lower().endswith(_SUFFIXES)
    ]
    return sorted(files, key=lambda file: (*_unsuitability(file.stem.lower()), file.name))


def _unsuitability(name: str) -> Sequence[bool]:
    return (
        any(each in name.replace("sansserif", "sans") for each in _OTHER_CUTS),
        not _is_emoji(Path(name)) and "sans" not in name,
        "bold" not in name,
    )


def _is_emoji(file: Path) -> bool:
    return "emoji" in file.stem.lower()
