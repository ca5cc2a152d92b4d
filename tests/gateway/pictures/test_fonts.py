"""The fonts of pictures: own ones for most of Europe, and others of the machine, which these tests make."""

from io import BytesIO
from pathlib import Path

import pytest
import resvg_py
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from turnout_gateway.pictures.card import DISPLAY, TEXT, Run
from turnout_gateway.pictures.fonts import OWN_FONTS, FontLibrary


def make_font(file: Path, family: str, characters: str) -> None:
    """Writes a font whose characters are squares, as wide as the font is large."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 800), (900, 800), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    names = [".notdef", *(f"u{ord(each):X}" for each in characters)]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(each): f"u{ord(each):X}" for each in characters})
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(file)


@pytest.fixture
def fonts(tmp_path: Path) -> FontLibrary:
    """The own fonts, with some kanji, the same in italics, and two fonts with a die."""
    (tmp_path / "deep").mkdir()
    make_font(tmp_path / "deep" / "Kanji-Italic.ttf", "Slanted Kanji", "夜会")
    make_font(tmp_path / "KanjiSans.ttf", "Kanji", "夜会")
    make_font(tmp_path / "DiceSans-Bold.ttf", "Dice", "🎲")
    make_font(tmp_path / "ColourEmoji.ttf", "Emoji", "🎲❤")
    (tmp_path / "Broken.ttf").write_bytes(b"no font")
    return FontLibrary([tmp_path, tmp_path / "missing"])


@pytest.mark.parametrize("text", ["Café Ümlaut", "Łódź", "Київ, вул. Хрещатик", "Ελληνικά", "Tiếng Việt"])
def test_own_fonts_have_the_letters_of_europe(text: str) -> None:
    fonts = FontLibrary([])
    assert fonts.drawable(text) == text
    assert {run.family for run in fonts.runs(text, DISPLAY)} <= set(OWN_FONTS)


def test_characters_without_a_font_are_left_out() -> None:
    assert FontLibrary([]).drawable("  🎲  Board 👨‍👩‍👧 games\u202e\x07 夜 ") == "Board games"


def test_fonts_of_the_machine_fill_the_gaps(fonts: FontLibrary, tmp_path: Path) -> None:
    assert fonts.drawable("Games 夜 🎲 👾") == "Games 夜 🎲"
    assert fonts.runs("Games 夜会 🎲", DISPLAY) == [
        Run("Games ", DISPLAY),
        Run("夜会", "Kanji"),
        Run(" ", DISPLAY),
        Run("🎲", "Emoji"),
    ]
    files = fonts.files_for(["Games 夜"])
    assert set(files) == {*map(str, OWN_FONTS.values()), str(tmp_path / "KanjiSans.ttf")}


def test_a_line_that_one_font_has_as_a_whole_is_in_that_font(fonts: FontLibrary) -> None:
    assert fonts.runs("夜会", DISPLAY) == [Run("夜会", "Kanji")]
    assert fonts.width("夜会", DISPLAY) == 2


def test_a_selector_asks_for_the_emoji(fonts: FontLibrary) -> None:
    assert fonts.runs("❤\ufe0f", TEXT) == [Run("❤\ufe0f", "Emoji")]


@pytest.mark.parametrize(("family", "text"), [(DISPLAY, "Board games"), (TEXT, "17 of 24 going"), (DISPLAY, "Ёжик")])
def test_a_text_is_as_wide_as_the_renderer_draws_it(family: str, text: str) -> None:
    fonts = FontLibrary([])
    weight = 700 if family == DISPLAY else 600
    box = resvg_py.svg_to_bytes(
        svg_string='<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="200">'
        f'<text x="100" y="100" font-size="100" font-family="{family}" font-weight="{weight}">{text}</text></svg>',
        skip_system_fonts=True,
        font_files=fonts.files_for([text]),
    )
    left, _, right, _ = Image.open(BytesIO(box)).getchannel("A").getbbox() or (0, 0, 0, 0)
    assert fonts.width(text, family) * 100 == pytest.approx(right - left, abs=20)  # a letter's own margins
