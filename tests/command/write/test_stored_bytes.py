"""A real server needs no more memory for a record than the guard counts."""

from collections.abc import Callable
from random import Random

import pytest
from history import BEGINNING, DETAILS, EPOCH, History
from msgspec.structs import replace

from turnout_command.write.memory_guard import STORED_PER_RECORD_BYTE
from turnout_core.domain.changes import EventEdited
from turnout_core.journal.keys import Keys
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.port import Head
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect

BATCH_RECORDS = 100
CHARACTERS = [chr(code) for code in range(0x4E00, 0x9FFF)]  # three bytes each, and hardly compressible


@pytest.mark.parametrize(("characters", "batches"), [(0, 100), (300, 40), (4_000, 10)])
async def test_a_record_needs_no_more_memory_than_the_guard_counts(
    valkey_url: str, characters: int, batches: int, report_figure: Callable[[str], None]
) -> None:
    random, history, stored = Random(characters), History(BEGINNING), 0
    async with connect(valkey_url) as valkey:
        journal = ValkeyJournal(valkey, valkey, Keys())
        await journal.create(EPOCH)
        fence = (await ValkeyLease(valkey, 60, Keys().writer_lease).acquire("me")).fence
        assert fence is not None
        before = int((await valkey.info("memory"))["used_memory"])
        for _ in range(batches):
            head = history.head
            records = [history.add(_edit(random, characters)) for _ in range(BATCH_RECORDS)]
            await journal.append(fence, head, records, Head(history.head.position, history.head.hash))
            stored += sum(map(len, records))
        grown = int((await valkey.info("memory"))["used_memory"]) - before
    report_figure(f"memory for each byte of a record with {characters} characters: {grown / stored:.2f}")
    assert grown <= stored * STORED_PER_RECORD_BYTE


def _edit(random: Random, characters: int) -> EventEdited:
    return EventEdited("games", replace(DETAILS, description="".join(random.choices(CHARACTERS, k=characters))))
