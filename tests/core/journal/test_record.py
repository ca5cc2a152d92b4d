"""Records form a chain of hashes, which detects damage."""

import re

import pytest
from history import BEGINNING, DETAILS, History, small_history
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from newer_data import NEWER, REFUSAL, newer_record, seal_body

from turnout_core.domain.changes import EventCreated, EventEnded, EventReopened, IdempotencyEntry, SignedUp
from turnout_core.domain.choice_changes import ChoiceChange, FeedSet, PreferencesSet, PushAdded, PushRemoved
from turnout_core.domain.people import PushSubscription
from turnout_core.domain.preferences import Preferences
from turnout_core.journal.format import NewerFormat
from turnout_core.journal.record import GENESIS, BrokenRecord, join, number_of, peek, split, unseal


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


def _sealed(body: bytes) -> bytes:
    return seal_body(body, GENESIS)


def test_a_record_says_the_format_that_its_reader_needs() -> None:
    history = small_history()
    assert {number_of(record) for record in history.records} == {1}
    assert not any(b'"format"' in record for record in history.records)
    for change in (EventEnded("games"), EventReopened("games")):
        record = history.add(change)
        assert (number_of(record), record[32:].startswith(b' {"format":2,"epoch":')) == (2, True)
        assert peek(record)[0].changes == (change,)


@pytest.mark.parametrize("fold", ["starts_fold", "ends_fold"])
def test_a_record_of_the_second_of_two_equal_hours_needs_format_3(fold: str) -> None:
    change = EventCreated("dance", "ada", replace(DETAILS, **{fold: 1}))
    record = small_history().add(change)
    assert (number_of(record), record[32:].startswith(b' {"format":3,"epoch":')) == (3, True)
    assert peek(record)[0].changes == (change,)


def test_a_record_of_an_event_that_lasts_all_day_needs_format_5() -> None:
    change = EventCreated("fair", "ada", replace(DETAILS, all_day=True))
    record = small_history().add(change)
    assert (number_of(record), record[32:].startswith(b' {"format":5,"epoch":')) == (5, True)
    assert peek(record)[0].changes == (change,)


@pytest.mark.parametrize(
    "change",
    [
        PreferencesSet("ada", Preferences(("day",), quiet=("22:00", "07:00"), zone="Europe/Vienna")),
        PreferencesSet("ada"),
        PushAdded("ada", PushSubscription("push", "https://push.example/x", "key", "auth", "phone", 1)),
        PushRemoved("ada", "push"),
        FeedSet("ada", 7),
    ],
)
def test_a_record_of_what_somebody_chooses_needs_format_5(change: ChoiceChange) -> None:
    record = small_history().add(change)
    assert (number_of(record), record[32:].startswith(b' {"format":5,"epoch":')) == (5, True)
    assert peek(record)[0].changes == (change,)


def test_a_record_from_before_the_numbers_is_still_read() -> None:
    body = b"{" + _COMMIT + b'[{"type":"event-ended","event":"games"}],"answered":null}'
    assert unseal(_sealed(body), GENESIS)[0].changes == (EventEnded("games"),)


def test_a_newer_record_is_neither_decoded_nor_damaged() -> None:
    record, _ = newer_record(BEGINNING)
    known = History().add(SignedUp("ada", "Ada"))
    decodable = _sealed(b'{"format":%d,' % NEWER + known[34:])
    for each in (record, decodable):
        with pytest.raises(NewerFormat, match=re.escape(f"a record was {REFUSAL}")):
            unseal(each, GENESIS)


@given(data=st.data())
def test_a_flipped_bit_makes_no_record_newer(data: st.DataObject) -> None:
    record = History().add(EventEnded("games"))
    at = data.draw(st.integers(32, 50))
    damaged = bytearray(record)
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BrokenRecord):
        unseal(bytes(damaged), GENESIS)


_COMMIT = b'"epoch":"test","seq":1,"at":1,"actor":null,"changes":'
_DETAILS = b'"title":"a","starts":"b","ends":"c","zone":"d","starts_at":1,"ends_at":2'


@pytest.mark.parametrize(
    "body",
    [
        b"{" + _COMMIT + b'[{"type":"signed-up","user":"ada","name":"Ada"}],"device":"phone"}',
        b"{" + _COMMIT + b'[{"type":"signed-up","user":"ada","name":"Ada","device":"phone"}]}',
        b"{" + _COMMIT + b'[{"type":"message-pinned","event":"games"}]}',
        b"{" + _COMMIT + b'[{"type":"event-edited","event":"games","details":{' + _DETAILS + b',"visibility":"x"}}]}',
        b"{" + _COMMIT + b'[],"answered":{"key":"k","request":"r","status":200,"etag":"e"}}',
        b'{"format":2,' + _COMMIT + b'[{"type":"message-pinned","event":"games"}]}',
        b'{"format":x,' + _COMMIT + b"[]}",
        b'{"format":0,' + _COMMIT + b"[]}",
        b"{" + _COMMIT + b'[],"format":3}',
    ],
    ids=["commit", "change", "kind", "details", "entry", "numbered kind", "no number", "zero", "number elsewhere"],
)
def test_an_unknown_field_or_change_is_damage_unless_the_number_is_newer(body: bytes) -> None:
    with pytest.raises(BrokenRecord, match="not a record"):
        unseal(_sealed(body), GENESIS)
    if b'"format"' not in body:
        with pytest.raises(NewerFormat):
            unseal(_sealed(b'{"format":%d,' % NEWER + body[1:]), GENESIS)


def test_defaults_are_not_written() -> None:
    record = History().add(SignedUp("ada", "Ada"), answered=IdempotencyEntry("k", "r", 204))
    assert record.endswith(b'"answered":{"key":"k","request":"r","status":204}}')
    assert b"answered" not in History().add(SignedUp("ada", "Ada"))
