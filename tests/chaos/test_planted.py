"""The checker finds no violation in a sound simulation, and finds every planted bug."""

import httpx
import pytest

from chaos.checker.checker import check
from chaos.planted.registry import BUGS, plant
from chaos.simulation.simulation import Simulation, simulate

_SIMULATIONS_MAX = 8  # on a busy machine no request may arrive at the moment at which the bug shows


async def test_a_simulation_of_every_scenario_has_no_violations() -> None:
    assert check(await simulate("sound")) == []


async def test_people_in_a_simulation_have_different_keys() -> None:
    simulation = Simulation("sound")
    keys = {simulation.new_person({"command-1": httpx.AsyncClient()})._client.new_key() for _ in range(3)}
    assert len(keys) == 3


@pytest.mark.parametrize("bug", [name for name, bug in BUGS.items() if bug.scenario])
async def test_a_planted_bug_is_caught_by_its_rule(bug: str) -> None:
    broken_rules: set[str] = set()
    for number in range(_SIMULATIONS_MAX):
        with plant(bug):
            history = await simulate(f"planted {number}", [BUGS[bug].scenario])
        broken_rules |= {each.rule for each in check(history)}
        if BUGS[bug].rule in broken_rules:
            return
    pytest.fail(f"expected {BUGS[bug].rule}, got {broken_rules or 'nothing'} in {_SIMULATIONS_MAX} simulations")
