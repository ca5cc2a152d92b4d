"""The notifier's user at Valkey (deploy/valkey/users.acl): what it needs, and no more."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
from redis.exceptions import NoPermissionError

from turnout_core.journal.functions import load_functions
from turnout_core.journal.keys import Keys
from turnout_core.journal.lease import ValkeyLease
from turnout_core.journal.port import Unreachable
from turnout_core.journal.valkey import ValkeyJournal
from turnout_core.runtime.valkey_client import connect
from turnout_notifier.app import NotifierService
from turnout_notifier.delivery import Delivery
from turnout_notifier.queue.port import ALL_USERS, Cursor, Dead, DeadLetter, QueuedDelivery
from turnout_notifier.queue.valkey import ValkeyQueue
from turnout_notifier.settings import Settings

KEYS: Final = Keys()
_OTHER_FUNCTIONS: Final = "#!lua name=turnout\nredis.register_function('f', function() end)"
_ACL: Final = Path(__file__).parents[2] / "deploy" / "valkey" / "users.acl"


@pytest.fixture
async def url(valkey_url: str) -> AsyncIterator[str]:
    """The URL of a server with the journal's functions, as the notifier's user."""
    rules = next(line for line in _ACL.read_text().splitlines() if line.startswith("user notifier "))
    words = rules.replace("#{notifier}", ">secret").split()[1:]
    async with connect(valkey_url) as valkey:
        await load_functions(valkey)
        await valkey.set(KEYS.secret, "a secret")
        run: Callable[..., Awaitable[Any]] = valkey.execute_command
        await run("ACL", "SETUSER", *words)
        try:
            yield valkey_url.replace("unix://", "unix://notifier:secret@").replace(
                "redis://", "redis://notifier:secret@"
            )
        finally:
            await run("ACL", "DELUSER", "notifier")


async def test_it_can_follow_lead_and_keep_its_queue(url: str) -> None:
    async with connect(url) as valkey:
        journal, queue = ValkeyJournal(valkey, valkey, KEYS), ValkeyQueue(valkey, KEYS.notifier)
        await NotifierService(Settings(valkey=url)).try_access(valkey)
        assert await journal.head() is None
        grant = await ValkeyLease(valkey, 60, KEYS.notifier.lease).acquire("me")
        assert grant.fence == 1
        queued = QueuedDelivery(Delivery("test", "6.changed.games", "games", "mail", "ada"), 1_000)
        await queue.enqueue(1, None, Cursor("test", 6, ALL_USERS), [(queued, 5)])
        await queue.settle(1, "mail", [Dead(DeadLetter(queued, 9, "refused"))], ("ada", 9))
        assert await queue.dead_count() == 1
        await ValkeyLease(valkey, 60, KEYS.notifier.lease).release("me")


async def test_it_cannot_write_the_journal_or_act_as_another(url: str) -> None:
    async with connect(url) as valkey:
        refused: dict[str, Any] = {
            "xadd": valkey.xadd(KEYS.stream, {"r": b"forged"}),
            "set": valkey.set(KEYS.fence, "9"),
            "secret": valkey.set(KEYS.secret, "mine"),
            "operator": valkey.rpush(KEYS.operator, "{}"),
            "publish": valkey.publish(KEYS.changes, b"beat x 0 0"),
            "presence": valkey.publish(KEYS.presence, "{}"),
            "append": valkey.fcall("turnout_append", 3, KEYS.head, KEYS.stream, KEYS.fence, "9"),
            "script": valkey.eval("return redis.call('DEL', KEYS[1])", 1, KEYS.head),
            "functions": valkey.function_load(_OTHER_FUNCTIONS, replace=True),
            "flushall": valkey.flushall(),
            "config": valkey.config_get("appendonly"),
            "keys": valkey.keys("*"),
            "other": valkey.get("other"),
        }
        assert [name for name, attempt in refused.items() if not await _is_refused(attempt)] == []


async def test_it_cannot_take_the_lease_of_the_writer(url: str) -> None:
    async with connect(url) as valkey:
        with pytest.raises(Unreachable, match="permission"):
            await ValkeyLease(valkey, 60, KEYS.writer_lease).acquire("me")


async def _is_refused(attempt: Awaitable[Any]) -> bool:
    try:
        await attempt
    except NoPermissionError:
        return True
    except Exception as error:  # noqa: BLE001 - a script reports the refusal of its call in its own error
        return "permission" in str(error).lower() or "acl" in str(error).lower()
    return False
