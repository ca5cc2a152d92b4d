"""One-time codes: each works at most once, never after its end, and never after five wrong tries."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from turnout_command.sign_in.codes import (
    CODE_LIFETIME_S,
    MAIL_CODE_TRIES,
    CodeIssuer,
    DeviceCodes,
    MailCodes,
    MailPurpose,
)
from turnout_command.sign_in.expiring import ExpiringStore

_USERS = (CodeIssuer("anna", "phone"), CodeIssuer("bert", 0), CodeIssuer("cleo", "tablet"))
_ANNA, _BERT, _CLEO = _USERS
_PURPOSES = (MailPurpose("a@here.example"), MailPurpose("a@here.example", "anna"), MailPurpose("b@here.example"))


def test_a_device_code_reads_well() -> None:
    code = DeviceCodes().issue(_ANNA, 0)
    assert len(code) == 9
    assert code[4] == "-"
    assert not set(code) & set("B8IL1O0S5Z2abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{plain}", "{spaced}", "{dash}"])
def test_a_device_code_is_typed_in_any_way(typed: str) -> None:
    codes = DeviceCodes()
    code = codes.issue(_ANNA, 0)
    plain = code.replace("-", "")
    forms = {"lower": code.lower(), "plain": plain, "spaced": " ".join(plain), "dash": code.replace("-", "\u2013")}
    assert codes.redeem(typed.format(code, **forms), 1) == _ANNA


def test_a_new_device_code_replaces_the_open_one() -> None:
    codes = DeviceCodes()
    first, second = codes.issue(_ANNA, 0), codes.issue(CodeIssuer("anna", "tablet"), 1)
    assert [codes.redeem(first, 2), codes.redeem(second, 2)] == [None, CodeIssuer("anna", "tablet")]


def test_a_mail_code_has_six_digits() -> None:
    codes = MailCodes()
    issued = [codes.issue(_PURPOSES[0], 0) for _ in range(50)]
    assert all(len(code) == 6 and code.isdecimal() for code in issued)
    assert len(set(issued)) > 40


def test_a_mail_code_counts_for_its_address_and_purpose_only() -> None:
    codes = MailCodes()
    sign_in, confirm, other = _PURPOSES
    code = codes.issue(sign_in, 0)
    assert not codes.redeem(confirm, code, 1)
    assert not codes.redeem(other, code, 1)
    assert not codes.redeem(MailPurpose("a@here.example", "bert"), code, 1)
    assert codes.redeem(sign_in, f"{code[:3]} {code[3:]}", 1)


@pytest.mark.parametrize("text", ["", "\ud800", "٣٤٥٦٧٨", "1" * 10_000])
def test_other_text_is_no_code(text: str) -> None:
    device, mail = DeviceCodes(), MailCodes()
    device.issue(_ANNA, 0)
    mail.issue(_PURPOSES[0], 0)
    assert device.redeem(text, 1) is None
    assert not mail.redeem(_PURPOSES[0], text, 1)


def test_the_oldest_code_makes_room() -> None:
    codes = DeviceCodes(most=2)
    issued = [codes.issue(user, second) for second, user in enumerate(_USERS)]
    assert len(codes) == 2
    assert [codes.redeem(code, 5) for code in issued] == [None, _BERT, _CLEO]
    mail = MailCodes(most=2)
    mailed = [mail.issue(purpose, 0) for purpose in _PURPOSES]
    assert len(mail) == 2
    assert [mail.redeem(*each, 5) for each in zip(_PURPOSES, mailed, strict=True)] == [False, True, True]


def test_codes_are_kept_as_keyed_hashes_only() -> None:
    """The memory of two services that issued the same code has nothing in common."""
    assert DeviceCodes()._digest("AAAAAAAA") != DeviceCodes()._digest("AAAAAAAA")
    codes = MailCodes()
    code = codes.issue(_PURPOSES[0], 0)
    stored = codes._open.get(_PURPOSES[0], 1)
    assert stored is not None
    assert code.encode() not in stored.digest


@given(wrong=st.lists(st.text(max_size=8), min_size=MAIL_CODE_TRIES, max_size=MAIL_CODE_TRIES))
def test_a_mail_code_ends_after_five_wrong_tries(wrong: list[str]) -> None:
    codes = MailCodes()
    code = codes.issue(_PURPOSES[0], 0)
    if code in wrong:
        return
    assert not any(codes.redeem(_PURPOSES[0], each, 1) for each in wrong)
    assert not codes.redeem(_PURPOSES[0], code, 1)


class Codes(RuleBasedStateMachine):
    """Compares both kinds of codes with a plain list of all that were ever issued."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.device, self.mail = DeviceCodes(), MailCodes()
        self.devices: list[tuple[CodeIssuer, str]] = []  # all codes ever, newest last
        self.mails: list[tuple[MailPurpose, str]] = []
        self.open_devices: dict[CodeIssuer, tuple[str, float]] = {}  # issuer -> code, end
        self.open_mails: dict[MailPurpose, tuple[str, float, int]] = {}  # purpose -> code, end, tries

    @rule(seconds=st.floats(0, CODE_LIFETIME_S))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    @rule(user=st.sampled_from(_USERS))
    def issue_device_code(self, user: CodeIssuer) -> None:
        code = self.device.issue(user, self.now_s)
        self.devices.append((user, code))
        self.open_devices[user] = (code, self.now_s + CODE_LIFETIME_S)

    @precondition(lambda self: self.devices)
    @rule(data=st.data())
    def redeem_device_code(self, data: st.DataObject) -> None:
        user, code = data.draw(st.sampled_from(self.devices))
        open_code, ends_s = self.open_devices.get(user, ("", 0.0))
        works = open_code == code and self.now_s < ends_s
        assert self.device.redeem(code, self.now_s) == (user if works else None)
        if works:
            del self.open_devices[user]

    @rule(purpose=st.sampled_from(_PURPOSES))
    def issue_mail_code(self, purpose: MailPurpose) -> None:
        code = self.mail.issue(purpose, self.now_s)
        self.mails.append((purpose, code))
        self.open_mails[purpose] = (code, self.now_s + CODE_LIFETIME_S, MAIL_CODE_TRIES)

    @precondition(lambda self: self.mails)
    @rule(data=st.data(), purpose=st.sampled_from(_PURPOSES))
    def redeem_mail_code(self, data: st.DataObject, purpose: MailPurpose) -> None:
        _, code = data.draw(st.sampled_from(self.mails))
        open_code, ends_s, tries = self.open_mails.get(purpose, ("", 0.0, 0))
        is_open = self.now_s < ends_s and tries > 0
        works = is_open and open_code == code
        assert self.mail.redeem(purpose, code, self.now_s) is works
        if works:
            del self.open_mails[purpose]
        elif is_open:
            self.open_mails[purpose] = (open_code, ends_s, tries - 1)


TestCodes = Codes.TestCase


def code_that_works_twice(self: ExpiringStore[Any, Any], key: Any, now_s: float) -> Any:
    return self.get(key, now_s)


def code_without_an_end(self: ExpiringStore[Any, Any], key: Any, now_s: float) -> Any:
    return self._values.pop(key, (now_s, None))[1]


@pytest.mark.parametrize("bug", [code_that_works_twice, code_without_an_end])
def test_a_planted_bug_is_caught(bug: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExpiringStore, "take", bug)
    bounded = settings(max_examples=1_000, database=None, phases=[Phase.generate], report_multiple_bugs=False)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Codes, settings=bounded)
