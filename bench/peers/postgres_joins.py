"""The write path as people write it correctly: FastAPI, asyncpg and PostgreSQL, with a row lock and a waitlist.

A join locks the event's row, checks the capacity and inserts. An unattend locks it, deletes, and moves the waitlist up.
"""

import contextlib
import os
import sys
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import asyncpg
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import BaseModel, Field

_POOL: Final = 16  # more connections cost this machine more than they bring
_SCHEMA: Final = """
    CREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL);
    CREATE TABLE events (
        id bigserial PRIMARY KEY, title text NOT NULL, capacity int, going int NOT NULL DEFAULT 0,
        organizer bigint NOT NULL REFERENCES users
    );
    CREATE TABLE attendances (
        event bigint REFERENCES events, "user" bigint REFERENCES users, party int NOT NULL, status text NOT NULL,
        joined_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (event, "user")
    );
    CREATE INDEX waitlist ON attendances (event, joined_at) WHERE status = 'waitlisted';
"""

tokens = URLSafeSerializer("bench")
database: asyncpg.Pool


class Name(BaseModel):
    name: str = Field(min_length=1, max_length=60)


class Draft(BaseModel):
    title: str = Field(min_length=1, max_length=120)
    capacity: int | None = Field(None, ge=1)


class Party(BaseModel):
    party: int = Field(1, ge=1, le=10)


@contextlib.asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    global database
    async with asyncpg.create_pool(os.environ["BENCH_POSTGRES"], min_size=_POOL, max_size=_POOL) as database:
        await database.execute(_SCHEMA)
        yield


app = FastAPI(lifespan=lifespan)


def user_of(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]) -> int:
    try:
        user: int = tokens.loads(credentials.credentials)
    except BadSignature:
        raise HTTPException(401) from None
    return user


User = Annotated[int, Depends(user_of)]


@app.get("/readyz")
async def ready() -> None:
    await database.fetchval("SELECT 1")


@app.post("/api/session", status_code=201)
async def sign_up(body: Name) -> dict[str, Any]:
    user = await database.fetchval("INSERT INTO users (name) VALUES ($1) RETURNING id", body.name)
    return {"token": tokens.dumps(user)}


@app.post("/api/events", status_code=201)
async def create(body: Draft, user: User) -> dict[str, Any]:
    insert = "INSERT INTO events (title, capacity, organizer) VALUES ($1, $2, $3) RETURNING id"
    return {"id": await database.fetchval(insert, body.title, body.capacity, user)}


@app.post("/api/events/{event}/attendees", status_code=201)
async def join(event: int, body: Party, user: User) -> dict[str, Any]:
    async with database.acquire() as connection, connection.transaction():
        locked = await connection.fetchrow("SELECT capacity, going FROM events WHERE id = $1 FOR UPDATE", event)
        if locked is None:
            raise HTTPException(404)
        fits = locked["capacity"] is None or locked["going"] + body.party <= locked["capacity"]
        status = "going" if fits else "waitlisted"
        inserted = await connection.fetchrow(
            'INSERT INTO attendances (event, "user", party, status) VALUES ($1, $2, $3, $4)'
            " ON CONFLICT DO NOTHING RETURNING joined_at",
            event, user, body.party, status,
        )  # fmt: skip
        if inserted is None:
            raise HTTPException(409, "already-joined")
        if fits:
            await connection.execute("UPDATE events SET going = going + $2 WHERE id = $1", event, body.party)
    return {"user": user, "party": body.party, "status": status, "joined_at": inserted["joined_at"]}


@app.delete("/api/events/{event}/attendees/me", status_code=204)
async def unattend(event: int, user: User) -> Response:
    async with database.acquire() as connection, connection.transaction():
        locked = await connection.fetchrow("SELECT capacity, going FROM events WHERE id = $1 FOR UPDATE", event)
        left = await connection.fetchrow(
            'DELETE FROM attendances WHERE event = $1 AND "user" = $2 RETURNING party, status', event, user
        )
        if locked is None or left is None:
            raise HTTPException(404)
        if left["status"] == "going":
            going = locked["going"] - left["party"] + await _move_up(connection, event, locked, left["party"])
            await connection.execute("UPDATE events SET going = $2 WHERE id = $1", event, going)
    return Response(status_code=204)


async def _move_up(connection: Any, event: int, locked: Any, freed: int) -> int:
    """Moves those who wait up, first come first served, while their party fits. Returns the seats that they take."""
    if locked["capacity"] is None:
        return 0
    free, taken = locked["capacity"] - locked["going"] + freed, 0
    waiting = "SELECT \"user\", party FROM attendances WHERE event = $1 AND status = 'waitlisted' ORDER BY joined_at"
    for each in await connection.fetch(waiting, event):
        if taken + each["party"] > free:
            break
        await connection.execute(
            "UPDATE attendances SET status = 'going' WHERE event = $1 AND \"user\" = $2", event, each["user"]
        )
        taken += each["party"]
    return taken


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", ws="none", access_log=False)
