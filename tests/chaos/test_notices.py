"""Notices under faults: a short run of ``make chaos-notices``, and the rules of its checker."""

from pathlib import Path

import pytest

from chaos.notices.checker import Fault, check
from chaos.notices.mail_arrivals import Arrival
from chaos.notices.oracle import Wanted
from chaos.notices.run import run
from turnout_core.domain.notices import Notice
from turnout_notifier.delivery import Delivery

_ADDRESS = "ada@here.example"
_FAULT = Fault(100.0, 103.0)


@pytest.mark.timeout(180)
async def test_killed_and_stopped_notifiers_lose_nothing_and_repeat_only_mails_in_flight(tmp_path: Path) -> None:
    result = await run("slice", 6, tmp_path)
    assert not result.violations, str(result)
    assert result.wanted > 0


def _wanted(seq: int, obsolete_since_s: float | None = None) -> Wanted:
    notice = Notice(seq, "changed", "games", "Games", 0)
    is_obsolete = obsolete_since_s is not None
    return Wanted(
        Delivery.of("test", notice, "ada", "mail"), _ADDRESS, is_obsolete, is_obsolete, obsolete_since_s or 0.0
    )


def _rules(wanted: list[Wanted], *arrivals: tuple[float, str, list[int]]) -> list[str]:
    names = {each.delivery.seq: each.delivery.id for each in wanted}
    came = [Arrival(at_s, address, tuple(names[each] for each in seqs)) for at_s, address, seqs in arrivals]
    found = check({each.delivery.id: each for each in wanted}, came, [_FAULT], parallel=1)
    return [each.rule for each in found]


def test_a_notice_that_arrives_once_is_right() -> None:
    assert _rules([_wanted(1), _wanted(2)], (50.0, _ADDRESS, [1, 2])) == []


def test_a_notice_that_does_not_arrive_is_lost_unless_it_was_obsolete() -> None:
    assert _rules([_wanted(1), _wanted(2, 40.0)]) == ["lost"]


def test_a_mail_to_another_address_was_not_planned() -> None:
    assert _rules([_wanted(1)], (50.0, "bob@here.example", [1])) == ["not-planned"]


@pytest.mark.parametrize(("at_s", "rules"), [(45.0, []), (50.0, ["obsolete"])])
def test_a_notice_may_arrive_only_shortly_after_it_ceased_to_hold(at_s: float, rules: list[str]) -> None:
    assert _rules([_wanted(1, 40.0)], (at_s, _ADDRESS, [1])) == rules


def test_a_fault_repeats_a_mail_that_was_in_flight_and_no_other() -> None:
    wanted = [_wanted(1), _wanted(2)]
    assert _rules(wanted, (102.0, _ADDRESS, [1]), (50.0, _ADDRESS, [2]), (105.0, _ADDRESS, [1])) == []
    assert _rules(wanted, (50.0, _ADDRESS, [1, 2]), (105.0, _ADDRESS, [1, 2])) == ["repeated"]
    both = ((102.0, _ADDRESS, [1]), (102.0, _ADDRESS, [2]), (105.0, _ADDRESS, [1]), (105.0, _ADDRESS, [2]))
    assert _rules(wanted, *both) == ["repeated"]  # only one was sent at a time
