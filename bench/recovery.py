"""Rows about the path of a command, about clients that reconnect or stall, and about several gateways."""

import asyncio
import statistics
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import Final

import machine
from command_client import open_command_client
from loadgen import running_load_generator
from measure import SATURATED, Figures, Pace, Setup, running_setup
from publisher import JournalTarget, publish
from row import MANY, Bench, Goal, Row, at_least, at_most, batch_size
from servers import TURNOUT, Workload, metric, services

_OUTAGE_S: Final = 1.0
_BUFFERS_FULL_TIMEOUT_S: Final = 15.0


async def command_to_socket(bench: Bench) -> Row:
    row = Row(
        "command",
        "Command to socket, idle system: 100 commands/s through the command service, 100 clients",
        ("answer p50 ms", "answer p99 ms", "p50 ms", "p99 ms"),
    )
    workload = Workload(100, events=50)
    for name, single_process in (("two services", False), ("turnout up", True)):
        bench.report_progress(name)
        async with AsyncExitStack() as stack:
            running, port = await stack.enter_async_context(services(bench.cores.server, single_process=single_process))
            clients = await stack.enter_async_context(running_load_generator(running.load_arguments(workload)))
            await clients.send_command("open")
            command_client = await stack.enter_async_context(open_command_client(port, workload.events))
            await command_client.edit_titles(100, 1.0)
            await clients.send_command("reset")
            load_core_usage = machine.CoreUsage(bench.cores.load)
            response_times_ms = await command_client.edit_titles(100, bench.seconds)
            await asyncio.sleep(0.5)
            report = await clients.report()
        if load_core_usage.share() > SATURATED:
            row.doubt.append(f"{name}: the load's core was full")
        row.raw[name] = {**asdict(report), "commands": len(response_times_ms)}
        row.lines[name] = {
            "answer p50 ms": statistics.median(response_times_ms),
            "answer p99 ms": statistics.quantiles(response_times_ms, n=100)[98],
            "p50 ms": report.p50_ms,
            "p99 ms": report.p99_ms,
        }
        if report.deliveries < len(response_times_ms) * workload.clients:
            row.doubt.append(
                f"{name}: {report.deliveries} of {len(response_times_ms) * workload.clients} deliveries arrived"
            )
    row.goals.append(at_most("p50 at most 2 ms", row.best("p50 ms", list(row.lines), max), 2, "{:.2f} ms"))
    row.goals.append(at_most("p99 at most 6 ms", row.best("p99 ms", list(row.lines), max), 6, "{:.2f} ms"))
    return row


async def herd(bench: Bench) -> Row:
    row = Row(
        "herd",
        f"10,000 clients disconnected for {_OUTAGE_S:.0f} s, then reconnecting at once, 2 changes/s meanwhile",
        ("converged", "all after s", "p50 s", "by patch %", "peak memory x", "CPU s", "retries"),
    )
    workload = Workload(MANY, events=50, flight=MANY)
    bench.report_progress(TURNOUT.name)
    async with running_setup(TURNOUT, workload, bench.cores) as setup:
        target, (pid,) = setup.running.target, setup.running.pids
        assert isinstance(target, JournalTarget)
        changes = asyncio.create_task(publish(target, 2, 120, workload.events, 1))
        try:
            await asyncio.sleep(bench.seconds)
            before = machine.resident_bytes(pid)
            machine.reset_peak(pid)
            await setup.load_generator.send_command("cut")
            await asyncio.sleep(_OUTAGE_S)
            cpu = setup.running.cpu_s()
            result = await setup.load_generator.send_command(f"back {target.head.position.seq}")
            cpu = setup.running.cpu_s() - cpu
        finally:
            changes.cancel()
        peak = machine.peak_bytes(pid)
    answered_by = result["patches"] + result["snapshots"]
    row.raw[TURNOUT.name] = {**result, "before_bytes": before, "peak_bytes": peak}
    by_patch = result["patches"] / answered_by * 100 if answered_by else 0.0
    row.lines[TURNOUT.name] = {
        "converged": result["converged"],
        "all after s": result["seconds"],
        "p50 s": result["p50_ms"] / 1000,
        "by patch %": by_patch,
        "peak memory x": peak / before,
        "CPU s": cpu,
        "retries": result["retries"],
    }
    all_converged, converged_after_s = result["converged"] == MANY, result["seconds"]
    row.goals.append(
        Goal(
            "all converged in 10 s",
            f"{result['converged']:,} in {converged_after_s:.1f} s",
            all_converged and converged_after_s <= 10,
        )
    )
    row.goals.append(at_least("at least 99 % by patches", by_patch, 99, "{:.1f} %"))
    row.goals.append(at_most("peak memory at most 1.5x", peak / before, 1.5, "{:.2f}x"))
    return row


