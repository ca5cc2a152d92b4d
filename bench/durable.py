"""The row about durable commands: joins and unattends, against PostgreSQL and a route that does nothing."""

import statistics
from typing import Final

from commands import measure_commands
from row import Bench, Row, at_least, at_most

_ROUNDS: Final = 3
_TIMES: Final = 6
_P99_SHARE: Final = 0.25


async def durable_commands(bench: Bench) -> Row:
    row = Row(
        "commands",
        "Durable joins and unattends (64 connections; the service has a core, its database shares the load's)",
        ("per s", "us", "p50 ms at half of PostgreSQL", "p99 ms at half of PostgreSQL"),
    )
    bench.report_progress("bare, durable, postgres")
    figures = await measure_commands(bench.seconds, _ROUNDS)
    for name, each in figures.items():
        row.lines[name] = {
            "per s": each.rate(),
            "us": statistics.median(each.cpu_us),
            "p50 ms at half of PostgreSQL": each.p50_ms,
            "p99 ms at half of PostgreSQL": each.p99_ms,
        }
    ours, peer = figures["durable"], figures.get("postgres")
    if peer is not None:
        row.goals.append(at_least(f"at least {_TIMES}x PostgreSQL", ours.rate() / peer.rate(), _TIMES, "{:.2f}x"))
        row.goals.append(at_most("p99 at most a quarter of its", ours.p99_ms / peer.p99_ms, _P99_SHARE, "{:.2f}x"))
    return row
