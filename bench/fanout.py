"""Rows about the cost of updates for many clients."""

import asyncio
import statistics
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final

from loadgen import running_load_generator
from measure import Figures, Pace
from row import MANY, Bench, Row, at_least, at_most, batch_size
from saturation import COLUMNS, P99_MAX_MS, limits_of
from servers import FLOOR, TURNOUT, Workload

_RATE_START: Final = 50  # changes a second
_IDLE_S: Final = 2.0
_CHANGES_PER_FRAME_MAX: Final = 1.1
_ROUNDS: Final = 3


async def one_frame_per_change(bench: Bench) -> Row:
    row = Row(
        "frame",
        "CPU per delivery, one frame per change (1,000 clients, 50 changes/s)",
        ("us", "x floor", "changes per frame", "p50 ms", "p99 ms"),
    )
    for name, rounds in (await _measure_alternately(bench, row, Workload(1_000), Pace(50))).items():
        row.lines[name]["changes per frame"] = changes_per_frame = _median(each.changes_per_frame for each in rounds)
        if changes_per_frame > _CHANGES_PER_FRAME_MAX:
            row.doubt.append(f"{name}: it merged changes under load, so this is not one frame per change")
    _add_cost_goal(row, 1.2)
    row.add_goal_against_bun("at most 0.9x Bun's", at_most, "us", 0.9)
    return row


async def maximum_rate(bench: Bench) -> Row:
    title = f"Most deliveries on one core (1,000 clients of one view; p99 at most {P99_MAX_MS} ms)"
    row = Row("max", title, COLUMNS)
    await limits_of((TURNOUT, *bench.peers), bench, row, Workload(1_000), _RATE_START)
    row.add_goal_against_bun("at least 2x Bun's", at_least, "per s", 2)
    return row


async def many_views(bench: Bench) -> Row:
    row = Row(
        "views",
        "1,000 event views with 10 watchers each, 1,000 changes/s spread over them",
        ("us", "x floor", "p50 ms", "p99 ms", "kept up %"),
    )
    workload = Workload(MANY, events=1_000, rooms=True)
    for name, rounds in (await _measure_alternately(bench, row, workload, Pace(1_000, batch_size(1_000)))).items():
        row.lines[name]["kept up %"] = _median(each.kept_up * 100 for each in rounds)
    _add_cost_goal(row, 1.5)
    return row


async def conflation(bench: Bench) -> Row:
    row = Row(
        "conflation",
        "Saving by conflation: 2,000 changes/s of a single event (1,000 clients)",
        ("us per change and client", "frames per client and s", "p99 ms"),
    )
    figures = await bench.figures(TURNOUT, Workload(1_000, events=1), Pace(2_000, batch_size(2_000)))
    row.raw[TURNOUT.name] = asdict(figures)
    row.lines[TURNOUT.name] = {
        "us per change and client": figures.cpu_us * figures.deliveries / figures.changes / 1_000,
        "frames per client and s": figures.frames / 1_000 / bench.seconds,
        "p99 ms": figures.p99_ms,
    }
    return row


async def memory(bench: Bench) -> Row:
    row = Row("memory", "Memory per idle client (10,000 clients, each with one view)", ("KB", "total MB"))
    for server in (TURNOUT, *bench.peers):
        bench.report_progress(server.name)
        workload = Workload(MANY, events=50)
        async with server.start(workload, bench.cores.server) as running:
            before = running.resident_bytes()
            async with running_load_generator(running.load_arguments(workload)) as clients:
                await clients.send_command("open")
                await asyncio.sleep(_IDLE_S)
                after = running.resident_bytes()
        row.lines[server.name] = {"KB": (after - before) / MANY / 1024, "total MB": after / 1024**2}
    row.add_goal_against_bun("at most Bun's", at_most, "KB", 1)
    return row


async def _measure_alternately(bench: Bench, row: Row, workload: Workload, pace: Pace) -> dict[str, list[Figures]]:
    """Measures the servers alternately, since the speed of a machine may change by a tenth within a minute.

    The figures are medians over the rounds; "x floor" is the median of the ratios to the floor of the same round.
    """
    figures_by_server: dict[str, list[Figures]] = {}
    for _ in range(_ROUNDS):
        for server in (FLOOR, TURNOUT, *bench.peers):
            figures = await bench.figures(server, workload, pace)
            row.add_figures(server.name, figures)
            figures_by_server.setdefault(server.name, []).append(figures)
    for name, rounds in figures_by_server.items():
        row.lines[name] = {
            "us": _median(each.cpu_us for each in rounds),
            "x floor": _median(
                each.cpu_us / floor.cpu_us for each, floor in zip(rounds, figures_by_server[FLOOR.name], strict=True)
            ),
            "p50 ms": _median(each.p50_ms for each in rounds),
            "p99 ms": _median(each.p99_ms for each in rounds),
        }
    return figures_by_server


def _median(figures: Iterable[float]) -> float:
    return statistics.median(list(figures))


def _add_cost_goal(row: Row, times: float) -> None:
    row.goals.append(at_most(f"at most {times}x the floor", row.lines[TURNOUT.name]["x floor"], times, "{:.2f}x"))