async def stalled_clients(bench: Bench) -> Row:
    row = Row(
        "stalled",
        "10 % of 1,000 clients read nothing, 1,000 changes/s (p99 of the others; medians of 3 runs each, alternating)",
        ("us", "p50 ms", "p99 ms", "memory MB"),
    )
    with_stalls: list[tuple[Figures, float]] = []
    without: list[tuple[Figures, float]] = []
    pace = Pace(1_000, batch_size(1_000))
    for stalls, results in ((0, without), (100, with_stalls)) * 3:
        bench.report_progress(f"{stalls} stalled")
        workload = Workload(1_000, stalls=stalls)
        async with running_setup(TURNOUT, workload, bench.cores) as setup:
            if stalls:
                await _stall_clients(setup, pace, stalls)
            figures = await setup.measure(pace, bench.seconds, workload.clients - stalls)
            results.append((figures, setup.running.resident_bytes() / 1024**2))
            row.add_figures(f"{stalls} stalled", figures)
    for name, results in (("all read", without), ("10 % stalled", with_stalls)):
        row.lines[name] = {
            "us": statistics.median(figures.cpu_us for figures, _ in results),
            "p50 ms": statistics.median(figures.p50_ms for figures, _ in results),
            "p99 ms": statistics.median(figures.p99_ms for figures, _ in results),
            "memory MB": max(resident for _, resident in results),
        }
    ratio = (row.lines["10 % stalled"]["p99 ms"] or 0) / (row.lines["all read"]["p99 ms"] or 1)
    growth_mb = (row.lines["10 % stalled"]["memory MB"] or 0) - (row.lines["all read"]["memory MB"] or 0)
    row.goals.append(at_most("p99 of the others within 10 %", ratio, 1.1, "{:.2f}x"))
    row.goals.append(at_most("memory bounded (at most 1 MB per stalled client)", growth_mb / 100, 1, "{:.3f} MB"))
    return row


async def _stall_clients(setup: Setup, pace: Pace, count: int) -> None:
    """Stops ``count`` clients and makes changes until their send buffers are full. Raises TimeoutError."""
    await setup.load_generator.send_command(f"stall {count}")
    async with asyncio.timeout(_BUFFERS_FULL_TIMEOUT_S):
        while await metric(setup.running.ports[0], "clients_full") < count:
            await publish(setup.running.target, pace.rate, 0.5, setup.workload.events, pace.batch)


async def several_gateways(bench: Bench) -> Row:
    row = Row(
        "gateways",
        "1, 2, 4 gateways that share 1,000 clients and a core, 50 changes/s",
        ("us", "changes per frame", "Valkey us per change", "p99 ms"),
    )
    for count in (1, 2, 4):
        figures = await bench.figures(TURNOUT, Workload(1_000, gateways=count), Pace(50))
        row.add_figures(str(count), figures)
        row.lines[str(count)] = {
            "us": figures.cpu_us,
            "changes per frame": figures.changes_per_frame,
            "Valkey us per change": figures.valkey_us,
            "p99 ms": figures.p99_ms,
        }
    per_gateway = ((row.lines["4"]["us"] or 0) - (row.lines["1"]["us"] or 0)) * 1_000 / 3
    row.goals.append(Goal("reported", f"{per_gateway:.0f} us per change for each further gateway", met=True))
    return row
