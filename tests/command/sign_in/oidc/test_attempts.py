"""Sign-ins that have begun: once, ten minutes, one browser, and not too many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_command.sign_in.oidc import attempts
from turnout_command.sign_in.oidc.attempts import BROWSER_CHARS, LIFETIME_S, Attempt, Attempts, new_browser


def new_attempt() -> Attempt:
    return Attempt("https://here.example/api/oidc/callback", "/")


def test_an_attempt_succeeds_once() -> None:
    open_attempts, attempt = Attempts(), new_attempt()
    open_attempts.add(attempt, "browser", 0)
    assert open_attempts.take(attempt.state, "browser", 1) is attempt
    assert open_attempts.take(attempt.state, "browser", 1) is None


def test_another_browser_gets_nothing_and_spoils_nothing() -> None:
    open_attempts, attempt = Attempts(), new_attempt()
    open_attempts.add(attempt, "browser", 0)
    for browser in ("another", "", "browse", "bröwser"):
        assert open_attempts.take(attempt.state, browser, 1) is None
    assert open_attempts.take(attempt.state, "browser", 1) is attempt


@pytest.mark.parametrize(("at_s", "succeeds"), [(LIFETIME_S - 1, True), (LIFETIME_S, False), (LIFETIME_S * 9, False)])
def test_an_attempt_ends(at_s: float, *, succeeds: bool) -> None:
    open_attempts, attempt = Attempts(), new_attempt()
    open_attempts.add(attempt, "browser", 0)
    assert (open_attempts.take(attempt.state, "browser", at_s) is attempt) is succeeds


def test_the_oldest_attempt_goes_if_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "ATTEMPTS_MAX", 3)
    open_attempts, begun = Attempts(), [new_attempt() for _ in range(4)]
    for attempt in begun:
        open_attempts.add(attempt, "browser", 0)
    taken = [open_attempts.take(attempt.state, "browser", 1) for attempt in begun]
    assert taken == [None, *begun[1:]]


def test_no_two_attempts_share_a_secret() -> None:
    secrets = [each for attempt in (new_attempt(), new_attempt()) for each in (attempt.state, attempt.nonce)]
    assert len({*secrets, new_attempt().code_verifier, new_browser(), new_browser()}) == 7
    assert {len(each) for each in secrets} == {len(new_browser())} == {BROWSER_CHARS}


def test_an_attempt_does_not_show_its_secrets() -> None:
    attempt = new_attempt()
    assert not any(each in repr(attempt) for each in (attempt.state, attempt.nonce, attempt.code_verifier))


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.floats(0, 400)), max_size=20))
def test_nothing_succeeds_twice_late_or_elsewhere(steps: list[tuple[int, str, float]]) -> None:
    open_attempts, begun = Attempts(), [new_attempt() for _ in range(4)]
    for attempt in begun:
        open_attempts.add(attempt, "a", 0)
    now_s, used = 0.0, set[int]()
    for which, browser, passed_s in steps:
        now_s += passed_s
        expected = browser == "a" and which not in used and now_s < LIFETIME_S
        assert (open_attempts.take(begun[which].state, browser, now_s) is not None) is expected
        if expected:
            used.add(which)
