"""The journal on a primary with replicas, with Sentinels and as a Cluster: real servers that are killed and stopped."""

import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from history import BEGINNING, EPOCH, History, small_history

from chaos.clients.waiting import wait_until
from chaos.faults.network import Network
from chaos.faults.valkey_group import ClusterGroup, Group, SentinelGroup
from turnout_command.metrics import Metrics
from turnout_command.server_check import ReplicationFindings, check_replication
from turnout_command.snapshots.aof_rewrite import AofRewriter
from turnout_command.write.replication_monitor import ReplicationMonitor
from turnout_core.domain.changes import SignedUp
from turnout_core.domain.position import Position
from turnout_core.journal.functions import load_functions
from turnout_core.journal.keys import Keys
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.port import Head, Heartbeat, OutcomeUnknown, Records, Subscription, Unreachable
from turnout_core.journal.record import hash_of
from turnout_core.journal.replication import Replication
from turnout_core.journal.server_status import read_server_status
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.tasks import supervised
from turnout_core.runtime.valkey_client import connect, connect_node

pytestmark = pytest.mark.timeout(300)

KEYS = Keys()
FENCE = 7
BEYOND = 90.0  # Sentinels that a busy machine holds up take no decisions for 30 s
QUICK = Replication(1, timeout_s=0.3)


KINDS: tuple[type[Group], ...] = (SentinelGroup, ClusterGroup)


@pytest.fixture(params=KINDS)
async def group(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Group]:
    kind: type[Group] = request.param
    servers = kind(tmp_path, replicas=1)
    async with servers.running():
        yield servers


@pytest.fixture
async def journal(group: Group) -> AsyncIterator[ValkeyJournal]:
    writes, reads, replica = (
        connect(group.url, answer_timeout_s=2), connect(group.url), connect(group.url, role="replica")
    )  # fmt: skip
    journal = ValkeyJournal(writes, reads, KEYS, replication=QUICK, replica=replica)
    await writes.set(KEYS.fence, FENCE)
    await load_functions(writes)
    await journal.create(EPOCH)
    yield journal
    await journal.close()


async def append_until_known(journal: ValkeyJournal, history: History, records: list[bytes], before: Head) -> None:
    """Repeats an append as the writer does."""

    async def is_known() -> bool:
        try:
            await journal.append(FENCE, before, records, history.head)
        except (OutcomeUnknown, Unreachable):
            return False
        return True

    assert await wait_until(is_known, BEYOND)


async def no_warnings() -> list[str]:
    return []


async def next_failure(subscription: Subscription) -> None:
    """Reads until the subscription ends. Raises Unreachable."""
    while True:
        await subscription.next(5)


async def test_readers_see_an_append_once_it_is_shown(journal: ValkeyJournal) -> None:
    history = small_history()
    async with journal.subscribe() as subscription:
        await journal.append(FENCE, BEGINNING, history.records, history.head)
        assert await journal.head() == history.head
        assert await journal.readable() == BEGINNING
        assert await journal.read(BEGINNING.position, 100) == []
        await journal.publish_heartbeat(FENCE)
        assert await subscription.next(5) == [Heartbeat(BEGINNING)]
        await journal.show(FENCE, history.head)
        assert await subscription.next(5) == [Records(history.records)]
    assert await journal.readable() == history.head
    assert await journal.read(BEGINNING.position, 100) == history.records


async def test_records_that_a_new_primary_lacks_are_not_shown(journal: ValkeyJournal) -> None:
    history = small_history()
    first, digest = history.records[0], hash_of(history.records[0])
    await journal.append(FENCE, BEGINNING, [first], Head(Position(EPOCH, 1), digest))
    with pytest.raises(Unreachable, match="LACKS"):
        await journal.show(FENCE, history.head)
    assert await journal.readable() == BEGINNING


async def test_a_new_term_shows_what_the_former_one_left(journal: ValkeyJournal) -> None:
    history = small_history()
    await journal.append(FENCE, BEGINNING, history.records, history.head)
    await journal.show_all(FENCE)
    assert await journal.readable() == history.head
    assert await journal.read(BEGINNING.position, 100) == history.records


