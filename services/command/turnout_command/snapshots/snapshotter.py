"""Makes a snapshot and trims the journal, in a process of its own, so that no command waits.

Run as ``python -m turnout_command.snapshots.snapshotter``. It can be killed at any moment: an unfinished snapshot is
not listed and expires. Records are deleted only if two verified snapshots hold them.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterable, AsyncIterator
from hashlib import blake2b
from typing import Final

from turnout_core.domain.position import Position
from turnout_core.journal.follower import Follower, NullListener
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import Journal, JournalError
from turnout_core.journal.record import BrokenRecord
from turnout_core.journal.snapshot import BrokenSnapshot, dump, iterate_async, load_state, snapshot_format
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.parent import end_with_parent
from turnout_core.runtime.valkey_client import connect

SNAPSHOTS_KEPT: Final = 2  # if the newest is damaged, the one before and the later records still suffice
_TRIM_STEP_RECORDS: Final = 5_000  # about 1 ms of the server's time, during which it serves no other client
_NICENESS: Final = 10  # the writer has precedence


async def make_snapshot(journal: Journal) -> Position:
    """Stores a snapshot of the journal's end, reads it back, and deletes data older than the two newest.

    Raises:
        NewerFormat: a newer version has written the journal; nothing was changed.
        JournalError: the journal cannot be read or written.
        BrokenRecord, BrokenSnapshot: the journal or the new snapshot is damaged; nothing was deleted.
    """
    position, digest = await _store(journal)
    await _verify(journal, position, digest)
    await _delete_older(journal, position)
    return position


async def _store(journal: Journal) -> tuple[Position, str]:
    state = await Follower(journal, NullListener()).catch_up()
    digest = blake2b()
    chunks = _update_digest(iterate_async(dump(state)), digest)
    await journal.save_snapshot(state.position, chunks, format_number=snapshot_format(state))
    return state.position, digest.hexdigest()


async def _verify(journal: Journal, position: Position, expected: str) -> None:
    """Reads the stored snapshot back; drops it and raises BrokenSnapshot if it differs."""
    digest = blake2b()
    try:
        state = await load_state(_update_digest(journal.load_snapshot(position), digest))
        is_same = digest.hexdigest() == expected and state.position == position
    except BrokenSnapshot:
        is_same = False
    if not is_same:
        await journal.drop_snapshot(position, epoch=position.epoch)
        raise BrokenSnapshot(f"snapshot {position} differs from the written one when read back")


async def _delete_older(journal: Journal, newest: Position) -> None:
    """Drops all but the two newest sound snapshots, and trims the records before them."""
    listed = await journal.snapshots()
    if any(each.epoch == newest.epoch and each.seq > newest.seq for each in listed):
        return  # another snapshotter was faster, and deletes older data itself
    sound = [newest]
    for position in listed:
        if position == newest:
            continue
        if position.epoch == newest.epoch and len(sound) < SNAPSHOTS_KEPT and await _is_sound(journal, position):
            sound.append(position)
        else:
            await journal.drop_snapshot(position, epoch=newest.epoch)
    if len(sound) < SNAPSHOTS_KEPT:
        return
    older = min(sound, key=lambda position: position.seq)
    trimmed = min(each.seq for each in listed) if len(listed) > SNAPSHOTS_KEPT else 0
    for seq in range(trimmed + _TRIM_STEP_RECORDS, older.seq, _TRIM_STEP_RECORDS):
        await journal.trim(Position(newest.epoch, seq))
    await journal.trim(older)


async def _is_sound(journal: Journal, position: Position) -> bool:
    try:
        await load_state(journal.load_snapshot(position))
    except BrokenSnapshot:
        return False
    return True


async def _update_digest(chunks: AsyncIterable[bytes], digest: blake2b) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        digest.update(chunk)
        yield chunk


async def _main(url: str) -> int:
    journal = ValkeyJournal(connect(url), connect(url), Keys())
    try:
        print(await make_snapshot(journal))  # noqa: T201 - how the parent learns of it
    except (JournalError, BrokenRecord, BrokenSnapshot) as error:
        print(error, file=sys.stderr)  # noqa: T201 - the parent process logs it
        return 1
    finally:
        await journal.close()
    return 0


def main() -> None:
    """Makes one snapshot, and prints its position."""
    arguments = argparse.ArgumentParser(prog="python -m turnout_command.snapshots.snapshotter", description=__doc__)
    arguments.add_argument("--valkey", default=os.environ.get("TURNOUT_VALKEY"), help="URL (TURNOUT_VALKEY)")
    url = arguments.parse_args().valkey
    if url is None:
        arguments.error("set --valkey or TURNOUT_VALKEY")
    os.nice(_NICENESS)
    end_with_parent(signal.SIGTERM)  # the next writer makes its own snapshot
    sys.exit(asyncio.run(_main(url)))


if __name__ == "__main__":
    main()
