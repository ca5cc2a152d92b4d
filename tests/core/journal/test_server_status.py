"""The status of a server counts the replicas that follow it."""

from turnout_core.journal.server_status import Replica, status_of


def test_only_replicas_that_follow_count() -> None:
    info = {
        "role": "master",
        "connected_slaves": 3,
        "slave0": {"ip": "10.0.0.2", "port": 6379, "state": "online", "offset": 90, "lag": 0},
        "slave1": {"ip": "10.0.0.3", "port": 6379, "state": "wait_bgsave", "offset": 0, "lag": 0},
        "slave2": {"ip": "10.0.0.4", "port": 6380, "state": "online", "offset": 100, "lag": 1},
        "master_repl_offset": 100,
    }
    status = status_of(info, "10.0.0.1:6379")
    assert status.is_primary
    assert status.replicas == (Replica("10.0.0.2", 6379, 10), Replica("10.0.0.4", 6380, 0))
    assert status.lag_bytes == 10


def test_a_replica_is_no_primary() -> None:
    status = status_of({"role": "slave", "master_repl_offset": 5}, "10.0.0.2:6379")
    assert (status.is_primary, status.replicas, status.lag_bytes) == (False, (), 0)
