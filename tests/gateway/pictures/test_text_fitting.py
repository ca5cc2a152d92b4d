"""Lines of pictures: each character is as wide as the size of the font, except where a test says otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_gateway.pictures.clusters import clusters
from turnout_gateway.pictures.text_fitting import cut, fit

SIZES = ((10, 1), (5, 2), (2, 3))
FAMILY = "👨‍👩‍👧"


def width(text: str) -> float:
    return float(len(clusters(text)))


@pytest.mark.parametrize(
    ("text", "size", "lines"),
    [
        ("short", 10, ["short"]),
        ("two words here", 5, ["two words here"]),
        ("a line that breaks once", 5, ["a line that breaks", "once"]),
        ("", 10, []),
        ("ボードゲームの夜と日本茶の会もう一度", 5, ["ボードゲームの夜と日本茶の会もう一度"]),
        ("ボードゲームの夜と日本茶の会もう一度また会おう", 5, ["ボードゲームの夜と日本茶の会もう一度また", "会おう"]),
    ],
)
def test_the_largest_size_that_holds_a_text_is_taken(text: str, size: int, lines: list[str]) -> None:
    assert fit(text, width, 100, SIZES) == (size, lines)


def test_a_word_longer_than_a_line_breaks_anywhere() -> None:
    assert fit("w" * 120, width, 100, SIZES) == (2, ["w" * 50, "w" * 50, "w" * 20])


def test_a_text_that_does_not_fit_is_cut() -> None:
    size, lines = fit("word " * 60, width, 100, SIZES)
    assert size == SIZES[-1][0]
    assert len(lines) == SIZES[-1][1]
    assert lines[-1].endswith("…")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("whole", "whole"), ("too long", "too…"), (FAMILY * 6, FAMILY * 4 + "…"), ("🇪🇺" * 6, "🇪🇺" * 4 + "…")],
)
def test_a_text_is_cut_between_characters_as_people_see_them(text: str, expected: str) -> None:
    assert cut(text, width, 5) == expected


@given(st.text(max_size=200), st.integers(20, 300))
def test_each_line_fits_and_the_lines_are_the_start_of_the_text(text: str, room: int) -> None:
    size, lines = fit(text, width, room, SIZES)
    assert all(width(each) <= room / size for each in lines)
    shown = "".join("".join(lines).removesuffix("…").split())
    assert "".join(text.split()).startswith(shown)
