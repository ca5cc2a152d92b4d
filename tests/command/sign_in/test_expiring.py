"""A bounded store whose values expire."""

from turnout_command.sign_in.expiring import ExpiringStore


def test_a_value_expires_exactly_at_its_end() -> None:
    store: ExpiringStore[str, int] = ExpiringStore(10, 3)
    store.put("a", 1, 100)
    assert store.get("a", 109.9) == 1
    assert store.get("a", 110) is None
    assert store.take("a", 110) is None


def test_a_value_is_taken_once() -> None:
    store: ExpiringStore[str, int] = ExpiringStore(10, 3)
    store.put("a", 1, 100)
    assert [store.take("a", 101), store.take("a", 101)] == [1, None]


def test_the_oldest_makes_room_and_a_renewed_value_is_young() -> None:
    store: ExpiringStore[str, int] = ExpiringStore(10, 2)
    store.put("a", 1, 100)
    store.put("b", 2, 101)
    store.put("a", 3, 102)
    store.put("c", 4, 103)
    assert [store.get(key, 104) for key in "abc"] == [3, None, 4]


def test_expired_values_use_no_room() -> None:
    store: ExpiringStore[str, int] = ExpiringStore(10, 100)
    for second in range(100):
        store.put(str(second), second, second)
        assert len(store) <= 10
