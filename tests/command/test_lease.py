"""The contract of a lease, on Valkey and on its fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import pytest

from fakes.memory_lease import MemoryLease
from turnout_core.journal.keys import Keys
from turnout_core.journal.lease import Lease, ValkeyLease
from turnout_core.journal.port import Unreachable
from turnout_core.runtime.clock import wall_ms
from turnout_core.runtime.valkey_client import connect

KEYS = Keys()

TERM_S = 60.0


class Expire(Protocol):
    async def __call__(self) -> None: ...


@dataclass
class Case:
    lease: Lease
    expire: Expire


@pytest.fixture(params=["memory", "valkey"])
async def case(request: pytest.FixtureRequest, valkey_url: str) -> AsyncIterator[Case]:
    if request.param == "memory":
        now_s = [0.0]

        async def pass_time() -> None:
            now_s[0] += TERM_S

        yield Case(MemoryLease(TERM_S, lambda: now_s[0]), pass_time)
        return
    async with connect(valkey_url) as valkey:

        async def end_term() -> None:
            await valkey.delete("{turnout}:lease")  # what Valkey does when the time is up

        yield Case(ValkeyLease(valkey, TERM_S, KEYS), end_term)


async def test_one_has_it_and_the_other_waits(case: Case) -> None:
    mine = await case.lease.acquire("me")
    yours = await case.lease.acquire("you")
    assert (mine.fence, mine.owner) == (1, "me")
    assert (yours.fence, yours.owner) == (None, "me")
    assert 0 < yours.left_s <= TERM_S


async def test_its_holder_prolongs_it_under_the_same_fence(case: Case) -> None:
    assert [(await case.lease.acquire("me")).fence for _ in range(3)] == [1, 1, 1]


async def test_the_next_owner_gets_a_higher_fence(case: Case) -> None:
    await case.lease.acquire("me")
    await case.expire()
    assert (await case.lease.acquire("you")).fence == 2
    assert (await case.lease.acquire("me")).fence is None


async def test_a_term_that_ran_out_goes_on_unless_somebody_came_in_between(case: Case) -> None:
    await case.lease.acquire("me")
    await case.expire()
    assert (await case.lease.acquire("me")).fence == 1
    await case.expire()
    await case.lease.acquire("you")
    await case.expire()
    assert (await case.lease.acquire("me")).fence == 3


async def test_a_released_lease_is_free_and_only_its_owner_releases_it(case: Case) -> None:
    await case.lease.acquire("me")
    await case.lease.release("you")
    assert (await case.lease.acquire("you")).fence is None
    await case.lease.release("me")
    assert (await case.lease.acquire("you")).fence == 2


async def test_many_who_want_it_at_once_get_it_one_after_the_other(case: Case) -> None:
    grants = await asyncio.gather(*(case.lease.acquire(f"owner{each}") for each in range(8)))
    assert [each.fence for each in grants if each.fence is not None] == [1]
    assert len({each.owner for each in grants}) == 1


async def test_it_tells_the_time(case: Case) -> None:
    assert abs(await case.lease.now_ms() - wall_ms()) < 5_000  # server and test share a clock, and the machine is busy


async def test_a_server_that_is_not_there_is_unreachable() -> None:
    async with connect("redis://127.0.0.1:1") as nowhere:
        lease = ValkeyLease(nowhere, TERM_S, KEYS)
        for attempt in (lease.acquire("me"), lease.release("me"), lease.now_ms()):
            with pytest.raises(Unreachable):
                await attempt
