"""A State becomes the journal, in a new epoch.

It is written and read back beside the old journal; then a single transaction takes the one away and lists the other.
Killed before that, the old journal is untouched, and what was written vanishes by itself.
"""

import contextlib
from collections.abc import Mapping
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import RedisError, WatchError
from redis.exceptions import TimeoutError as LinkTimeoutError

from turnout.operations.errors import Damaged, Interrupted
from turnout.operations.writer_lock import Hold
from turnout.progress import stage
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.snapshot import BrokenSnapshot, Loader, dump
from turnout_core.journal.valkey import FENCE, HEAD, PURPOSE, SNAPSHOTS, STREAM
from turnout_core.runtime.ids import new_id
from turnout_core.web.identity import SECRET_KEY

_ABANDONED_AFTER_S: Final = 300
_CHUNKS_PER_READ: Final = 8


async def replace_by(valkey: Redis, hold: Hold, before: Any, state: State, *, secret: str = "") -> Position:
    """Makes ``state``, whose position changes, the journal in place of the one whose head has the fields ``before``.

    A ``secret`` takes the place of the one that signs the sessions. Gives the new position.

    Raises:
        Interrupted, Damaged: the old journal is untouched, unless the message says otherwise.
    """
    state.position = Position(new_id(), state.position.seq)  # random, so that no two histories ever share an epoch
    unfinished = f"{SNAPSHOTS}:unfinished:{new_id()}"
    try:
        await _write(valkey, unfinished, state)
        await hold.prolong()
        await _switch(valkey, hold, before, state, unfinished, secret)
    except WatchError as error:
        raise Interrupted("the journal changed meanwhile, so nothing was replaced: stop what changes it") from error
    finally:
        with contextlib.suppress(RedisError):
            await valkey.unlink(unfinished)
    return state.position


async def _write(valkey: Redis, key: str, state: State) -> None:
    """Writes the snapshot and reads it back. Raises Damaged."""
    with stage("Writing the snapshot") as told:
        for chunk in dump(state):
            async with valkey.pipeline(transaction=True) as at_once:  # killed in between, it would stay for ever
                at_once.rpush(key, chunk)
                at_once.expire(key, _ABANDONED_AFTER_S)
                await at_once.execute()
            told()
    loader, at = Loader(), 0
    with stage("Reading it back") as told:
        while chunks := await _chunks(valkey, key, at):
            for chunk in chunks:
                loader.add(chunk)
            at += len(chunks)
            told(len(chunks))
    try:
        back = loader.finish()
    except BrokenSnapshot as error:
        raise Damaged(f"what was written does not read back, so nothing was replaced: {error}") from error
    if (back.position, back.hash, back.users, back.events) != (state.position, state.hash, state.users, state.events):
        raise Damaged("what was written does not read back, so nothing was replaced")


async def _switch(valkey: Redis, hold: Hold, before: Any, state: State, unfinished: str, secret: str) -> None:
    """The old journal or the new one, nothing in between. Raises WatchError, Interrupted."""
    name = str(state.position)
    head: Mapping[Any, Any] = {
        "epoch": state.position.epoch,
        "seq": str(state.position.seq),
        "hash": state.hash,
        PURPOSE: "replaced by an operator",  # so that whoever followed the old one accepts it
    }
    await valkey.expire(unfinished, _ABANDONED_AFTER_S)
    async with valkey.pipeline(transaction=True) as at_once:
        await at_once.watch(HEAD, FENCE, unfinished)
        fence = await valkey.get(FENCE)
        if await head_fields(valkey) != before or fence != b"%d" % hold.fence or not await valkey.exists(unfinished):
            raise WatchError
        old: list[Any] = await valkey.zrange(SNAPSHOTS, 0, -1)
        at_once.multi()  # type: ignore[no-untyped-call] # redis-py says no type here
        at_once.unlink(HEAD, STREAM, SNAPSHOTS, *(f"{SNAPSHOTS}:{each.decode()}" for each in old))
        at_once.rename(unfinished, f"{SNAPSHOTS}:{name}")
        at_once.persist(f"{SNAPSHOTS}:{name}")
        at_once.zadd(SNAPSHOTS, {name: state.position.seq})
        at_once.hset(HEAD, mapping=head)
        if secret:
            at_once.set(SECRET_KEY, secret)
        try:
            await at_once.execute()
        except (LinkError, LinkTimeoutError) as error:
            told = (
                f"the link broke at the last step ({error}): `turnout journal verify` tells whether it ends at {name}"
            )
            raise Interrupted(told) from error


async def head_fields(valkey: Redis) -> Any:
    """Of the head, as they are stored."""
    return await valkey.hmget(HEAD, ["epoch", "seq", "hash"])


async def _chunks(valkey: Redis, key: str, at: int) -> list[bytes]:
    found: Any = await valkey.lrange(key, at, at + _CHUNKS_PER_READ - 1)
    return list(found)
