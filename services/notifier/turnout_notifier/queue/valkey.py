"""The queue in Valkey: a sorted set of ids by their due times, and a hash with what they stand for."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from redis.asyncio import Redis

from turnout_core.journal.keys import NotifierKeys
from turnout_core.journal.unreachable import RaiseUnreachable
from turnout_notifier.delivery import CHANNELS, ChannelName
from turnout_notifier.queue.port import Cursor, Dead, DeadLetter, Done, Later, Outcome, QueuedDelivery, QueueSize
from turnout_notifier.queue.scripts import Script

DEAD_MAX: Final = 10_000  # about 4 MB; the oldest go first

_CURSOR_FIELDS: Final = ("epoch", "seq", "user")
_ENQUEUE: Final = Script("enqueue")
_SETTLE: Final = Script("settle")
_REVIVE: Final = Script("revive")


class ValkeyQueue:
    """Satisfies ``Queue``; ``revive`` is for operators."""

    def __init__(self, valkey: Redis, keys: NotifierKeys) -> None:
        self._valkey = valkey
        self._keys = keys

    async def cursor(self) -> Cursor | None:
        with RaiseUnreachable():
            fields: Any = await self._valkey.hmget(self._keys.cursor, _CURSOR_FIELDS)
        return _cursor(fields)

    async def enqueue(
        self, fence: int, before: Cursor | None, after: Cursor, new: Sequence[tuple[QueuedDelivery, int]]
    ) -> Cursor | None:
        queues = [self._keys.queue(each) for each in CHANNELS]
        keys = [self._keys.lease.fence, self._keys.cursor, self._keys.deliveries, *queues]
        args: list[bytes | str | int] = [fence, *_fields(before), *_fields(after)]
        for queued, due_ms in new:
            delivery = queued.delivery
            args += (delivery.id, 1 + CHANNELS.index(delivery.channel), due_ms, msgspec.json.encode(queued))
        return _cursor(await _ENQUEUE.run(self._valkey, keys, args))

    async def due(self, channel: ChannelName, now_ms: int, limit: int) -> list[QueuedDelivery]:
        with RaiseUnreachable():
            ids: Any = await self._valkey.zrangebyscore(self._keys.queue(channel), "-inf", now_ms, 0, limit)
            found: Any = await self._valkey.hmget(self._keys.deliveries, ids) if ids else []
        return [msgspec.json.decode(each, type=QueuedDelivery) for each in found if each is not None]

    async def next_due_ms(self, channel: ChannelName, after_ms: int) -> int | None:
        with RaiseUnreachable():
            return await self._first_due_ms(channel, f"({after_ms}")

    async def settle(
        self, fence: int, channel: ChannelName, outcomes: Sequence[Outcome], paced: tuple[str, int] | None = None
    ) -> None:
        lease, keys = self._keys.lease, self._keys
        args: list[bytes | str | int] = [fence, *(paced or ("", "")), DEAD_MAX]
        for each in outcomes:
            args += _outcome(each)
        await _SETTLE.run(
            self._valkey,
            [lease.fence, keys.queue(channel), keys.deliveries, keys.paced, keys.dead, keys.dead_times],
            args,
        )

    async def paced(self, since_ms: int) -> dict[str, int]:
        with RaiseUnreachable():
            found: Any = await self._valkey.zrangebyscore(self._keys.paced, since_ms, "+inf", withscores=True)
        return {member.decode(): int(score) for member, score in found}

    async def dead_letters(self) -> list[DeadLetter]:
        with RaiseUnreachable():
            found: Any = await self._valkey.hvals(self._keys.dead)
        letters = [msgspec.json.decode(each, type=DeadLetter) for each in found]
        return sorted(letters, key=lambda each: each.failed_ms)

    async def size(self, channel: ChannelName) -> QueueSize:
        with RaiseUnreachable():
            waiting: int = await self._valkey.zcard(self._keys.queue(channel))
            return QueueSize(waiting, await self._first_due_ms(channel))

    async def dead_count(self) -> int:
        with RaiseUnreachable():
            count: int = await self._valkey.zcard(self._keys.dead_times)
        return count

    async def revive(self, letters: Sequence[DeadLetter], now_ms: int) -> int:
        """Puts ``letters`` back into the queue, due now, as if they were new. Returns how many were still dead."""
        keys, revived = self._keys, 0
        for channel in CHANNELS:
            args: list[bytes | str | int] = [now_ms]
            for each in letters:
                if each.queued.delivery.channel == channel:
                    fresh = msgspec.structs.replace(each.queued, queued_ms=now_ms, attempts=0)
                    args += (fresh.delivery.id, msgspec.json.encode(fresh))
            names = [keys.queue(channel), keys.deliveries, keys.dead, keys.dead_times]
            revived += await _REVIVE.run(self._valkey, names, args)
        return revived

    async def drop(self, letters: Sequence[DeadLetter]) -> int:
        ids = [each.queued.delivery.id for each in letters]
        if not ids:
            return 0
        with RaiseUnreachable():
            async with self._valkey.pipeline(transaction=True) as both:
                both.hdel(self._keys.dead, *ids)
                both.zrem(self._keys.dead_times, *ids)
                dropped, _ = await both.execute()
        return int(dropped)

    async def _first_due_ms(self, channel: ChannelName, after: str = "-inf") -> int | None:
        first: Any = await self._valkey.zrangebyscore(self._keys.queue(channel), after, "+inf", 0, 1, withscores=True)
        return int(first[0][1]) if first else None


def _fields(cursor: Cursor | None) -> tuple[str, int | str, str]:
    return (cursor.epoch, cursor.seq, cursor.user) if cursor is not None else ("", "", "")


def _cursor(fields: Sequence[bytes | None]) -> Cursor | None:
    epoch, seq, user = fields
    return Cursor(epoch.decode(), int(seq), (user or b"").decode()) if epoch and seq else None


def _outcome(outcome: Outcome) -> tuple[str, str, int | str, bytes | str]:
    match outcome:
        case Later(queued, due_ms):
            return queued.delivery.id, "later", due_ms, msgspec.json.encode(queued)
        case Done(queued):
            return queued.delivery.id, "done", "", ""
        case Dead(letter):
            return letter.queued.delivery.id, "dead", letter.failed_ms, msgspec.json.encode(letter)
