"""Measures the cost of encoding an event for a list: as a plain dict, and as its pydantic model.

python bench/items.py
"""

import time
from collections.abc import Callable

import msgspec

from turnout_core.domain.changes import Details
from turnout_core.domain.position import Position
from turnout_core.domain.state import Attendance, Event, State, User
from turnout_core.journal.record import GENESIS
from turnout_core.protocol.rendering import card, card_fields

ROUNDS = 20_000


def timed(label: str, work: Callable[[], object]) -> float:
    before = time.perf_counter()
    for _ in range(ROUNDS):
        work()
    spent_us = (time.perf_counter() - before) / ROUNDS * 1e6
    print(f"{label:<24} {spent_us:6.2f} us")
    return spent_us


def main() -> None:
    state = State(Position("bench", 0), GENESIS)
    details = Details("Board games", "2026-11-27T19:30", "2026-11-27T21:30", "Europe/Vienna", 1, 2, capacity=24)
    event = Event("event0000001", "user00000000", details, 0)
    for number in range(13):
        user = f"user{number:08}"
        state.users[user] = User(user, f"Person {number}")
        event.attendances[user] = Attendance(user, 1, "going", number, 0)
    encode = msgspec.json.Encoder().encode
    plain = timed("a plain dict", lambda: encode(card_fields(state, event)))
    model = timed("a pydantic model", lambda: card(state, event).model_dump_json())
    print(f"the model costs {model / plain:.1f} times as much")


if __name__ == "__main__":
    main()
