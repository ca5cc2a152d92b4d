"""Rows about what it costs to tell many clients."""

import asyncio
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from loadgen import load
from measure import Bed, Figures, Pace, bed
from row import MANY, Bench, Goal, Row, at_least, at_most, batched
from servers import FLOOR, TURNOUT, Work

_CLIMB: Final = (50, 100, 200, 400, 800, 1600, 2000)  # changes a second
_CLIMB_BEYOND: Final = (3000, 4500, 6000)
_CLIMB_S: Final = 2.0
_SETTLE_S: Final = 2.0
_ONE_EACH_MOST: Final = 1.1
_ROUNDS: Final = 3


async def each_change_a_frame(bench: Bench) -> Row:
    row = Row(
        "frame",
        "CPU per delivery, one frame per change (1,000 clients, 50 changes/s)",
        ("us", "x floor", "changes per frame", "p50 ms", "p99 ms"),
    )
    for name, rounds in (await _in_turns(bench, row, Work(1_000), Pace(50))).items():
        row.lines[name]["changes per frame"] = merged = _median(each.changes_per_frame for each in rounds)
        if merged > _ONE_EACH_MOST:
            row.doubt.append(f"{name}: it fell behind and merged changes, so this is not one frame per change")
    _goal_of_cost(row, bench, 1.25, below_peers=True)
    return row


async def most(bench: Bench) -> Row:
    row = Row(
        "max",
        "Deliveries on one core (1,000 clients of one view, 2,000 changes/s offered, then more; p99 at 2,000)",
        ("per s", "us", "p99 ms", "max per s", "p99 at max"),
    )
    work = Work(1_000)
    for server in (FLOOR, TURNOUT, *bench.peers):
        bench.say(server.name)
        async with bed(server, work, bench.cores) as one:
            asked: Figures | None
            if server is TURNOUT:
                asked = await one.measure(Pace(2_000, batched(2_000)), bench.seconds)
                row.note(server.name, asked)
                climbed = [asked, *await _climb(one, row, _CLIMB_BEYOND)]
            elif server is FLOOR:
                asked = await one.measure(Pace(2_000, 20, merge=True), bench.seconds)
                row.note(server.name, asked)
                climbed = [asked]
            else:
                climbed = await _climb(one, row, _CLIMB)
                asked = None if climbed[-1].changes < 1_900 * _CLIMB_S else climbed[-1]
        top = max(climbed, key=lambda each: each.per_s)
        row.lines[server.name] = {
            "per s": asked.per_s if asked else None,
            "us": top.cpu_us,
            "p99 ms": asked.p99_ms if asked else None,
            "max per s": None if server is FLOOR else top.per_s,
            "p99 at max": None if server is FLOOR else top.p99_ms,
        }
    ours = row.lines[TURNOUT.name]
    best = row.best("max per s", bench.peer_names, max)
    row.goals.append(at_least("2,000,000 deliveries/s", ours["per s"], 1_990_000, "{:,.0f}"))
    row.goals.append(at_most("p99 at most 100 ms", ours["p99 ms"], 100, "{:.1f} ms"))
    if best:
        row.goals.append(at_least("3x the best peer", (ours["max per s"] or 0) / best, 3, "{:.2f}x"))
    return row


async def many_views(bench: Bench) -> Row:
    row = Row(
        "views",
        "1,000 event views with 10 watchers each, 1,000 changes/s spread over them",
        ("us", "x floor", "p50 ms", "p99 ms", "kept up %"),
    )
    work = Work(MANY, events=1_000, rooms=True)
    for name, rounds in (await _in_turns(bench, row, work, Pace(1_000, batched(1_000)))).items():
        row.lines[name]["kept up %"] = _median(each.kept_up * 100 for each in rounds)
    _goal_of_cost(row, bench, 1.5, below_peers=False)
    return row


async def conflation(bench: Bench) -> Row:
    row = Row(
        "conflation",
        "What conflation saves beyond that: 2,000 changes/s of one and the same event (1,000 clients)",
        ("us per change and client", "frames per client and s", "p99 ms"),
    )
    figures = await bench.figures(TURNOUT, Work(1_000, events=1), Pace(2_000, batched(2_000)))
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
        bench.say(server.name)
        work = Work(MANY, events=50)
        async with server.start(work, bench.cores.server) as running:
            before = running.resident_bytes()
            async with load(running.load_arguments(work)) as clients:
                await clients.ask("open")
                await asyncio.sleep(_SETTLE_S)
                after = running.resident_bytes()
        row.lines[server.name] = {"KB": (after - before) / MANY / 1024, "total MB": after / 1024**2}
    ours, best = row.lines[TURNOUT.name]["KB"], row.best("KB", bench.peer_names, min)
    row.goals.append(at_most("at most 5 KB", ours, 5, "{:.1f} KB"))
    if best is not None and ours is not None:
        row.goals.append(Goal("below every peer", f"{ours / best:.2f}x the best", ours < best))
    return row


async def _climb(one: Bed, row: Row, rates: Sequence[int]) -> list[Figures]:
    """Offers more and more, until less than four fifths of it arrive in time."""
    climbed: list[Figures] = []
    for rate in rates:
        figures = await one.measure(Pace(rate, batched(rate), full=True), _CLIMB_S)
        row.raw.setdefault(f"{rate}/s", {})[str(len(climbed))] = asdict(figures)
        climbed.append(figures)
        if figures.kept_up < 0.8 or figures.changes < 0.8 * rate * _CLIMB_S:
            break
    return climbed


async def _in_turns(bench: Bench, row: Row, work: Work, pace: Pace) -> dict[str, list[Figures]]:
    """Measures all of them in turns, as the machine's own speed changes by a tenth from one minute to the next.

    The figures are medians, and those against the floor the median of what each is against the floor of its round.
    """
    found: dict[str, list[Figures]] = {}
    for _ in range(_ROUNDS):
        for server in (FLOOR, TURNOUT, *bench.peers):
            figures = await bench.figures(server, work, pace)
            row.note(server.name, figures)
            found.setdefault(server.name, []).append(figures)
    for name, rounds in found.items():
        row.lines[name] = {
            "us": _median(each.cpu_us for each in rounds),
            "x floor": _median(
                each.cpu_us / floor.cpu_us for each, floor in zip(rounds, found[FLOOR.name], strict=True)
            ),
            "p50 ms": _median(each.p50_ms for each in rounds),
            "p99 ms": _median(each.p99_ms for each in rounds),
        }
    return found


def _median(figures: Iterable[float]) -> float:
    return statistics.median(list(figures))


def _goal_of_cost(row: Row, bench: Bench, times: float, *, below_peers: bool) -> None:
    ours = row.lines[TURNOUT.name]
    row.goals.append(at_most(f"at most {times}x the floor", ours["x floor"], times, "{:.2f}x"))
    best = row.best("us", bench.peer_names, min)
    if best and ours["us"] and below_peers:
        row.goals.append(Goal("below every peer", f"{ours['us'] / best:.2f}x the best", ours["us"] < best))
