"""Measures the speed of a replay of the stream (decode, check, apply), and of decoding with msgspec and pydantic.

python bench/replay.py [commits]
"""

import asyncio
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange, Commit, Details, EventCreated, Joined, SignedUp
from turnout_core.domain.position import Position
from turnout_core.domain.state import State
from turnout_core.journal.record import GENESIS, check, peek, seal
from turnout_core.journal.snapshot import dump, iterate_async, load_state

EVENTS = USERS = 1_000


class JoinedModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    type: Literal["joined"]
    event: str
    user: str
    party: int
    status: Literal["going", "waitlisted"]


class LeftModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    type: Literal["left"]
    event: str
    user: str


class CommitModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    epoch: str
    seq: int
    at: int
    actor: str | None
    changes: tuple[Annotated[JoinedModel | LeftModel, Field(discriminator="type")], ...]
    answered: dict[str, Any] | None = None


@dataclasses.dataclass
class History:
    records: list[bytes] = dataclasses.field(default_factory=list)
    digest: str = GENESIS

    def add(self, change: AnyChange) -> None:
        seq = len(self.records) + 1
        record, self.digest = seal(Commit("bench", seq, seq, "somebody", (change,)), self.digest)
        self.records.append(record)


def make_history(commits: int) -> History:
    history = History()
    details = Details("Board games", "2026-11-27T19:30", "2026-11-27T21:30", "Europe/Vienna", 1, 2, capacity=500)
    for number in range(USERS):
        history.add(SignedUp(f"user{number:08}", f"Person {number}"))
    for number in range(EVENTS):
        history.add(EventCreated(f"event{number:07}", "user00000000", details))
    for number in range(min(commits, EVENTS * USERS)):
        history.add(Joined(f"event{number % EVENTS:07}", f"user{number // EVENTS:08}", 1, "going"))
    return history


def measure(label: str, count: int, unit: str, function: Callable[[], object]) -> None:
    before = time.perf_counter()
    function()
    seconds = time.perf_counter() - before
    print(f"{label:<42} {count / seconds:>12,.0f} {unit}/s   ({seconds:.2f} s)")


def replay(history: History, state: State) -> None:
    for record in history.records:
        commit, digest = peek(record)
        check(record, state.hash)
        apply(state, commit, digest)


def main() -> None:
    history = make_history(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
    state = State(Position("bench", 0), GENESIS)
    count = len(history.records)
    measure("replay (decode, check, apply)", count, "commits", lambda: replay(history, state))
    joins = history.records[USERS + EVENTS :]
    bodies = [record[33:] for record in joins]
    adapter = TypeAdapter(CommitModel)
    measure("decode alone, msgspec", len(joins), "commits", lambda: [peek(record) for record in joins])
    measure("decode alone, pydantic", len(joins), "commits", lambda: [adapter.validate_json(each) for each in bodies])
    chunks: list[bytes] = []
    measure("snapshot: dump", len(joins), "attendances", lambda: chunks.extend(dump(state)))
    measure("snapshot: load", len(joins), "attendances", lambda: asyncio.run(load_state(iterate_async(chunks))))
    print(json.dumps({"commits": count, "snapshot_bytes": sum(map(len, chunks))}))


if __name__ == "__main__":
    main()
