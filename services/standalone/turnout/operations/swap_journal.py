"""A State becomes the journal, in a new epoch.

It is written and read back beside the old journal; then a single transaction takes the one away and lists the other.
Killed before that, the old journal is untouched, and what was written vanishes by itself.
"""

import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any

from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import RedisError, WatchError
from redis.exceptions import TimeoutError as LinkTimeoutError

from turnout.operations.errors import Damaged, Interrupted
from turnout.operations.journal_server import JournalServer
from turnout.operations.writer_lock import Hold
from turnout.progress import Advance, stage
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.chunks import ABANDONED_AFTER_S, read_chunks, write_chunks
from turnout_core.journal.snapshot import BrokenSnapshot, dump, iterate, load_state
from turnout_core.journal.valkey import PURPOSE
from turnout_core.runtime.ids import new_id


async def replace_by(server: JournalServer, hold: Hold, before: Any, state: State, *, secret: str = "") -> Position:
    """Makes ``state``, whose position changes, the journal in place of the one whose head has the fields ``before``.

    A ``secret`` takes the place of the one that signs the sessions. Gives the new position.

    Raises:
        Interrupted, Damaged: the old journal is untouched, unless the message says otherwise.
    """
    state.position = Position(new_id(), state.position.seq)  # random, so that no two histories ever share an epoch
    unfinished = server.keys.unfinished_snapshot(new_id())
    try:
        await _write(server, unfinished, state)
        await hold.prolong()
        await _switch(server, hold, before, state, unfinished, secret)
    except WatchError as error:
        raise Interrupted("the journal changed meanwhile, so nothing was replaced: stop what changes it") from error
    finally:
        with contextlib.suppress(RedisError):
            await server.valkey.unlink(unfinished)
    return state.position


async def _write(server: JournalServer, key: str, state: State) -> None:
    """Writes the snapshot and reads it back. Raises Damaged."""
    with stage("Writing the snapshot") as advance:
        await write_chunks(server.valkey, key, _counted(iterate(dump(state)), advance))
    try:
        with stage("Reading it back") as advance:
            back = await load_state(_counted(read_chunks(server.valkey, key), advance))
    except BrokenSnapshot as error:
        raise Damaged(f"what was written does not read back, so nothing was replaced: {error}") from error
    if (back.position, back.hash, back.users, back.events) != (state.position, state.hash, state.users, state.events):
        raise Damaged("what was written does not read back, so nothing was replaced")


async def _switch(server: JournalServer, hold: Hold, before: Any, state: State, unfinished: str, secret: str) -> None:
    """The old journal or the new one, nothing in between. Raises WatchError, Interrupted."""
    name = str(state.position)
    head: Mapping[Any, Any] = {
        "epoch": state.position.epoch,
        "seq": str(state.position.seq),
        "hash": state.hash,
        PURPOSE: "replaced by an operator",  # so that services that followed the old journal accept it
    }
    await server.valkey.expire(unfinished, ABANDONED_AFTER_S)
    async with server.valkey.pipeline(transaction=True) as at_once:
        await at_once.watch(server.keys.head, server.keys.fence, unfinished)
        fence = await server.valkey.get(server.keys.fence)
        if (
            await head_fields(server) != before
            or fence != b"%d" % hold.fence
            or not await server.valkey.exists(unfinished)
        ):
            raise WatchError
        old: list[Any] = await server.valkey.zrange(server.keys.snapshots, 0, -1)
        at_once.multi()  # type: ignore[no-untyped-call] # redis-py says no type here
        at_once.unlink(
            server.keys.head,
            server.keys.stream,
            server.keys.snapshots,
            *(server.keys.snapshot(each.decode()) for each in old),
        )
        at_once.rename(unfinished, server.keys.snapshot(name))
        at_once.persist(server.keys.snapshot(name))
        at_once.zadd(server.keys.snapshots, {name: state.position.seq})
        at_once.hset(server.keys.head, mapping=head)
        if secret:
            at_once.set(server.keys.secret, secret)
        try:
            await at_once.execute()
        except (LinkError, LinkTimeoutError) as error:
            message = (
                f"the link broke at the last step ({error}): `turnout journal verify` tells whether it ends at {name}"
            )
            raise Interrupted(message) from error


async def head_fields(server: JournalServer) -> Any:
    """Of the head, as they are stored."""
    return await server.valkey.hmget(server.keys.head, ["epoch", "seq", "hash"])


async def _counted(chunks: AsyncIterable[bytes], advance: Advance) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield chunk
        advance()
