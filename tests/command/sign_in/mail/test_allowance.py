"""The bound of mails to one address."""

from hypothesis import given
from hypothesis import strategies as st

from turnout_command.sign_in.mail.allowance import BURST_MAILS, INTERVAL_S, MailAllowance

_ANNA, _BERT = "anna@here.example", "bert@here.example"


def test_five_mails_at_once_then_one_in_ten_minutes() -> None:
    allowance = MailAllowance()
    assert [allowance.take(_ANNA, 1_000) for _ in range(7)] == [True] * 5 + [False] * 2
    assert allowance.take(_BERT, 1_000)
    assert not allowance.take(_ANNA, 1_000 + INTERVAL_S - 1)
    assert [allowance.take(_ANNA, 1_000 + INTERVAL_S) for _ in range(2)] == [True, False]


@given(st.lists(st.floats(0, 2 * INTERVAL_S), max_size=60))
def test_never_more_than_the_rate(pauses_s: list[float]) -> None:
    allowance, now_s = MailAllowance(), 0.0
    sent: list[float] = []
    for pause_s in pauses_s:
        now_s += pause_s
        if allowance.take(_ANNA, now_s):
            sent.append(now_s)
    for first, start_s in enumerate(sent):
        for last in range(first, len(sent)):
            assert last - first + 1 <= BURST_MAILS + (sent[last] - start_s) / INTERVAL_S + 1e-6
