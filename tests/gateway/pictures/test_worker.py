"""The process that draws, and its pictures. ``TURNOUT_STORE_PICTURES=1`` writes the expected pictures anew."""

import os
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import psutil
import pytest
from card_facts import facts
from PIL import Image, ImageChops, ImageStat
from waiting import until

from turnout_gateway.pictures.worker import Painter
from turnout_gateway.pictures.worker_process import NotDrawn, WorkerProcess

EXPECTED = Path(__file__).with_name("expected")
DIFFERENCE_MAX = 0.5  # mean of all channels, of 255
CASES: dict[str, dict[str, Any]] = {
    "going": {"title": "Board games & cheese at Ada's", "waiting": 0},
    "crowd": {"title": "An evening of long titles, " * 4, "capacity": 500, "going": 312, "waiting": 12},
    "growing": {"title": "Ёжик и Ada", "capacity": None, "going": 31},
    "called-off": {"title": "Swim <in> the lake", "tense": "cancelled", "ends": "2026-12-13T02:00", "place": ""},
    "no-font": {"title": "\U000f0000" * 20, "tense": "ended", "capacity": 6, "going": 6},
}


@pytest.mark.parametrize("name", CASES)
def test_a_picture_looks_as_it_did(name: str) -> None:
    drawn = Image.open(BytesIO(Painter(folders=[]).paint(facts(**CASES[name])))).convert("RGB")
    file = EXPECTED / f"{name}.png"
    if os.environ.get("TURNOUT_STORE_PICTURES"):
        drawn.quantize(64).save(file, optimize=True)
    assert drawn.size == (1200, 630)
    difference = ImageStat.Stat(ImageChops.difference(drawn, Image.open(file).convert("RGB"))).mean
    assert max(difference) < DIFFERENCE_MAX


@pytest.mark.parametrize(
    "title", ["w" * 120, "\u202egnp.exe", "]]>&amp;<script>", "👨‍👩‍👧‍👦" * 20, "ْ" * 120, "\u200f", "夜" * 120]
)
def test_any_title_becomes_a_picture(title: str) -> None:
    assert Image.open(BytesIO(Painter(folders=[]).paint(facts(title=title, place=title)))).size == (1200, 630)


@pytest.fixture
async def worker() -> AsyncIterator[WorkerProcess]:
    made = WorkerProcess()
    yield made
    await made.close()


def child() -> psutil.Process:
    (found,) = (each for each in psutil.Process().children() if "turnout_gateway.pictures.worker" in each.cmdline())
    return found


async def test_the_process_draws_one_picture_after_another(worker: WorkerProcess) -> None:
    first, second = await worker.draw(facts()), await worker.draw(facts(going=18))
    assert first.startswith(b"\x89PNG")
    assert first != second
    assert child().nice() > psutil.Process().nice()


async def test_the_process_has_no_settings(worker: WorkerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TURNOUT_VALKEY", "redis://:secret@localhost")
    await worker.draw(facts())
    assert not [name for name in child().environ() if name.startswith("TURNOUT")]


async def test_the_process_starts_again_after_its_end(worker: WorkerProcess) -> None:
    await worker.draw(facts())
    first = child()
    first.kill()
    with pytest.raises(NotDrawn):
        await worker.draw(facts())
    assert (await worker.draw(facts())).startswith(b"\x89PNG")
    assert child() != first


async def test_the_process_ends_when_it_is_closed(worker: WorkerProcess) -> None:
    await worker.draw(facts())
    process = child()
    await worker.close()
    await until(lambda: not process.is_running())
