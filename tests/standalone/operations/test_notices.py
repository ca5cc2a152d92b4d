"""``turnout notices``: dead letters are read, retried and dropped."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from typer.testing import CliRunner, Result

from turnout.cli import app
from turnout_core.journal.keys import Keys
from turnout_core.runtime.valkey_client import connect
from turnout_notifier.delivery import Delivery
from turnout_notifier.queue.port import ALL_USERS, Cursor, Dead, DeadLetter, QueuedDelivery
from turnout_notifier.queue.valkey import ValkeyQueue

RunCommand = Callable[..., Awaitable[Result]]
_IDS = [f"test-6.changed.games.{user}.mail" for user in ("ada", "bob")]


@pytest.fixture
def run(valkey_url: str) -> RunCommand:
    """Runs ``turnout notices`` in a thread beside the loop of the test."""

    async def run(*arguments: str) -> Result:
        environment = {"TURNOUT_VALKEY": valkey_url, "TURNOUT_DATA": None, "COLUMNS": "200"}
        return await asyncio.to_thread(CliRunner().invoke, app, ("notices", *arguments), env=environment)

    return run


@pytest.fixture
async def queue(valkey_url: str) -> AsyncIterator[ValkeyQueue]:
    """A queue with a dead letter for Ada and one for Bob."""
    async with connect(valkey_url) as valkey:
        await valkey.set(Keys().notifier.lease.fence, 1)
        queue = ValkeyQueue(valkey, Keys().notifier)
        queued = [
            QueuedDelivery(Delivery("test", "6.changed.games", "games", "mail", user), 1, attempts=2)
            for user in ("ada", "bob")
        ]
        await queue.enqueue(1, None, Cursor("test", 6, ALL_USERS), [(each, 1) for each in queued])
        letters = [DeadLetter(each, 1_000 * at, "the mail server replied\x1b 554") for at, each in enumerate(queued)]
        await queue.settle(1, "mail", [Dead(each) for each in letters])
        yield queue


async def test_dead_letters_are_printed_with_their_reasons(queue: ValkeyQueue, run: RunCommand) -> None:
    printed = await run("dead")
    assert printed.exit_code == 0
    assert printed.stdout.splitlines() == [
        f"1970-01-01T00:00:0{at}Z  {each}  2  the mail server replied\ufffd 554" for at, each in enumerate(_IDS)
    ]


async def test_one_is_retried_and_the_rest_is_dropped(queue: ValkeyQueue, run: RunCommand) -> None:
    assert (await run("retry", _IDS[0])).stdout == "done: 1\n"
    assert [each.delivery.id for each in await queue.due("mail", 10**15, 10)] == [_IDS[0]]
    assert (await run("drop", "--all")).stdout == "done: 1\n"
    assert (await run("dead")).stdout == ""


@pytest.mark.parametrize("arguments", [(), ("--all", _IDS[0]), ("unknown",)])
async def test_nothing_is_changed_by_a_mistake(queue: ValkeyQueue, run: RunCommand, arguments: tuple[str, ...]) -> None:
    for command in ("retry", "drop"):
        result = await run(command, *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr
    assert await queue.dead_count() == 2
