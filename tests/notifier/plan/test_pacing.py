"""One mail a minute and person."""

from hypothesis import given
from hypothesis import strategies as st

from turnout_notifier.plan.pacing import INTERVAL_MS, Pacing


def test_the_first_mail_goes_at_once_and_the_next_after_a_minute() -> None:
    pacing = Pacing({})
    assert pacing.wait_until_ms("ada", 1_000) is None
    pacing.note("ada", 1_000)
    assert pacing.wait_until_ms("ada", 1_001) == 61_000
    assert pacing.wait_until_ms("grace", 1_001) is None
    assert pacing.wait_until_ms("ada", 61_000) is None


def test_mails_of_a_former_sender_count() -> None:
    assert Pacing({"ada": 5_000}).wait_until_ms("ada", 6_000) == 65_000


def test_a_clock_that_was_set_back_makes_nobody_wait() -> None:
    pacing = Pacing({})
    pacing.note("ada", 10**12)
    assert pacing.wait_until_ms("ada", 10**11) is None


@given(steps=st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2 * INTERVAL_MS))))
def test_a_person_gets_one_mail_a_minute_and_old_times_are_forgotten(steps: list[tuple[str, int]]) -> None:
    times: dict[str, int] = {}
    pacing, last, now_ms = Pacing(times), dict[str, int](), 0
    for user, pause_ms in steps:
        now_ms += pause_ms
        if pacing.wait_until_ms(user, now_ms) is None:
            assert now_ms - last.get(user, -INTERVAL_MS) >= INTERVAL_MS
            pacing.note(user, now_ms)
            last[user] = now_ms
            assert all(now_ms - each < INTERVAL_MS for each in times.values())
        else:
            assert now_ms - last[user] < INTERVAL_MS
