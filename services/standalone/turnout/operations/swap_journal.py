"""Replaces the journal by a snapshot of a given state, in a new epoch.

The snapshot is written and read back beside the old journal. One transaction then removes the old journal and lists the
snapshot. If the operation is killed before that, the old journal is untouched, and the unlisted snapshot expires.
"""

import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any

from redis.exceptions import ConnectionError as ValkeyConnectionError
from redis.exceptions import RedisError, WatchError
from redis.exceptions import TimeoutError as ValkeyTimeoutError

from turnout.operations.errors import DataDamaged, OperationInterrupted
from turnout.operations.journal_server import JournalServer
from turnout.operations.writer_lock import WriterLock
from turnout.progress import Advance, show_progress
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.chunks import ABANDONED_AFTER_S, read_chunks, write_chunks
from turnout_core.journal.snapshot import BrokenSnapshot, dump, iterate_async, load_state, snapshot_format
from turnout_core.journal.valkey import PURPOSE
from turnout_core.runtime.ids import new_id


async def swap_journal(
    server: JournalServer, lock: WriterLock, old_head: Any, state: State, *, secret: str = ""
) -> Position:
    """Replaces the journal whose head has the fields ``old_head`` by ``state``. Returns the new position.

    The position of ``state`` changes to the new epoch. A ``secret`` replaces the one that signs the sessions.

    Raises:
        OperationInterrupted, DataDamaged: the old journal is untouched, unless the message says otherwise.
    """
    state.position = Position(new_id(), state.position.seq)  # random, so that no two histories ever share an epoch
    unfinished = server.keys.unfinished_snapshot(new_id())
    try:
        await _write(server, unfinished, state)
        await lock.renew()
        await _swap(server, lock, old_head, state, unfinished, secret)
    except WatchError as error:
        raise OperationInterrupted(
            "the journal changed meanwhile, so nothing was replaced: stop the command services and try again"
        ) from error
    finally:
        with contextlib.suppress(RedisError):
            await server.valkey.unlink(unfinished)
    return state.position


async def _write(server: JournalServer, key: str, state: State) -> None:
    """Writes the snapshot and reads it back. Raises DataDamaged."""
    with show_progress("Writing the snapshot") as advance:
        await write_chunks(server.valkey, key, _count_chunks(iterate_async(dump(state)), advance))
    try:
        with show_progress("Reading it back") as advance:
            reread = await load_state(_count_chunks(read_chunks(server.valkey, key), advance))
    except BrokenSnapshot as error:
        raise DataDamaged(f"the new snapshot cannot be read back, so nothing was replaced: {error}") from error
    if (reread.position, reread.hash, reread.users, reread.events) != (
        state.position,
        state.hash,
        state.users,
        state.events,
    ):
        raise DataDamaged(
            "the new snapshot reads back differently, so nothing was replaced: check the server's memory and disk"
        )


async def _swap(
    server: JournalServer, lock: WriterLock, old_head: Any, state: State, unfinished: str, secret: str
) -> None:
    """Swaps the journals in one transaction: all or nothing. Raises WatchError, OperationInterrupted."""
    name = str(state.position)
    head: Mapping[Any, Any] = {
        "epoch": state.position.epoch,
        "seq": str(state.position.seq),
        "hash": state.hash,
        "format": str(snapshot_format(state)),
        PURPOSE: "replaced by an operator",  # so that services that followed the old journal accept it
    }
    await server.valkey.expire(unfinished, ABANDONED_AFTER_S)
    async with server.valkey.pipeline(transaction=True) as transaction:
        await transaction.watch(server.keys.head, server.keys.fence, unfinished)
        fence = await server.valkey.get(server.keys.fence)
        if (
            await read_head_fields(server) != old_head
            or fence != b"%d" % lock.fence
            or not await server.valkey.exists(unfinished)
        ):
            raise WatchError
        old: list[Any] = await server.valkey.zrange(server.keys.snapshots, 0, -1)
        transaction.multi()  # type: ignore[no-untyped-call] # redis-py has no type here
        transaction.unlink(
            server.keys.head,
            server.keys.stream,
            server.keys.snapshots,
            *(server.keys.snapshot(each.decode()) for each in old),
        )
        transaction.rename(unfinished, server.keys.snapshot(name))
        transaction.persist(server.keys.snapshot(name))
        transaction.zadd(server.keys.snapshots, {name: state.position.seq})
        transaction.hset(server.keys.head, mapping=head)
        if secret:
            transaction.set(server.keys.secret, secret)
        try:
            await transaction.execute()
        except (ValkeyConnectionError, ValkeyTimeoutError) as error:
            message = (
                f"the connection broke at the last step ({error}): run `turnout journal verify`; "
                f"if the head is {name}, the journal was replaced"
            )
            raise OperationInterrupted(message) from error


async def read_head_fields(server: JournalServer) -> Any:
    """Reads the fields of the journal's head, as they are stored."""
    return await server.valkey.hmget(server.keys.head, ["epoch", "seq", "hash"])


async def _count_chunks(chunks: AsyncIterable[bytes], advance: Advance) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield chunk
        advance()
