"""The names of keys are a contract with stored data, and with the access rules in deploy/valkey/users.acl."""

from turnout_core.domain.position import Position
from turnout_core.journal.keys import Keys


def names(keys: Keys) -> dict[str, str]:
    return {
        name: value for name in dir(Keys) if not name.startswith("_") and isinstance(value := getattr(keys, name), str)
    }


def test_the_names_of_the_default_community() -> None:
    assert names(Keys()) == {
        "community": "turnout",
        "head": "{turnout}:head",
        "stream": "{turnout}:journal",
        "fence": "{turnout}:fence",
        "lease": "{turnout}:lease",
        "holder": "{turnout}:holder",
        "snapshots": "{turnout}:snapshots",
        "changes": "{turnout}:changes",
        "presence": "{turnout}:presence",
        "secret": "{turnout}:secret",
        "operator": "{turnout}:operator",
    }
    assert Keys().snapshot(Position("abc", 7)) == "{turnout}:snapshots:abc-7"
    assert Keys().unfinished_snapshot("0f") == "{turnout}:snapshots:unfinished:0f"


def test_the_keys_of_the_notifier_are_those_that_its_user_may_write() -> None:
    """deploy/valkey/users.acl allows ``{turnout}:notifier:*``."""
    keys = Keys().notifier
    lease = keys.lease
    named = {lease.lease, lease.fence, lease.holder}
    named |= {
        keys.cursor,
        keys.queue("mail"),
        keys.queue("push"),
        keys.deliveries,
        keys.paced,
        keys.dead,
        keys.dead_times,
    }
    assert len(named) == 10
    assert all(each.startswith("{turnout}:notifier:") for each in named)
    assert lease.head == ""


def test_two_communities_share_no_name() -> None:
    here, there = Keys("here"), Keys("there")
    assert set(names(here).values()).isdisjoint(names(there).values())
    assert here.snapshot("a-1") != there.snapshot("a-1")
