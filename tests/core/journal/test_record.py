"""Records form a chain of hashes, which detects damage."""

import pytest
from history import BEGINNING, History, small_history
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.domain.changes import SignedUp
from turnout_core.journal.record import GENESIS, BrokenRecord, join, peek, split, unseal


def test_a_sealed_record_can_be_unsealed() -> None:
    history = small_history()
    digest = GENESIS
    for seq, record in enumerate(history.records, 1):
        commit, digest = unseal(record, digest)
        assert commit.seq == seq
    assert digest == history.head.hash


def test_records_are_lines() -> None:
    records = small_history().records
    assert split(join(records)) == records


@given(name=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_record_of_any_text_is_one_line(name: str) -> None:
    record = History().add(SignedUp("x", name))
    assert split(record) == [record]
    assert peek(record)[0].changes == (SignedUp("x", name),)


@given(data=st.data())
def test_any_flipped_bit_is_found(data: st.DataObject) -> None:
    record = History().add(SignedUp("ada", "Ada"))
    at = data.draw(st.integers(0, len(record) - 1))
    bit = data.draw(st.integers(0, 7))
    damaged = bytearray(record)
    damaged[at] ^= 1 << bit
    with pytest.raises(BrokenRecord):
        unseal(bytes(damaged), BEGINNING.hash)


def test_a_record_at_another_position_is_refused() -> None:
    records = small_history().records
    with pytest.raises(BrokenRecord, match="does not continue"):
        unseal(records[1], GENESIS)


@pytest.mark.parametrize("record", [b"", b"x", b"0" * 33, b"\xff" * 40, b"0" * 32 + b" {}"])
def test_other_bytes_are_not_a_record(record: bytes) -> None:
    with pytest.raises(BrokenRecord):
        unseal(record, GENESIS)
