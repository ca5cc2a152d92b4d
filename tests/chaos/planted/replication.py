"""Bugs of replication: a failover loses what somebody has relied on, or is not noticed."""

from collections.abc import Iterable, Sequence
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import ConnectionPool

from chaos.planted.replacement import Replacement
from turnout_command.write import append_queue, term
from turnout_core.journal import functions as journal_functions
from turnout_core.journal.port import Heartbeat, Records
from turnout_core.journal.replication import Replication
from turnout_core.journal.unreachable import RaiseUnreachable
from turnout_core.journal.valkey import ValkeyJournal, ValkeySubscription, _message


def lost_records_left() -> Iterable[Replacement]:
    """Nobody appends again the records that a new primary lacks."""

    async def leave(*_: Any) -> int:
        return 0

    yield append_queue, "append_lost_records", leave
    yield term, "append_lost_records", leave


def answer_before_waitaof() -> Iterable[Replacement]:
    """An append counts when the primary has it. No replica is awaited, nor is what is lost appended again."""

    async def call_primary(
        _: Replication, valkey: Redis, name: str, keys: Sequence[str], args: Sequence[bytes | str | int]
    ) -> Any:
        return await valkey.fcall(name, len(keys), *keys, *args)

    yield Replication, "call", call_primary
    yield from lost_records_left()


def repetition_unconfirmed() -> Iterable[Replacement]:
    """A repeated append writes nothing, so that replicas which lack it seem to confirm it. What is lost is left so."""
    lua, write = journal_functions.functions(), "      touch(keys[3])\n"
    assert write in lua
    yield journal_functions, "functions", lambda: lua.replace(write, "")
    yield from lost_records_left()


def shown_before_confirmed() -> Iterable[Replacement]:
    """Readers see a record when the primary has it."""
    yield ValkeyJournal, "shows_later", False


def former_primary_kept() -> Iterable[Replacement]:
    """Connections stay open although too few replicas confirm what goes over them."""

    async def keep(*_: Any, **__: Any) -> None: ...

    yield ConnectionPool, "disconnect", keep


def ended_subscription_kept() -> Iterable[Replacement]:
    """A subscription that the server has ended, such as after a move of the slot, is waited on for ever."""

    async def next_messages(self: ValkeySubscription, timeout_s: float) -> list[Records | Heartbeat]:
        pushes: list[Any] = []
        with RaiseUnreachable():
            while not pushes:
                pushes = [each for each in await self._pushes.next(timeout_s) if each[0] == b"smessage"]
        return [_message(each) for each in pushes]

    yield ValkeySubscription, "next", next_messages
