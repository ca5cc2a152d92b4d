"""Faults of wall clocks. A machine has one for the journal's server and all command services, or one is wrong alone."""

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Final

from chaos.faults.wall_clock import WallClock

_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 24 * 60 * _MINUTE_MS
_OFFSETS_MS: Final = (2 * _MINUTE_MS, 40 * _MINUTE_MS, 30 * 60 * _MINUTE_MS, 365 * _DAY_MS)
_STEP_S: Final = 0.1
_FAST_RATE: Final = 600  # ten minutes in a second

KINDS: Final = ("clocks-ahead", "clocks-behind", "clocks-stepping", "clocks-fast", "clock-of-leader")


async def run_wrong(kind: str, clocks: Sequence[WallClock], rng: Random, seconds: float) -> None:
    """Sets ``clocks`` wrong together for ``seconds``. The caller sets them right again."""
    offset_ms = rng.choice(_OFFSETS_MS)
    if kind in ("clocks-ahead", "clocks-behind", "clock-of-leader"):
        ahead = kind == "clocks-ahead" or (kind == "clock-of-leader" and rng.random() < 0.5)
        set_all(clocks, offset_ms if ahead else -offset_ms)
        await asyncio.sleep(seconds)
        return
    for step in range(1, round(seconds / _STEP_S) + 1):
        is_fast = kind == "clocks-fast"
        set_all(clocks, round(step * _STEP_S * 1000) * _FAST_RATE if is_fast else rng.randint(-offset_ms, offset_ms))
        await asyncio.sleep(_STEP_S)


def set_all(clocks: Sequence[WallClock], offset_ms: int) -> None:
    for each in clocks:
        each.set(offset_ms)
