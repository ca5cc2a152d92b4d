"""Text in any script is seen, also where the machine has no font for it."""

from typing import Any

import pytest

_COUNT_INK = """async ({family, text}) => {
  const canvas = new OffscreenCanvas(200, 60), pen = canvas.getContext('2d')
  pen.font = `${family === 'Inter' ? 400 : 700} 40px "${family}"`
  await document.fonts.load(pen.font)
  pen.fillText(text, 4, 45)
  return pen.getImageData(0, 0, 200, 60).data.filter((value, index) => index % 4 === 3 && value > 0).length
}"""


@pytest.mark.parametrize("family", ["Inter", "Bricolage Grotesque"])
@pytest.mark.parametrize("text", ["日本語", "한국어", "हिन्दी", "Nguyễn", "Музика"])
def test_characters_without_a_font_are_boxes_and_not_blank(visitors: Any, family: str, text: str) -> None:
    page = visitors().visit("/")
    assert page.evaluate(_COUNT_INK, {"family": family, "text": text}) > 100
