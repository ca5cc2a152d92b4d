"""Rows about the way of a command, and about clients that vanish, come back or stall."""

import asyncio
import statistics
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Final

import machine
from asker import ask_at_pace
from loadgen import load
from measure import SATURATED, Bed, Figures, Pace, bed
from publisher import JournalTarget, publish
from row import MANY, Bench, Goal, Row, at_least, at_most, batched
from servers import TURNOUT, Work, metric, services

_AWAY_S: Final = 1.0
_FULL_AFTER_MOST_S: Final = 15.0


async def command_to_socket(bench: Bench) -> Row:
    row = Row(
        "command",
        "Command to socket, idle system: 100 commands/s through the command service, 100 clients",
        ("answer p50 ms", "answer p99 ms", "p50 ms", "p99 ms"),
    )
    work = Work(100, events=50)
    for name, alone in (("two services", False), ("turnout up", True)):
        bench.say(name)
        async with AsyncExitStack() as stack:
            running, port = await stack.enter_async_context(services(bench.cores.server, alone=alone))
            clients = await stack.enter_async_context(load(running.load_arguments(work)))
            await clients.ask("open")
            asker = await stack.enter_async_context(ask_at_pace(port, work.events))
            await asker.run(100, 1.0)
            await clients.ask("reset")
            busy = machine.Busy(bench.cores.load)
            answers = await asker.run(100, bench.seconds)
            await asyncio.sleep(0.5)
            report = await clients.report()
        if busy.share() > SATURATED:
            row.doubt.append(f"{name}: the load's core was full")
        row.raw[name] = {**asdict(report), "commands": len(answers)}
        row.lines[name] = {
            "answer p50 ms": statistics.median(answers),
            "answer p99 ms": statistics.quantiles(answers, n=100)[98],
            "p50 ms": report.p50_ms,
            "p99 ms": report.p99_ms,
        }
        if report.deliveries < len(answers) * work.clients:
            row.doubt.append(f"{name}: {report.deliveries} of {len(answers) * work.clients} deliveries arrived")
    row.goals.append(at_most("p50 at most 5 ms", row.best("p50 ms", list(row.lines), max), 5, "{:.2f} ms"))
    row.goals.append(at_most("p99 at most 20 ms", row.best("p99 ms", list(row.lines), max), 20, "{:.2f} ms"))
    return row


async def herd(bench: Bench) -> Row:
    row = Row(
        "herd",
        f"10,000 clients cut off for {_AWAY_S:.0f} s and coming back at once, 2 changes/s all the while",
        ("converged", "all after s", "p50 s", "by patch %", "peak memory x", "CPU s", "retries"),
    )
    work = Work(MANY, events=50, flight=MANY)
    bench.say(TURNOUT.name)
    async with bed(TURNOUT, work, bench.cores) as one:
        target, (pid,) = one.running.target, one.running.pids
        assert isinstance(target, JournalTarget)
        changes = asyncio.create_task(publish(target, 2, 120, work.events, 1))
        try:
            await asyncio.sleep(bench.seconds)
            before = machine.resident_bytes(pid)
            machine.forget_peak(pid)
            await one.load.ask("cut")
            await asyncio.sleep(_AWAY_S)
            cpu = one.running.cpu_s()
            found = await one.load.ask(f"back {target.head.position.seq}")
            cpu = one.running.cpu_s() - cpu
        finally:
            changes.cancel()
        peak = machine.peak_bytes(pid)
    answered = found["patches"] + found["snapshots"]
    row.raw[TURNOUT.name] = {**found, "before_bytes": before, "peak_bytes": peak}
    by_patch = found["patches"] / answered * 100 if answered else 0.0
    row.lines[TURNOUT.name] = {
        "converged": found["converged"],
        "all after s": found["seconds"],
        "p50 s": found["p50_ms"] / 1000,
        "by patch %": by_patch,
        "peak memory x": peak / before,
        "CPU s": cpu,
        "retries": found["retries"],
    }
    all_converged, took = found["converged"] == MANY, found["seconds"]
    row.goals.append(
        Goal(
            "all converged in 10 s",
            f"{found['converged']:,} in {took:.1f} s",
            all_converged and took <= 10,
        )
    )
    row.goals.append(at_least("99 % by patches", by_patch, 99, "{:.1f} %"))
    row.goals.append(at_most("peak memory at most 1.5x", peak / before, 1.5, "{:.2f}x"))
    return row


async def stalled(bench: Bench) -> Row:
    row = Row(
        "stalled",
        "10 % of 1,000 clients read nothing, 1,000 changes/s (p99 of the others; medians of three runs each, in turn)",
        ("us", "p50 ms", "p99 ms", "memory MB"),
    )
    with_stalls: list[tuple[Figures, float]] = []
    without: list[tuple[Figures, float]] = []
    pace = Pace(1_000, batched(1_000))
    for stalls, kept in ((0, without), (100, with_stalls)) * 3:
        bench.say(f"{stalls} stalled")
        work = Work(1_000, stalls=stalls)
        async with bed(TURNOUT, work, bench.cores) as one:
            if stalls:
                await _stall(one, pace, stalls)
            figures = await one.measure(pace, bench.seconds, work.clients - stalls)
            kept.append((figures, one.running.resident_bytes() / 1024**2))
            row.note(f"{stalls} stalled", figures)
    for name, kept in (("all read", without), ("10 % stalled", with_stalls)):
        row.lines[name] = {
            "us": statistics.median(figures.cpu_us for figures, _ in kept),
            "p50 ms": statistics.median(figures.p50_ms for figures, _ in kept),
            "p99 ms": statistics.median(figures.p99_ms for figures, _ in kept),
            "memory MB": max(resident for _, resident in kept),
        }
    ratio = (row.lines["10 % stalled"]["p99 ms"] or 0) / (row.lines["all read"]["p99 ms"] or 1)
    grown = (row.lines["10 % stalled"]["memory MB"] or 0) - (row.lines["all read"]["memory MB"] or 0)
    row.goals.append(at_most("p99 of the others within 10 %", ratio, 1.1, "{:.2f}x"))
    row.goals.append(at_most("memory bounded (at most 1 MB for each who stalls)", grown / 100, 1, "{:.3f} MB"))
    return row


async def _stall(one: Bed, pace: Pace, count: int) -> None:
    """Stops reading, and goes on until the gateway cannot send anything more. Raises TimeoutError."""
    await one.load.ask(f"stall {count}")
    async with asyncio.timeout(_FULL_AFTER_MOST_S):
        while await metric(one.running.ports[0], "clients_full") < count:
            await publish(one.running.target, pace.rate, 0.5, one.work.events, pace.batch)


async def gateways(bench: Bench) -> Row:
    row = Row(
        "gateways",
        "1, 2, 4 gateways that share 1,000 clients and a core, 50 changes/s",
        ("us", "changes per frame", "Valkey us per change", "p99 ms"),
    )
    for count in (1, 2, 4):
        figures = await bench.figures(TURNOUT, Work(1_000, gateways=count), Pace(50))
        row.note(str(count), figures)
        row.lines[str(count)] = {
            "us": figures.cpu_us,
            "changes per frame": figures.changes_per_frame,
            "Valkey us per change": figures.valkey_us,
            "p99 ms": figures.p99_ms,
        }
    per_gateway = ((row.lines["4"]["us"] or 0) - (row.lines["1"]["us"] or 0)) * 1_000 / 3
    row.goals.append(Goal("reported", f"{per_gateway:.0f} us per change for each further gateway", met=True))
    return row
