"""A new leader waits for a former one whose lease may have ended too early."""

from turnout_core.journal.leadership import Leadership, LeaseTimes
from turnout_core.journal.lease import Grant

TERM_S = 0.2
CONFIG = LeaseTimes(lease_s=TERM_S, renew_s=0.0)


class ScriptedLease:
    """A lease of another owner until ``is_free``, on a server whose clock a test sets."""

    def __init__(self) -> None:
        self.is_free = False
        self.is_former_unreleased = True
        self.ms = 1_000_000

    async def acquire(self, owner: str) -> Grant:
        if not self.is_free:
            return Grant(None, "former", 0.1, self.ms)
        return Grant(7, owner, TERM_S, self.ms, self.is_former_unreleased)

    async def release(self, owner: str) -> None: ...

    async def now_ms(self) -> int:
        return self.ms


class Scenario:
    """A standby whose clock is advanced by the test, and by sleeping."""

    def __init__(self) -> None:
        self.now_s = 50.0
        self.lease = ScriptedLease()
        self.leadership = Leadership(self.lease, CONFIG, self.clock)

    def clock(self) -> float:
        self.now_s += 0.001
        return self.now_s

    async def request(self, after_s: float, server_s: float | None = None) -> Grant:
        self.now_s += after_s
        self.lease.ms += round((after_s if server_s is None else server_s) * 1000)
        return await self.leadership.request()

    async def waited_s(self, grant: Grant) -> float:
        began_s = self.now_s
        await self.leadership.wait_for_former(grant)
        return self.now_s - began_s


async def test_a_lease_that_expired_normally_is_taken_at_once() -> None:
    scenario = Scenario()
    for _ in range(4):
        await scenario.request(0.1)
    scenario.lease.is_free = True
    assert await scenario.waited_s(await scenario.request(0.1)) < 0.01


async def test_a_lease_that_expired_by_a_jump_of_the_servers_clock_is_taken_after_its_term() -> None:
    scenario = Scenario()
    for _ in range(4):
        await scenario.request(0.1)
    scenario.lease.is_free = True
    assert await scenario.waited_s(await scenario.request(0.01, server_s=5)) > 0.8 * TERM_S


async def test_a_jump_before_the_lease_expired_counts_too() -> None:
    scenario = Scenario()
    for _ in range(4):
        await scenario.request(0.1)
    await scenario.request(0.01, server_s=0.15)
    scenario.lease.is_free = True
    assert await scenario.waited_s(await scenario.request(0.05)) > 0.5 * TERM_S


async def test_without_an_observation_nobody_knows_when_the_former_term_began() -> None:
    scenario = Scenario()
    scenario.lease.is_free = True
    assert await scenario.waited_s(await scenario.request(0)) > 0.8 * TERM_S


async def test_a_lease_that_its_owner_released_is_taken_at_once() -> None:
    scenario = Scenario()
    scenario.lease.is_free, scenario.lease.is_former_unreleased = True, False
    assert await scenario.waited_s(await scenario.request(0)) < 0.01
