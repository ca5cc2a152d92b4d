"""A service refuses a damaged journal at the start: one line with the place and the remedy."""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable

import pytest
from history import BEGINNING, EPOCH, History, small_history
from redis.asyncio import Redis

from turnout_command.snapshots.snapshotter import make_snapshot
from turnout_core.domain.changes import SignedUp
from turnout_core.journal.keys import Keys
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

Damage = Callable[[Redis], Awaitable[object]]
END = len(small_history().records)


async def _add_foreign_entry(valkey: Redis) -> None:
    await valkey.xadd(KEYS.stream, {"x": "y"}, id=f"{END + 1}-0")
    await valkey.hset(KEYS.head, "seq", str(END + 1))


async def _damage_snapshots(valkey: Redis) -> None:
    """Makes two snapshots, damages both, and leaves no records before them."""
    async with connect_as(valkey) as other:
        journal = ValkeyJournal(valkey, other, KEYS)
        await make_snapshot(journal)
        head = await journal.head()
        assert head is not None
        further = History(head)
        further.add(SignedUp("late", "Late"))
        await journal.append(1, head, further.records, further.head)
        await make_snapshot(journal)
    for position in await ValkeyJournal(valkey, valkey, KEYS).snapshots():
        await valkey.lset(KEYS.snapshot(position), 0, "damaged")


def connect_as(valkey: Redis) -> Redis:
    """Another client of the same server."""
    return Redis(connection_pool=valkey.connection_pool)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda valkey: valkey.xdel(KEYS.stream, "3-0"), f"after {EPOCH}-2: .*restore --to {EPOCH}-2"),
        (
            lambda valkey: valkey.xdel(KEYS.stream, f"{END}-0"),
            f"after {EPOCH}-{END - 1}: .*restore --to {EPOCH}-{END - 1}",
        ),
        (
            _add_foreign_entry,
            f"after {EPOCH}-{END}: entry {END + 1}-0 of the stream is no record.*restore --to {EPOCH}-{END}",
        ),
        (
            lambda valkey: valkey.hset(KEYS.head, "hash", "f" * 32),
            f"after {EPOCH}-{END}: .*restore --to {EPOCH}-{END}",
        ),
        (lambda valkey: valkey.xtrim(KEYS.stream, maxlen=0), "record 1 is not in the stream.*import FILE --force$"),
        (_damage_snapshots, "record 1 is not in the stream.*import FILE --force$"),
        (lambda valkey: valkey.delete(KEYS.head), "restore from a backup$"),
    ],
    ids=[
        "a gap", "the last record is gone", "an entry that is no record", "another head", "nothing but a head",
        "both snapshots damaged", "no head",
    ],
)  # fmt: skip
async def test_a_damaged_journal_is_refused_in_one_line(damage: Damage, message: str, valkey_url: str) -> None:
    async with connect(valkey_url) as valkey:
        await valkey.set(KEYS.fence, 1)
        journal, history = ValkeyJournal(valkey, valkey, KEYS), small_history()
        await journal.create(EPOCH)
        await journal.append(1, BEGINNING, history.records, history.head)
        await damage(valkey)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "turnout_command",
        env={**os.environ, "TURNOUT_VALKEY": valkey_url, "TURNOUT_PORT": "0", "TURNOUT_LOG_LEVEL": "error"},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, stderr = await process.communicate()
    (line,) = stderr.decode().splitlines()
    assert process.returncode == 1

    assert re.search(message, line), line
