"""Pauses double up to the limit, for any number of failures."""

from turnout_core.runtime.backoff import Backoff


def test_pauses_double_until_the_longest() -> None:
    backoff = Backoff(first_s=0.05, longest_s=1.0)
    assert [backoff.next_s() for _ in range(6)] == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0]


def test_a_reset_starts_again_with_the_first_pause() -> None:
    backoff = Backoff(first_s=0.1, longest_s=5.0)
    backoff.next_s()
    backoff.next_s()
    backoff.reset()
    assert backoff.next_s() == 0.1


def test_many_failures_do_not_overflow() -> None:
    backoff = Backoff(first_s=0.1, longest_s=5.0)
    assert [backoff.next_s() for _ in range(2000)][-1] == 5.0