async def test_an_append_without_the_replica_is_unknown_also_when_repeated(
    group: Group, journal: ValkeyJournal
) -> None:
    history = small_history()
    [replica] = await group.replicas()
    replica.process.send(signal.SIGSTOP)
    for _ in range(3):
        with pytest.raises(OutcomeUnknown, match="0 of 1 replicas"):
            await journal.append(FENCE, BEGINNING, history.records, history.head)
    with pytest.raises(Unreachable, match="0 of 1 replicas"):
        await journal.publish_heartbeat(FENCE)
    replica.process.send(signal.SIGCONT)
    await append_until_known(journal, history, history.records, BEGINNING)
    await journal.show(FENCE, history.head)
    assert await journal.read(BEGINNING.position, 100) == history.records


async def test_a_lease_without_the_replica_is_not_granted(group: Group) -> None:
    async with connect(group.url) as valkey:
        lease = ValkeyLease(valkey, 1.5, KEYS.writer_lease, QUICK)
        assert (await lease.acquire("ada")).fence == 1
        [replica] = await group.replicas()
        replica.process.send(signal.SIGSTOP)
        with pytest.raises(Unreachable, match="0 of 1 replicas"):
            await lease.acquire("ada")
        replica.process.send(signal.SIGCONT)


async def test_nothing_confirmed_is_lost_with_the_primary(group: Group, journal: ValkeyJournal) -> None:
    history = small_history()
    await journal.append(FENCE, BEGINNING, history.records, history.head)
    before, former = history.head, await group.primary()
    await former.process.kill()
    record = history.add(SignedUp("alan", "Alan"))
    present = await group.primary()
    assert present is not former
    monitor = ReplicationMonitor(lambda: connect(group.url), 1, Metrics(), no_warnings)

    async def is_named() -> bool:
        return monitor.status is not None and monitor.status.address == f"127.0.0.1:{present.port}"

    async with supervised(monitor.run(), "the monitor"):
        assert await wait_until(is_named, BEYOND)
    former.process.start()  # as a replica, which confirms
    await append_until_known(journal, history, [record], before)
    await journal.show_all(FENCE)
    assert await journal.read(BEGINNING.position, 100) == history.records


async def test_a_former_primary_that_is_cut_off_is_not_believed(tmp_path: Path) -> None:
    """It still answers, and takes itself for the primary."""
    network = Network()
    async with SentinelGroup(tmp_path, network=network).running() as group:
        writes = connect(group.url, answer_timeout_s=2)
        journal = ValkeyJournal(writes, connect(group.url), KEYS, replication=QUICK)
        reader = ValkeyJournal(connect(group.url), connect(group.url), KEYS)
        await writes.set(KEYS.fence, FENCE)
        await load_functions(writes)
        await journal.create(EPOCH)
        assert await reader.read(BEGINNING.position, 100) == []
        former = await group.primary()
        others = [each.address for each in group.members if each is not former]
        network.cut([former.address], others, resets=True)
        network.cut(others, [former.address], resets=True)
        history = small_history()
        await append_until_known(journal, history, history.records, BEGINNING)
        assert await reader.read(history.head.position, 100) == []
        assert await reader.head() == history.head
        async with reader.subscribe() as subscription:
            await journal.publish_heartbeat(FENCE)
            assert await subscription.next(5) == [Heartbeat(BEGINNING)]
        assert await former.is_primary()
        await journal.close()
        await reader.close()


async def test_a_planned_failover_is_followed(group: Group, journal: ValkeyJournal) -> None:
    former = await group.primary()
    history = small_history()
    await group.fail_over()
    await append_until_known(journal, history, history.records, BEGINNING)
    assert await wait_until(former.is_following, BEYOND)
    await journal.show_all(FENCE)
    assert await journal.read(BEGINNING.position, 100) == history.records


