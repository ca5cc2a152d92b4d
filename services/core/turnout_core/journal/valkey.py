"""The journal in a stream of Valkey (or Redis >= 7.2). The entry ids are the sequence numbers, ``<seq>-0``.

With replicas, records count, and are shown to readers, once enough of them have them on disk
(docs/decisions/0034-replicas.md).

Valkey documentation: "Streams" (XADD refuses an id that is not above the last one), "Sharded Pub/Sub" (at most once),
"Valkey Functions".
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from secrets import token_hex
from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import OutOfMemoryError, RedisError
from redis.exceptions import TimeoutError as LinkTimeoutError

from turnout_core.domain.position import Position
from turnout_core.domain.since import FIRST
from turnout_core.journal.chunks import read_chunks, write_chunks
from turnout_core.journal.format import FORMAT, check_journal_format
from turnout_core.journal.functions import call_function
from turnout_core.journal.keys import Keys
from turnout_core.journal.port import (
    TRIM_RESIDUE_RECORDS,
    Conflict,
    Head,
    Heartbeat,
    JournalError,
    OutcomeUnknown,
    Records,
    RecordsTrimmed,
    Unreachable,
    WriterFenced,
)
from turnout_core.journal.record import GENESIS, BrokenRecord, split
from turnout_core.journal.replication import UNREPLICATED, Replication
from turnout_core.journal.unreachable import RaiseUnreachable
from turnout_core.runtime.push_reader import PushReader, take_over

PURPOSE: Final = "purpose"  # field of the head: the reason for replacing the former history
HEAD_FIELDS: Final = ("epoch", "seq", "hash", "format")

_CONFIRMED_FIELDS: Final = ("confirmed", "confirmed_hash")
_HEARTBEAT: Final = b"beat "


class ValkeyJournal:
    """Satisfies ``Journal``.

    Args:
        writes: for the calls of a writer only, so that other calls cannot fail an append.
        reads: for all other calls; every subscription has its own connection of the pool.
        replication: how many replicas must have an append on disk before it counts.
        replica: for reads and subscriptions that may go to a replica; ``reads`` has what it lacks. None without one.
    """

    def __init__(
        self,
        writes: Redis,
        reads: Redis,
        keys: Keys,
        *,
        replication: Replication = UNREPLICATED,
        replica: Redis | None = None,
    ) -> None:
        self._writes = writes
        self._reads = reads
        self._keys = keys
        self._replication = replication
        self._replica = replica

    @property
    def shows_later(self) -> bool:
        return self._replication.replicas > 0

    async def create(self, epoch: str) -> Head:
        with RaiseUnreachable():
            head = await call_function(
                self._writes, "turnout_create", [self._keys.head, self._keys.stream], [epoch, GENESIS]
            )
        found = _head(head)
        if found is None:
            raise JournalError(f"{self._keys.stream} exists but {self._keys.head} does not: restore from a backup")
        return found

    async def head(self) -> Head | None:
        with RaiseUnreachable():
            await _look_anew(self._reads)
            found = _head(await self._reads.hmget(self._keys.head, HEAD_FIELDS))
            if found is None and await self._reads.exists(self._keys.stream):
                raise JournalError(f"{self._keys.stream} exists but {self._keys.head} does not: restore from a backup")
        return found

    async def readable(self) -> Head | None:
        with RaiseUnreachable():
            return _readable(await self._reads.hmget(self._keys.head, (*HEAD_FIELDS, *_CONFIRMED_FIELDS)))

    async def was_replaced_by_operator(self) -> bool:
        with RaiseUnreachable():
            return bool(await self._reads.hexists(self._keys.head, PURPOSE))

    async def append(self, fence: int, before: Head, records: Sequence[bytes], after: Head) -> None:
        args: list[bytes | str | int] = [
            fence, before.position.epoch, before.position.seq, before.hash, after.hash,
            "" if self.shows_later else self._keys.changes, *records,
        ]  # fmt: skip
        try:
            await call_function(self._writes, "turnout_append", self._journal_keys(), args, self._replication)
        except (LinkError, LinkTimeoutError) as error:
            raise OutcomeUnknown(str(error)) from error
        except RedisError as error:
            raise _error_of_reply(error) from error

    async def show(self, fence: int, head: Head) -> None:
        args: list[bytes | str | int] = [fence, self._keys.changes, head.position.seq, head.hash]
        with _raising_errors_of_replies():
            await call_function(self._writes, "turnout_confirm", self._journal_keys(), args)

    async def show_all(self, fence: int) -> Head:
        head = await self.publish_heartbeat(fence)  # which waits for the replicas
        with _raising_errors_of_replies():
            await call_function(self._writes, "turnout_begin", [self._keys.head, self._keys.fence], [fence])
        return head

    async def publish_heartbeat(self, fence: int) -> Head:
        keys = [self._keys.head, self._keys.fence]
        args: list[bytes | str | int] = [fence, self._keys.changes]
        with _raising_errors_of_replies():
            head = _head(await call_function(self._writes, "turnout_beat", keys, args, self._replication))
        if head is None:
            raise Conflict(None)
        return head

    async def read(self, after: Position, limit: int) -> list[bytes]:
        if self._replica is not None:
            with suppress(RecordsTrimmed, Unreachable):  # it may be behind, or gone
                if records := await self._read(self._replica, after, limit):
                    return records
        try:
            return await self._read(self._reads, after, limit)
        except RecordsTrimmed:
            await _look_anew(self._reads)
            return await self._read(self._reads, after, limit)

    async def _read(self, valkey: Redis, after: Position, limit: int) -> list[bytes]:
        with RaiseUnreachable():
            async with valkey.pipeline(transaction=True) as both:
                both.xrange(self._keys.stream, min=f"({after.seq}-0", max="+", count=limit)
                both.hmget(self._keys.head, (*HEAD_FIELDS, *_CONFIRMED_FIELDS))
                entries, fields = await both.execute()
        head, readable = _head(fields[: len(HEAD_FIELDS)]), _readable(fields)
        if head is None or readable is None or head.position.epoch != after.epoch or head.position.seq < after.seq:
            raise RecordsTrimmed(f"the journal ends at {head.position if head else 'nothing'}, not after {after}")
        if readable.position.seq > after.seq and (not entries or _seq(entries[0]) != after.seq + 1):
            raise RecordsTrimmed(f"record {after.seq + 1} is not in the stream")
        return _records(entry for entry in entries if _seq(entry) <= readable.position.seq)

    @asynccontextmanager
    async def subscribe(self) -> AsyncIterator["ValkeySubscription"]:
        source = self._replica or self._reads
        await _look_anew(source)
        async with source.pubsub() as pubsub:
            with RaiseUnreachable():
                await pubsub.ssubscribe(self._keys.changes)
                first = await pubsub.get_message(timeout=5)
                if first is None or first["type"] != "ssubscribe" or pubsub.connection is None:
                    raise Unreachable(f"expected a confirmation of SSUBSCRIBE, got {first}")
                pushes = await take_over(pubsub.connection)
            yield ValkeySubscription(pushes)

    async def snapshots(self) -> list[Position]:
        with RaiseUnreachable():
            names: Any = await self._reads.zrevrange(self._keys.snapshots, 0, -1)
        return [Position.parse(name.decode()) for name in names]

    async def load_snapshot(self, position: Position) -> AsyncIterator[bytes]:
        found = False
        with RaiseUnreachable():
            for valkey in filter(None, (self._replica, self._reads)):
                async for chunk in read_chunks(valkey, self._keys.snapshot(position)):
                    found = True
                    yield chunk
                if found:
                    break
        if not found:
            raise RecordsTrimmed(f"snapshot {position} is gone")

    async def save_snapshot(
        self, position: Position, chunks: AsyncIterator[bytes], *, format_number: int = FIRST
    ) -> None:
        unfinished = self._keys.unfinished_snapshot(token_hex(8))
        with RaiseUnreachable():
            await write_chunks(self._reads, unfinished, chunks)
            keys = [self._keys.head, self._keys.stream, self._keys.snapshots, unfinished, self._keys.snapshot(position)]
            listed = await call_function(
                self._reads, "turnout_list", keys, [position.epoch, position.seq, str(position), FORMAT, format_number]
            )
        if not listed:
            raise RecordsTrimmed(f"the stream no longer continues snapshot {position}, or is of another epoch")

    async def drop_snapshot(self, position: Position, *, epoch: str) -> None:
        keys = [self._keys.head, self._keys.snapshots, self._keys.snapshot(position)]
        with RaiseUnreachable():
            await call_function(self._reads, "turnout_drop", keys, [epoch, str(position), FORMAT])

    async def trim(self, before: Position) -> None:
        with RaiseUnreachable():
            await call_function(
                self._reads,
                "turnout_trim",
                [self._keys.head, self._keys.stream],
                [before.epoch, before.seq + 1, FORMAT, TRIM_RESIDUE_RECORDS],
            )

    async def close(self) -> None:
        for each in filter(None, (self._writes, self._reads, self._replica)):
            await each.aclose()

    def _journal_keys(self) -> list[str]:
        return [self._keys.head, self._keys.stream, self._keys.fence]


class ValkeySubscription:
    """Satisfies ``Subscription``. Bypasses ``PubSub``, which would reconnect silently."""

    def __init__(self, pushes: PushReader) -> None:
        self._pushes = pushes

    async def next(self, timeout_s: float) -> list[Records | Heartbeat]:
        with RaiseUnreachable():
            return [_message(push) for push in await self._pushes.next(timeout_s)]


async def _look_anew(valkey: Redis) -> None:
    """Makes the next call look for its server anew. A former primary that is cut off from the others answers, too."""
    await valkey.connection_pool.disconnect(inuse_connections=False)


def _message(push: Sequence[bytes]) -> Records | Heartbeat:
    kind, _, data = push
    if kind != b"smessage":  # such as ``sunsubscribe``: the slot has moved to another node
        raise Unreachable(f"expected a message on the bus, got {kind!r}")
    if not data.startswith(_HEARTBEAT):
        return Records(split(data))
    head = _head(data[len(_HEARTBEAT) :].split(b" "))
    if head is None:
        raise Unreachable(f"not a heartbeat: {data!r}")
    return Heartbeat(head)


def _head(fields: Any) -> Head | None:
    """The head from its fields; None if one is missing. Raises NewerFormat.

    The format may be missing: heartbeats have none, nor has the head of a journal of format 1. redis-py leaves replies
    untyped; here they are bytes.
    """
    epoch, seq, digest, *number = fields
    if epoch is None or seq is None or digest is None:
        return None
    check_journal_format(number[0] if number else None)
    return Head(Position(epoch.decode(), int(seq)), digest.decode())


def _readable(fields: Any) -> Head | None:
    """The end of what readers see, from the fields of the head and of the confirmation. None without a journal."""
    *whole, seq, digest = fields
    head = _head(whole)
    if head is None or seq is None or digest is None:
        return head
    return Head(Position(head.position.epoch, int(seq)), digest.decode())


def _seq(entry: Any) -> int:
    return int(entry[0].partition(b"-")[0])


def _records(entries: Any) -> list[bytes]:
    """The records before the first entry that is not one. Raises BrokenRecord if that is the first of all."""
    records: list[bytes] = []
    for name, fields in entries:
        record: bytes | None = dict(fields).get(b"r")
        if record is None and not records:
            raise BrokenRecord(f"entry {name.decode()} of the stream is no record")
        if record is None:
            break
        records.append(record)
    return records


@contextmanager
def _raising_errors_of_replies() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise _error_of_reply(error) from error


def _error_of_reply(error: RedisError) -> JournalError:
    code, _, rest = str(error).partition(" ")
    if code == "FENCED":
        return WriterFenced(f"the fence is now {rest}")
    if code == "CONFLICT":
        epoch, seq, digest = rest.split(" ")
        missing = "false" in (epoch, seq, digest)
        return Conflict(None if missing else Head(Position(epoch, int(seq)), digest))
    if isinstance(error, OutOfMemoryError):
        return Unreachable(f"the server is out of memory, give it more (maxmemory): {error}")
    return Unreachable(str(error))
