"""A power loss leaves the append-only file up to the last fsync, perhaps with a torn record after it.

Two properties make that safe. Valkey responds to an append only after the fsync, as strace shows. All acknowledged
commits survive a start from a file that is cut anywhere after them.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random

import pytest
from history import BEGINNING, EPOCH, History
from redis.exceptions import RedisError

from chaos.clients.waiting import wait_until
from chaos.faults.process import Process, free_port
from chaos.faults.topologies import valkey_arguments
from turnout_core.domain.changes import SignedUp
from turnout_core.domain.position import Position
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Head
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

FENCE = 1
STRACE = ("strace", "-D", "-f", "-s", "4096", "-e", "trace=write,writev,fdatasync,fsync,sendto,sendmsg")


@asynccontextmanager
async def valkey(folder: Path, *before: str) -> AsyncIterator[ValkeyJournal]:
    """Runs a server with its files in ``folder`` and yields its journal. The server is killed at the end."""
    Path.mkdir(folder, exist_ok=True)
    port = free_port()
    process = Process("valkey", [*before, *valkey_arguments(folder, port)], folder / "valkey.log")
    process.start()
    url = f"redis://127.0.0.1:{port}"

    async def responds() -> bool:
        with suppress(RedisError, OSError):
            await writes.ping()
            return True
        return False

    try:
        async with connect(url) as writes, connect(url) as reads:
            assert await wait_until(responds, 30), process.log_tail()
            await writes.set(KEYS.fence, FENCE)
            yield ValkeyJournal(writes, reads, KEYS)
    finally:
        await process.kill()


async def append(journal: ValkeyJournal, history: History, name: str) -> Head:
    """Appends one commit."""
    before = history.head
    record = history.add(SignedUp(name, name))
    await journal.append(FENCE, before, [record], history.head)
    return history.head


def append_only_file(folder: Path) -> Path:
    (log,) = (folder / "appendonlydir").glob("*.incr.aof")
    return log


@pytest.mark.timeout(120)
async def test_acknowledged_appends_survive_a_cut_of_the_file_after_them(tmp_path: Path) -> None:
    history, rng = History(), Random(20261122)
    sizes: list[int] = []
    async with valkey(tmp_path / "served") as journal:
        await journal.create(EPOCH)
        for number in range(60):
            await append(journal, history, f"guest{number}")
            sizes.append(append_only_file(tmp_path / "served").stat().st_size)
    assert await read_head(tmp_path / "served") == history.head
    for attempt in range(6):
        acknowledged = rng.randrange(1, 60)
        size_bytes = rng.randint(sizes[acknowledged - 1], sizes[-1])
        folder = tmp_path / f"cut{attempt}"
        shutil.copytree(tmp_path / "served", folder)
        with append_only_file(folder).open("r+b") as log:
            log.truncate(size_bytes)
        async with valkey(folder) as journal:
            head = await journal.head()
            assert head is not None
            assert head.position.seq >= acknowledged
            assert await journal.read(BEGINNING.position, 100) == history.records[: head.position.seq]


async def read_head(folder: Path) -> Head | None:
    async with valkey(folder) as journal:
        return await journal.head()


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
async def test_the_response_to_an_append_leaves_after_its_fsync(tmp_path: Path) -> None:
    history, trace = History(), tmp_path / "trace"
    async with valkey(tmp_path / "traced", *STRACE, "-o", str(trace)) as journal:
        await journal.create(EPOCH)
        for number in range(5):
            await append(journal, history, f"traced{number}")
    calls = trace.read_text(errors="replace").splitlines()
    for number in range(5):
        written = next(at for at, call in enumerate(calls) if " write(" in call and f"traced{number}" in call)
        file = calls[written].partition("write(")[2].partition(",")[0]
        synced = next(at for at, call in enumerate(calls) if at > written and f"fdatasync({file})" in call)
        between = "\n".join(calls[written : synced + 1])
        sent = next(at for at, call in enumerate(calls) if at > written and '"+OK\\r\\n"' in call)
        assert synced < sent, between
    assert history.head.position == Position(EPOCH, 5)
