"""The contract of a lease, on Valkey and on its fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

import pytest

from fakes.memory_lease import MemoryLease
from turnout_core.journal.functions import call_function, functions
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
            await valkey.delete("{turnout}:lease")  # as Valkey does when the lease expires

        yield Case(ValkeyLease(valkey, TERM_S, KEYS.writer_lease), end_term)


async def test_only_one_owner_has_the_lease(case: Case) -> None:
    mine = await case.lease.acquire("me")
    yours = await case.lease.acquire("you")
    assert (mine.fence, mine.owner) == (1, "me")
    assert (yours.fence, yours.owner) == (None, "me")
    assert 0 < yours.left_s <= TERM_S


async def test_the_owner_renews_it_under_the_same_fence(case: Case) -> None:
    assert [(await case.lease.acquire("me")).fence for _ in range(3)] == [1, 1, 1]


async def test_the_next_owner_gets_a_higher_fence(case: Case) -> None:
    await case.lease.acquire("me")
    await case.expire()
    assert (await case.lease.acquire("you")).fence == 2
    assert (await case.lease.acquire("me")).fence is None


async def test_an_expired_owner_gets_its_fence_again_unless_another_owner_came_between(case: Case) -> None:
    await case.lease.acquire("me")
    await case.expire()
    assert (await case.lease.acquire("me")).fence == 1
    await case.expire()
    await case.lease.acquire("you")
    await case.expire()
    assert (await case.lease.acquire("me")).fence == 3


async def test_a_released_lease_is_free_and_only_its_owner_can_release_it(case: Case) -> None:
    await case.lease.acquire("me")
    await case.lease.release("you")
    assert (await case.lease.acquire("you")).fence is None
    await case.lease.release("me")
    assert (await case.lease.acquire("you")).fence == 2


async def test_a_new_owner_learns_whether_the_former_one_released_the_lease(case: Case) -> None:
    assert not (await case.lease.acquire("me")).is_former_unreleased
    await case.expire()
    assert not (await case.lease.acquire("me")).is_former_unreleased
    await case.expire()
    assert (await case.lease.acquire("you")).is_former_unreleased
    await case.lease.release("you")
    assert not (await case.lease.acquire("me")).is_former_unreleased


async def test_one_of_many_simultaneous_requests_succeeds(case: Case) -> None:
    grants = await asyncio.gather(*(case.lease.acquire(f"owner{each}") for each in range(8)))
    assert [each.fence for each in grants if each.fence is not None] == [1]
    assert len({each.owner for each in grants}) == 1


async def test_it_returns_the_time_of_the_server(case: Case) -> None:
    assert abs(await case.lease.now_ms() - wall_ms()) < 5_000  # same clock, but the machine may be busy


async def test_no_lease_lasts_longer_than_its_term_after_the_clock_was_set_back(valkey_url: str) -> None:
    async with connect(valkey_url) as valkey:
        lease, operation = (
            ValkeyLease(valkey, TERM_S, KEYS.writer_lease),
            ValkeyLease(valkey, 3 * TERM_S, KEYS.writer_lease),
        )
        await operation.acquire("an operation")
        assert (await lease.acquire("me")).left_s > 2 * TERM_S  # this is within its own term
        await valkey.pexpire(KEYS.lease, 365 * 24 * 3_600_000)  # as if the clock had been ahead by a year
        assert 2 * TERM_S < (await lease.acquire("me")).left_s <= 3 * TERM_S
        assert await valkey.pttl(KEYS.lease) <= 3_000 * TERM_S


async def test_services_of_the_version_before_share_the_functions(valkey_url: str) -> None:
    async with connect(valkey_url) as valkey:
        lease, keys = ValkeyLease(valkey, TERM_S, KEYS.writer_lease), [KEYS.lease, KEYS.fence, KEYS.holder]
        assert (await call_function(valkey, "turnout_lease", keys, ["older", 60_000]))[:2] == [1, b"older"]
        assert len(await call_function(valkey, "turnout_lease", keys, ["older", 60_000])) == 3
        assert (await lease.acquire("newer")).owner == "older"
        assert await call_function(valkey, "turnout_release", [KEYS.lease], ["older"]) == 1
        older = functions().replace("{fence, args[1], tonumber(args[2]), now, former}", "{fence, args[1], 0}")
        await valkey.function_load(older, replace=True)
        assert (await lease.acquire("newer")).owner == "newer"


async def test_calls_without_a_server_raise_unreachable() -> None:
    async with connect("redis://127.0.0.1:1") as nowhere:
        lease = ValkeyLease(nowhere, TERM_S, KEYS.writer_lease)
        for attempt in (lease.acquire("me"), lease.release("me"), lease.now_ms()):
            with pytest.raises(Unreachable):
                await attempt
