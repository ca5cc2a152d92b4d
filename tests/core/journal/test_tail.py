"""The tail has the newest records, and finds what follows a head that it knows."""

from itertools import pairwise

from history import BEGINNING, History, small_history
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.domain.position import Position
from turnout_core.journal.port import Head
from turnout_core.journal.record import hash_of
from turnout_core.journal.tail import Tail

HISTORY = small_history()


def heads(history: History) -> list[Head]:
    """The head before the first record, and those after each."""
    epoch = BEGINNING.position.epoch
    after = [Head(Position(epoch, seq), hash_of(record)) for seq, record in enumerate(history.records, 1)]
    return [BEGINNING, *after]


HEADS = heads(HISTORY)
NUMBERS = st.integers(0, len(HISTORY.records))


@given(st.lists(NUMBERS, min_size=1), NUMBERS)
def test_the_records_after_a_known_head_are_found(cuts: list[int], at: int) -> None:
    tail = Tail()
    edges = sorted({*cuts, len(HISTORY.records)})
    for start, stop in pairwise(edges):
        tail.extend(HEADS[start], HISTORY.records[start:stop])
    expected = HISTORY.records[at:] if len(edges) > 1 and at >= edges[0] else []
    assert tail.after(HEADS[at]) == expected


def test_a_head_of_another_history_is_not_known() -> None:
    tail = Tail()
    tail.extend(BEGINNING, HISTORY.records)
    assert tail.after(Head(HEADS[1].position, "f" * 32)) == []
    assert tail.after(Head(Position("another", 0), BEGINNING.hash)) == []
    assert tail.after(Head(Position(BEGINNING.position.epoch, 1_000), HEADS[1].hash)) == []
    assert Tail().after(BEGINNING) == []


def test_a_gap_forgets_the_older_records() -> None:
    tail = Tail()
    tail.extend(BEGINNING, HISTORY.records[:1])
    tail.extend(HEADS[2], HISTORY.records[2:])
    assert tail.after(BEGINNING) == []
    assert tail.after(HEADS[2]) == HISTORY.records[2:]


@given(st.integers(0, sum(map(len, HISTORY.records))))
def test_the_oldest_records_are_forgotten_beyond_the_limit(max_bytes: int) -> None:
    tail = Tail(max_bytes)
    tail.extend(BEGINNING, HISTORY.records)
    kept = [at for at in range(len(HEADS)) if sum(map(len, HISTORY.records[at:])) <= max_bytes]
    assert [at for at in range(len(HEADS) - 1) if tail.after(HEADS[at])] == kept[:-1]
