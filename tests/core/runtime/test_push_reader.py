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
async def push_reader(valkey_url: str, *earlier: bytes) -> AsyncIterator[tuple[Redis, PushReader]]:
    """A publishing client, and a reader. ``earlier`` are published after SUBSCRIBE and before ``take_over``."""
    async with asyncio.timeout(10), connect(valkey_url) as client, client.pubsub() as pubsub:
        await pubsub.subscribe(CHANNEL)
        assert (await pubsub.get_message(timeout=5) or {})["type"] == "subscribe"
        assert pubsub.connection is not None
        internals: Any = pubsub.connection
        await publish(client, *earlier)
        await until(lambda: len(internals._reader._buffer) >= sum(map(len, earlier)))
        yield client, await take_over(pubsub.connection)


async def publish(client: Redis, *messages: bytes) -> None:
    for message in messages:
        await client.publish(CHANNEL, message)


def data_of(pushes: list[Any]) -> list[bytes]:
    assert all(kind == b"message" and channel == CHANNEL for kind, channel, _ in pushes)
    return [data for _, _, data in pushes]


async def receive(pushes: PushReader, count: int) -> list[bytes]:
    found: list[bytes] = []
    while len(found) < count:
        found += data_of(await pushes.next(5))
    return found


async def test_messages_come_in_order(valkey_url: str) -> None:
    async with push_reader(valkey_url) as (client, pushes):
        await publish(client, b"one", b"two")
        assert await receive(pushes, 2) == [b"one", b"two"]
        await publish(client, b"three")
        assert await receive(pushes, 1) == [b"three"]


async def test_messages_before_the_take_over_are_not_lost(valkey_url: str) -> None:
    earlier = [b"%d" % each for each in range(50)]
    async with push_reader(valkey_url, *earlier) as (client, pushes):
        await publish(client, b"late")
        assert await receive(pushes, 51) == [*earlier, b"late"]


async def test_unrequested_messages_stay_in_the_buffer(valkey_url: str) -> None:
    async with push_reader(valkey_url) as (client, pushes):
        await publish(client, b"one")
        assert await receive(pushes, 1) == [b"one"]
        messages = [b"%d" % each for each in range(100)]
        await publish(client, *messages)
        await until(lambda: not pushes._transport.is_reading())  # after one read
        assert await receive(pushes, 100) == messages
        assert pushes._parse() == []


async def test_a_message_larger_than_a_read_comes_whole(valkey_url: str) -> None:
    large = bytes(3 << 20)
    async with push_reader(valkey_url) as (client, pushes):
        await publish(client, large, b"small")
        assert await receive(pushes, 2) == [large, b"small"]


async def test_without_messages_the_result_is_empty(valkey_url: str) -> None:
    async with push_reader(valkey_url) as (client, pushes):
        assert await pushes.next(0.05) == []
        await publish(client, b"one")
        assert await receive(pushes, 1) == [b"one"]


@pytest.mark.parametrize("is_waiting", [True, False], ids=["with a waiting caller", "without one"])
async def test_a_broken_connection_is_an_error(valkey_url: str, *, is_waiting: bool) -> None:
    async with push_reader(valkey_url) as (client, pushes):
        waiting = asyncio.create_task(pushes.next(5)) if is_waiting else None
        await asyncio.sleep(0)
        await client.client_kill_filter(_type="pubsub")
        with pytest.raises(LinkError):
            await (waiting or pushes.next(5))
        with pytest.raises(LinkError):
            await pushes.next(5)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [(b"-ERR of the server\r\n", LinkError, "of the server"), (b"no protocol\r\n", InvalidResponse, "Protocol error")],
    ids=["an error", "no protocol"],
)
async def test_a_malformed_message_is_an_error(
    valkey_url: str, data: bytes, error: type[Exception], message: str
) -> None:
    async with push_reader(valkey_url) as (_, pushes):
        pushes.data_received(data)
        with pytest.raises(error, match=message):
            await pushes.next(5)
