"""The checker finds nothing where nothing is wrong, and every bug that was planted for it."""

import httpx
import pytest

from chaos.checker.checker import check
from chaos.planted.registry import BUGS, planted
from chaos.simulation.simulation import Simulation, simulate

_SIMULATIONS_MOST = 8  # on a busy machine the moment in which a bug shows may pass without anybody asking


async def test_a_simulation_of_every_scene_has_no_violations() -> None:
    assert check(await simulate("sound")) == []


async def test_people_in_a_simulation_have_different_keys() -> None:
    simulation = Simulation("sound")
    keys = {simulation.person({"command-1": httpx.AsyncClient()})._client.key() for _ in range(3)}
    assert len(keys) == 3


@pytest.mark.parametrize("bug", BUGS)
async def test_a_planted_bug_is_caught_by_its_rule(bug: str) -> None:
    broken: set[str] = set()
    for number in range(_SIMULATIONS_MOST):
        with planted(bug):
            history = await simulate(f"planted {number}", [BUGS[bug].scene])
        broken |= {each.rule for each in check(history)}
        if BUGS[bug].rule in broken:
            return
    pytest.fail(f"expected {BUGS[bug].rule}, got {broken or 'nothing'} in {_SIMULATIONS_MOST} simulations")
