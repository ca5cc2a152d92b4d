"""The guard refuses in time, however rarely the memory is read, and its reserve holds two snapshots."""

from hypothesis import given
from hypothesis import strategies as st

from turnout_command.write.memory_guard import READ_AFTER_BYTES, MemoryGuard, MemoryReading

MB = 1 << 20


def guard_of(reading: MemoryReading) -> MemoryGuard:
    guard = MemoryGuard()
    guard.end_reading(reading, guard.begin_reading())
    return guard


def test_there_is_room_before_the_first_reading_and_without_a_limit() -> None:
    assert not MemoryGuard().is_full()
    assert not guard_of(MemoryReading(900 * MB, 0)).is_full()


def test_records_leave_room_for_two_snapshots_of_their_size() -> None:
    assert not guard_of(MemoryReading(31 * MB, 100 * MB)).is_full()
    assert guard_of(MemoryReading(33 * MB, 100 * MB)).is_full()


def test_a_new_snapshot_takes_the_place_of_the_older_one() -> None:
    assert not guard_of(MemoryReading(62 * MB, 100 * MB, (31 * MB, 31 * MB))).is_full()
    assert guard_of(MemoryReading(66 * MB, 100 * MB, (33 * MB, 33 * MB))).is_full()


def test_records_since_the_last_reading_count_before_they_are_appended() -> None:
    guard = guard_of(MemoryReading(20 * MB, 100 * MB))
    for _ in range(12):
        guard.on_enqueued(MB)
    assert (guard.is_full(), guard.reading_requested.is_set()) == (True, True)
    guard.end_reading(MemoryReading(20 * MB, 100 * MB), guard.begin_reading())
    assert guard.is_full()  # they were in no reading yet
    guard.on_appended(12 * MB)
    guard.end_reading(MemoryReading(20 * MB, 100 * MB), guard.begin_reading())
    assert not guard.is_full()


def test_a_reading_is_requested_after_some_records() -> None:
    guard = guard_of(MemoryReading(20 * MB, 1_000 * MB))
    guard.on_enqueued(READ_AFTER_BYTES - 1)
    assert not guard.reading_requested.is_set()
    guard.on_enqueued(1)
    assert guard.reading_requested.is_set()


def test_records_of_a_failed_term_are_forgotten() -> None:
    guard = guard_of(MemoryReading(20 * MB, 100 * MB))
    guard.on_enqueued(50 * MB)
    guard.on_new_term()
    guard.end_reading(MemoryReading(20 * MB, 100 * MB), guard.begin_reading())
    assert not guard.is_full()


def test_an_unfinished_snapshot_is_not_reserved_for_again() -> None:
    guard = guard_of(MemoryReading(62 * MB, 100 * MB, (31 * MB, 31 * MB)))
    with guard.snapshot_in_progress():
        guard.end_reading(MemoryReading(90 * MB, 100 * MB, (31 * MB, 31 * MB)), guard.begin_reading())
        assert not guard.is_full()
    assert guard.reading_requested.is_set()


@given(
    newest=st.integers(0, 60 * MB),
    older=st.integers(0, 60 * MB),
    records=st.integers(0, 60 * MB),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_two_snapshots_fit_whenever_there_is_room(
    newest: int, older: int, records: int, shares: tuple[float, float]
) -> None:
    """A snapshot has any size up to that of the newest one and of the records."""
    reading = MemoryReading(newest + older + records, 100 * MB, (newest, older))
    if guard_of(reading).is_full():
        return
    first, second = (int(share * (newest + records)) for share in shares)
    with_first = reading.used_bytes + first
    with_second = with_first - older + second
    assert max(with_first, with_second) <= 100 * MB
