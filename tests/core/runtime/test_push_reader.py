"""The push reader delivers messages whole and in order, and reports a broken connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as LinkError
from redis.exceptions import InvalidResponse
from waiting import until

from turnout_core.runtime.push_reader import PushReader, take_over
from turnout_core.runtime.valkey_client import connect

CHANNEL = b"news"


@asynccontextmanager
async def listening(valkey_url: str, *early: bytes) -> AsyncIterator[tuple[Redis, PushReader]]:
    """A client, and somebody who listens; ``early`` was told after SUBSCRIBE and before that."""
    async with asyncio.timeout(10), connect(valkey_url) as client, client.pubsub() as pubsub:
        await pubsub.subscribe(CHANNEL)
        assert (await pubsub.get_message(timeout=5) or {})["type"] == "subscribe"
        assert pubsub.connection is not None
        hidden: Any = pubsub.connection
        await tell(client, *early)
        await until(lambda: len(hidden._reader._buffer) >= sum(map(len, early)))
        yield client, await take_over(pubsub.connection)


async def tell(client: Redis, *messages: bytes) -> None:
    for message in messages:
        await client.publish(CHANNEL, message)


def said(pushes: list[Any]) -> list[bytes]:
    assert all(kind == b"message" and channel == CHANNEL for kind, channel, _ in pushes)
    return [data for _, _, data in pushes]


async def heard(pushes: PushReader, count: int) -> list[bytes]:
    found: list[bytes] = []
    while len(found) < count:
        found += said(await pushes.next(5))
    return found


async def test_they_come_in_order(valkey_url: str) -> None:
    async with listening(valkey_url) as (client, pushes):
        await tell(client, b"one", b"two")
        assert await heard(pushes, 2) == [b"one", b"two"]
        await tell(client, b"three")
        assert await heard(pushes, 1) == [b"three"]


async def test_earlier_messages_are_not_lost(valkey_url: str) -> None:
    early = [b"%d" % each for each in range(50)]
    async with listening(valkey_url, *early) as (client, pushes):
        await tell(client, b"late")
        assert await heard(pushes, 51) == [*early, b"late"]


async def test_unrequested_messages_stay_in_the_buffer(valkey_url: str) -> None:
    async with listening(valkey_url) as (client, pushes):
        await tell(client, b"one")
        assert await heard(pushes, 1) == [b"one"]
        assert not pushes._transport.is_reading()
        told = [b"%d" % each for each in range(100)]
        await tell(client, *told)
        assert await heard(pushes, 100) == told
        assert not pushes._transport.is_reading()


async def test_a_message_larger_than_a_read_comes_whole(valkey_url: str) -> None:
    large = bytes(3 << 20)
    async with listening(valkey_url) as (client, pushes):
        await tell(client, large, b"small")
        assert await heard(pushes, 2) == [large, b"small"]


async def test_silence_is_nothing(valkey_url: str) -> None:
    async with listening(valkey_url) as (client, pushes):
        assert await pushes.next(0.05) == []
        await tell(client, b"one")
        assert await heard(pushes, 1) == [b"one"]


@pytest.mark.parametrize("asked", [True, False], ids=["while somebody waits", "while nobody does"])
async def test_a_link_that_breaks_says_so(valkey_url: str, *, asked: bool) -> None:
    async with listening(valkey_url) as (client, pushes):
        waiting = asyncio.create_task(pushes.next(5)) if asked else None
        await asyncio.sleep(0)
        await client.client_kill_filter(_type="pubsub")
        with pytest.raises(LinkError):
            await (waiting or pushes.next(5))
        with pytest.raises(LinkError):
            await pushes.next(5)


@pytest.mark.parametrize(
    ("said", "error", "why"),
    [(b"-ERR of the server\r\n", LinkError, "of the server"), (b"no protocol\r\n", InvalidResponse, "Protocol error")],
    ids=["an error", "no protocol"],
)
async def test_a_malformed_message_is_an_error(valkey_url: str, said: bytes, error: type[Exception], why: str) -> None:
    async with listening(valkey_url) as (_, pushes):
        pushes.data_received(said)
        with pytest.raises(error, match=why):
            await pushes.next(5)
