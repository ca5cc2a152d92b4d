"""The monitor of the primary and its replicas."""

import asyncio
from collections.abc import Sequence

from turnout_command.metrics import Metrics
from turnout_command.write.replication_monitor import ReplicationMonitor
from turnout_core.runtime.tasks import supervised
from turnout_core.runtime.valkey_client import connect


async def _no_warnings() -> Sequence[str]:
    return []


async def test_the_status_stays_until_the_next_one_is_read(valkey_url: str) -> None:
    monitor = ReplicationMonitor(lambda: connect(valkey_url), 0, Metrics(), _no_warnings)
    async with supervised(monitor.run(), "the monitor"), asyncio.timeout(20):
        while (first := monitor.status) is None:  # noqa: ASYNC110 - each step of the loop is looked at
            await asyncio.sleep(0)
        while (later := monitor.status) is first:  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0)
    assert later is not None
