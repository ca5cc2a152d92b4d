"""``turnout notices``: the dead letters of the notifier, which operators read, retry or drop."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from turnout.operations.console import mask_unprintable, run_operation
from turnout.operations.errors import OperationRefused
from turnout.operations.open_journal import open_journal
from turnout.operations.operator_cli import Data, Valkey
from turnout.operations.targets import journal_target
from turnout_core.runtime.clock import wall_ms
from turnout_notifier.queue.port import DeadLetter
from turnout_notifier.queue.valkey import ValkeyQueue

notices = typer.Typer(help="Read, retry or drop notices that could not be sent.", no_args_is_help=True)

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids, as `turnout notices dead` prints them.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]


@notices.command("dead")
def print_dead(context: typer.Context, valkey: Valkey = None, data: Data = None) -> None:
    """Print the notices that could not be sent, oldest first: when, id, number of attempts, reason."""

    async def run() -> None:
        async with open_journal(journal_target(context, valkey, data)) as server:
            letters = await ValkeyQueue(server.valkey, server.keys.notifier).dead_letters()
        for each in letters:
            failed_at = f"{datetime.fromtimestamp(each.failed_ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
            queued = each.queued
            typer.echo(f"{failed_at}  {queued.delivery.id}  {queued.attempts}  {mask_unprintable(each.reason)}")

    run_operation(run())


@notices.command("retry")
def retry(
    context: typer.Context, ids: Ids = None, every: All = False, valkey: Valkey = None, data: Data = None
) -> None:
    """Send them again, unless they do not hold any more."""
    _change(context, ids or [], every, valkey, data, lambda queue, letters: queue.revive(letters, wall_ms()))


@notices.command("drop")
def drop(context: typer.Context, ids: Ids = None, every: All = False, valkey: Valkey = None, data: Data = None) -> None:
    """Forget them."""
    _change(context, ids or [], every, valkey, data, lambda queue, letters: queue.drop(letters))


def _change(
    context: typer.Context,
    ids: Sequence[str],
    every: bool,
    valkey: str | None,
    data: Path | None,
    change: Callable[[ValkeyQueue, Sequence[DeadLetter]], Awaitable[int]],
) -> None:
    async def run() -> None:
        if every == bool(ids):
            raise OperationRefused("name the ids of `turnout notices dead`, or all of them with --all")
        async with open_journal(journal_target(context, valkey, data)) as server:
            queue = ValkeyQueue(server.valkey, server.keys.notifier)
            letters = {each.queued.delivery.id: each for each in await queue.dead_letters()}
            unknown = [each for each in ids if each not in letters]
            if unknown:
                raise OperationRefused(f"there is no dead letter {mask_unprintable(unknown[0])}")
            number = await change(queue, [letters[each] for each in ids] if ids else list(letters.values()))
        typer.echo(f"done: {number}")

    run_operation(run())
