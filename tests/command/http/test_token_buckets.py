"""Token buckets give what flows in, and no more."""

from hypothesis import given
from hypothesis import strategies as st

from turnout_command.http import token_buckets
from turnout_command.http.token_buckets import TokenBuckets


@given(
    tokens=st.integers(1, 5),
    per_minute=st.sampled_from([6.0, 60.0, 600.0]),
    pauses_s=st.lists(st.sampled_from([0.0, 0.05, 0.5, 1.0, 30.0]), max_size=60),
)
def test_a_bucket_is_like_counting_tokens(tokens: int, per_minute: float, pauses_s: list[float]) -> None:
    buckets, present, now_s = TokenBuckets(tokens, per_minute), float(tokens), 1_000.0
    for pause_s in pauses_s:
        now_s += pause_s
        present = min(tokens, present + pause_s * per_minute / 60)
        wait_s = buckets.take("a", now_s)
        assert abs(wait_s - max(0.0, (1 - present) * 60 / per_minute)) < 1e-5
        if wait_s == 0:
            present -= 1


def test_keys_have_buckets_of_their_own() -> None:
    buckets = TokenBuckets(1, 1)
    assert [buckets.take(key, 0) for key in ("a", "a", "b")] == [0, 60, 0]


def test_a_token_can_be_given_back() -> None:
    buckets = TokenBuckets(1, 1)
    buckets.take("a", 0)
    buckets.give_back("a")
    assert [buckets.take("a", 0), buckets.take("a", 0)] == [0, 60]


def test_full_buckets_are_forgotten_and_keys_are_bounded() -> None:
    buckets = TokenBuckets(10, 60)
    for number in range(4 * token_buckets.KEYS_MAX):
        buckets.take(str(number), number / 10_000)
    assert len(buckets) <= 1.5 * token_buckets.KEYS_MAX
    for number in range(2 * token_buckets.KEYS_MAX):
        buckets.take(f"later {number}", 1_000 + number / 100)
    assert len(buckets) <= token_buckets.KEYS_MAX
