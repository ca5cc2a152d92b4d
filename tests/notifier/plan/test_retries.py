"""When a failed delivery is tried again."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from turnout_notifier.plan.retries import next_attempt_s

_DAY_S = 24 * 3600


def test_pauses_grow_to_an_hour_and_add_up_to_a_day() -> None:
    pauses = []
    for attempts in count(1):
        pause_s = next_attempt_s(attempts)
        if pause_s is None:
            break
        pauses.append(pause_s)
    assert pauses[:3] == [5, 10, 20]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 3600
    assert 0.95 * _DAY_S <= sum(pauses) <= 1.05 * _DAY_S


def test_a_server_may_ask_for_a_longer_pause() -> None:
    assert next_attempt_s(1, 120) == 120
    assert next_attempt_s(1, 0.1) == 5


@given(attempts=st.integers(1, 1_000), retry_after_s=st.none() | st.floats(0, 1e12))
def test_no_server_can_make_a_delivery_wait_for_ever(attempts: int, retry_after_s: float | None) -> None:
    pause_s = next_attempt_s(attempts, retry_after_s)
    assert pause_s is None or 5 <= pause_s <= _DAY_S
