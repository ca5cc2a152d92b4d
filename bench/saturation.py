"""Finds the highest rate of changes at which a server still delivers in time."""

import asyncio
import time
from collections.abc import Iterable
from typing import Final

from measure import Figures, Pace, Setup, running_setup
from row import Bench, Row, batch_size
from servers import Server, Workload

P99_MAX_MS: Final = 100
KEPT_UP_MIN: Final = 0.95  # conflation may merge a few changes
COLUMNS: Final = ("per s", "changes per s", "us", "p50 ms", "p99 ms")
_STEP_S: Final = 1.5
_TRIES: Final = 2
_BISECTIONS: Final = 3  # after doubling: within 9 % of the limit
_QUIET_S, _QUIET_MAX_S = 0.3, 15.0


async def limits_of(servers: Iterable[Server], bench: Bench, row: Row, workload: Workload, start: float) -> None:
    """Adds the figures of each server at its highest rate to a row with ``COLUMNS``, none if ``start`` is too much."""
    for server in servers:
        bench.report_progress(server.name)
        async with running_setup(server, workload, bench.cores) as setup:
            top = await _highest_rate(setup, start)
        if top is None:
            row.lines[server.name] = dict.fromkeys(COLUMNS)
            continue
        row.add_figures(server.name, top)
        values = (top.per_s, top.changes_per_s, top.cpu_us, top.p50_ms, top.p99_ms)
        row.lines[server.name] = dict(zip(COLUMNS, values, strict=True))


async def _highest_rate(setup: Setup, start: float) -> Figures | None:
    """Doubles the rate from ``start`` changes a second while the server keeps up, then narrows the limit down.

    Returns None if ``start`` is too much.
    """
    best: Figures | None = None
    good, bad = 0.0, 0.0
    rate = start
    for _ in range(_BISECTIONS + 1):
        while True:
            figures = await _try_rate(setup, rate)
            if figures is not None and (best is None or figures.per_s > best.per_s):
                best = figures
            good, bad = (good, rate) if figures is None else (rate, bad)
            if bad:
                break
            rate *= 2
        if not good:
            return None
        rate = (good * bad) ** 0.5
    return best


async def _try_rate(setup: Setup, rate: float) -> Figures | None:
    """The figures at ``rate``; None if the server does not keep up, twice: a machine is disturbed now and then.

    It keeps up if 95 % of the changes arrive, and 99 % of those within 100 ms.
    """
    for _ in range(_TRIES):
        figures = await setup.measure(Pace(rate, batch_size(rate)), _STEP_S)
        await _wait_until_quiet(setup)
        is_made = figures.changes >= KEPT_UP_MIN * rate * _STEP_S
        if is_made and figures.p99_ms <= P99_MAX_MS and figures.kept_up >= KEPT_UP_MIN:
            return figures
    return None


async def _wait_until_quiet(setup: Setup) -> None:
    """Waits until nothing arrives any more, so that the next rate does not pay for this one."""
    deadline_s = time.monotonic() + _QUIET_MAX_S
    before, now = -1, (await setup.load_generator.report()).bytes
    while before != now and time.monotonic() < deadline_s:
        await asyncio.sleep(_QUIET_S)
        before, now = now, (await setup.load_generator.report()).bytes
