"""Rows about 1,000 views with ten watchers each: how soon a change arrives, and how many changes fit."""

import statistics
from typing import Final

from measure import Pace, running_setup
from row import MANY, Bench, Row, at_least, at_most, batch_size
from saturation import COLUMNS, KEPT_UP_MIN, P99_MAX_MS, limits_of
from servers import FLOOR, TURNOUT, Workload

_WORKLOAD: Final = Workload(MANY, events=1_000, rooms=True)
_RATES: Final = (100, 1_000, 5_000)  # changes a second
_GOAL_RATE: Final = 1_000
_TURNS: Final = 3  # at the rate of the goals; one at the others
_RATE_START: Final = 250


async def views_latency(bench: Bench) -> Row:
    figures_of = ("answer p50 ms", "p50 ms", "p99 ms", "CPU %")
    columns = [f"{figure} at {rate:,}" for rate in _RATES for figure in figures_of]
    title = "1,000 event views with 10 watchers each: latency at 100, 1,000 and 5,000 changes/s"
    row = Row("latency", f"{title} (answer: to the sender of a change; ours is on the disk by then)", columns)
    for server in (TURNOUT, *bench.peers):
        bench.report_progress(server.name)
        line: dict[str, float | None] = {}
        async with running_setup(server, _WORKLOAD, bench.cores) as setup:
            for rate in _RATES:
                turns = [
                    await setup.measure(Pace(rate, batch_size(rate)), bench.seconds)
                    for _ in range(_TURNS if rate == _GOAL_RATE else 1)
                ]
                for figures in turns:
                    row.add_figures(server.name, figures)
                if min(figures.kept_up for figures in turns) < KEPT_UP_MIN:
                    break
                line[f"answer p50 ms at {rate:,}"] = statistics.median(each.answer_ms for each in turns)
                line[f"p50 ms at {rate:,}"] = statistics.median(each.p50_ms for each in turns)
                line[f"p99 ms at {rate:,}"] = statistics.median(each.p99_ms for each in turns)
                line[f"CPU % at {rate:,}"] = statistics.median(each.server_share for each in turns) * 100
        row.lines[server.name] = line
    p50, p99 = f"p50 ms at {_GOAL_RATE:,}", f"p99 ms at {_GOAL_RATE:,}"
    ours = row.lines[TURNOUT.name]
    row.goals.append(at_most("p50 at 1,000/s at most 1.5 ms", ours.get(p50), 1.5, "{:.2f} ms"))
    row.goals.append(at_most("p99 at 1,000/s at most 10 ms", ours.get(p99), 10, "{:.2f} ms"))
    row.add_goal_against_bun("p50 at 1,000/s at most 2x Bun's", at_most, p50, 2)
    return row


async def views_max(bench: Bench) -> Row:
    title = f"1,000 event views with 10 watchers each: most changes/s (p99 at most {P99_MAX_MS} ms)"
    row = Row("views-max", title, COLUMNS)
    await limits_of((FLOOR, TURNOUT, *bench.peers), bench, row, _WORKLOAD, _RATE_START)
    row.add_goal_against_bun("at least as many as Bun", at_least, "changes per s", 1)
    return row
