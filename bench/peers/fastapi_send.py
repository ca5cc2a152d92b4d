"""A simple server with FastAPI: one coroutine per client, and ``await ws.send_text()`` for each of them."""

import asyncio
import contextlib
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis

rooms: defaultdict[str, set[WebSocket]] = defaultdict(set)


async def relay() -> None:
    valkey = Redis.from_url(os.environ["BENCH_VALKEY"])
    async with valkey.pubsub() as bus:
        await bus.psubscribe("bench:*")
        async for message in bus.listen():
            if message["type"] != "pmessage":
                continue
            text = message["data"].decode()
            for ws in list(rooms[message["channel"].decode().removeprefix("bench:")]):
                with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                    await ws.send_text(text)


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    task = asyncio.create_task(relay())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


@app.websocket("/")
async def watch(ws: WebSocket, room: str) -> None:
    await ws.accept()
    rooms[room].add(ws)
    await ws.send_text("ready")
    try:
        while True:
            await ws.receive_text()
    except WebSocketDisconnect:
        rooms[room].discard(ws)


if __name__ == "__main__":
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="auto",
        ws_per_message_deflate=False,
        log_level="warning",
    )
