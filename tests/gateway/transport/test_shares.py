"""A greedy address and a modest one at one gateway that is full: through a proxy, on WebSockets and over HTTP."""

import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, Final

import pytest
import websockets
from running_gateway import RunningGateway

ServeGateway = Callable[..., Awaitable[RunningGateway]]

LINKS: Final = 10
SEARCHES_PER_LINK: Final = 10
GREEDY: Final = {"X-Forwarded-For": "192.0.2.1"}
MODEST: Final = {"X-Forwarded-For": "192.0.2.2"}


async def receive(socket: websockets.ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await socket.recv())
    return message


async def search(socket: websockets.ClientConnection, words: str) -> dict[str, Any]:
    await socket.send(json.dumps({"type": "watch", "view": f"events?q={words}"}))
    return await receive(socket)


async def connect(stack: AsyncExitStack, instance: RunningGateway, headers: dict[str, str]) -> Any:
    socket = await stack.enter_async_context(websockets.connect(instance.live_url, additional_headers=headers))
    assert (await receive(socket))["type"] == "hello"
    return socket


@pytest.mark.parametrize("way", ["watch", "read"])
async def test_a_newcomer_gets_a_search_that_the_greedy_address_gives_up(serve: ServeGateway, way: str) -> None:
    instance = await serve(searches=LINKS * SEARCHES_PER_LINK)
    async with AsyncExitStack() as stack:
        greedy = [await connect(stack, instance, GREEDY) for _ in range(LINKS)]
        for number, socket in enumerate(greedy):
            for word in range(SEARCHES_PER_LINK):
                assert (await search(socket, f"greedy-{number}-{word}"))["type"] == "snapshot"
        modest = await connect(stack, instance, MODEST)
        if way == "watch":
            assert (await search(modest, "modest"))["type"] == "snapshot"
        else:
            assert (await instance.get("/api/events?q=modest", **MODEST)).status_code == 200
        lost = await receive(greedy[0])
        assert (lost["type"], lost["view"], lost["code"]) == (
            "fail",
            "events?when=upcoming&q=greedy-0-0",
            "unavailable",
        )
        assert len(instance.gateway.views) == LINKS * SEARCHES_PER_LINK
        for number in range(5):  # the greedy address goes on, and only hurts itself
            await search(greedy[-1], f"more-{number}")
        instance.writer.event(instance.writer.user(), title="modest")
        await instance.append_and_wait()
        if way == "watch":
            assert (await receive(modest))["type"] == "patch"
        assert len(instance.gateway.views) == LINKS * SEARCHES_PER_LINK