async def test_the_status_names_the_primary_and_its_replicas(group: Group, journal: ValkeyJournal) -> None:
    primary = await group.primary()
    async with connect(group.url) as valkey:
        status = await read_server_status(valkey)
    assert status.address == f"127.0.0.1:{primary.port}"
    assert status.is_primary
    assert [each.port for each in status.replicas] == [each.port for each in await group.replicas()]


async def test_records_that_a_replica_lacks_are_read_from_the_primary(group: Group, tmp_path: Path) -> None:
    """The replica here is empty, as one that is far behind."""
    behind = SentinelGroup(tmp_path / "behind", replicas=0, sentinels=0).servers[0]
    behind.process.start()
    history = small_history()
    async with connect(group.url) as valkey, connect(behind.url) as empty:
        journal = ValkeyJournal(valkey, valkey, KEYS, replica=empty)
        await valkey.set(KEYS.fence, FENCE)
        await journal.create(EPOCH)
        await journal.append(FENCE, BEGINNING, history.records, history.head)
        assert await wait_until(behind.is_answering, BEYOND)
        assert await journal.read(Position(EPOCH, 2), 100) == history.records[2:]
        assert await journal.read(history.head.position, 100) == []
        await behind.process.kill()
        assert await journal.read(Position(EPOCH, 2), 100) == history.records[2:]


async def test_a_slot_that_moves_ends_the_subscription(tmp_path: Path) -> None:
    async with ClusterGroup(tmp_path, shards=3, replicas=0).running() as group, connect(group.url) as valkey:
        journal = ValkeyJournal(valkey, valkey, KEYS)
        await valkey.set(KEYS.fence, FENCE)
        await journal.create(EPOCH)
        history = History()
        record = history.add(SignedUp("ada", "Ada"))
        async with journal.subscribe() as subscription:
            await group.move_slot()
            with pytest.raises(Unreachable, match=r"sunsubscribe|closed"):
                await next_failure(subscription)
        await append_until_known(journal, history, [record], BEGINNING)
        async with journal.subscribe() as subscription:
            await journal.publish_heartbeat(FENCE)
            assert await subscription.next(5) == [Heartbeat(history.head)]


async def test_warnings_name_the_replica_and_the_setting(group: Group) -> None:
    [replica] = await group.replicas()
    async with connect(group.url) as valkey, connect(replica.url) as other:

        async def check(needed: int) -> ReplicationFindings:
            return await check_replication(valkey, needed, partial(connect_node, group.url), may_fail_over=True)

        assert await check(1) == ReplicationFindings([], [])
        assert "TURNOUT_REPLICAS is 0" in (await check(0)).unsafe[0]
        assert "it has 1 replicas, and TURNOUT_REPLICAS is 2" in (await check(2)).unsafe[0]
        await other.config_set("appendfsync", "everysec")
        [warning] = (await check(1)).unsafe
        assert warning.startswith(f"its replica 127.0.0.1:{replica.port}: appendfsync is everysec")
        replica.process.send(signal.SIGSTOP)
        found = await check(1)
        assert found.unsafe == []
        assert f"127.0.0.1:{replica.port} cannot be asked" in found.unknown[0]
        replica.process.send(signal.SIGCONT)


async def test_erased_text_leaves_the_files_of_the_replica_too(group: Group) -> None:
    primary, [replica] = await group.primary(), await group.replicas()
    servers = (primary, replica)

    def files_with_text() -> list[str]:
        files = [each for server in servers for each in server.folder.glob("appendonlydir/*")]
        return [str(each) for each in files if b"a secret of somebody" in each.read_bytes()]

    async with connect(group.url) as valkey:
        await valkey.set("{turnout}:text", "a secret of somebody")
        await valkey.delete("{turnout}:text")
        await valkey.waitaof(1, 1, 2000)
        assert len(files_with_text()) == len(servers)
        await AofRewriter(valkey, partial(connect_node, group.url)).rewrite()
    assert files_with_text() == []
