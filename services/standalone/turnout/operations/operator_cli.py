"""``turnout moderator``, ``turnout event`` and ``turnout person``: the operator's hand, without a browser."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from turnout.operations.console import mask_unprintable, run_operation
from turnout.operations.errors import OperationRefused
from turnout.operations.open_journal import open_journal
from turnout.operations.operate import operate, read_state
from turnout.operations.targets import journal_target
from turnout_core.domain.moderation_commands import OperateEvent, OperatePerson
from turnout_core.domain.validation_messages import field_errors, sentence

moderators = typer.Typer(help="Choose the moderators.", no_args_is_help=True)
events = typer.Typer(help="Cancel or delete an event.", no_args_is_help=True)
people = typer.Typer(help="Rename, remove or block a person.", no_args_is_help=True)

Valkey = Annotated[
    str | None, typer.Option(envvar="TURNOUT_VALKEY", help="URL of the Valkey that holds the journal.", metavar="URL")
]
Data = Annotated[
    Path | None, typer.Option(envvar="TURNOUT_DATA", metavar="DIR", help="Data folder of `turnout up`, running or not.")
]
Event = Annotated[str, typer.Argument(metavar="ID", help="Id of the event, as in its address.")]
Person = Annotated[str, typer.Argument(metavar="ID", help="Id of the person.")]
Reason = Annotated[str, typer.Option(help="For the audit that moderators see.")]
_REASON = "by the operator"


@moderators.command("add")
def add_moderator(
    context: typer.Context, person: Person, valkey: Valkey = None, data: Data = None, reason: Reason = _REASON
) -> None:
    """Make a person a moderator, who sees reports, hides and deletes events and blocks people."""
    _operate_person(context, valkey, data, action="add-moderator", user=person, reason=reason)


@moderators.command("remove")
def remove_moderator(
    context: typer.Context, person: Person, valkey: Valkey = None, data: Data = None, reason: Reason = _REASON
) -> None:
    """End that."""
    _operate_person(context, valkey, data, action="remove-moderator", user=person, reason=reason)


@moderators.command("list")
def list_moderators(context: typer.Context, valkey: Valkey = None, data: Data = None) -> None:
    """Print the id, the name and the source of each: this command, or a group of the provider."""

    async def run() -> None:
        async with open_journal(journal_target(context, valkey, data)) as server:
            state = await read_state(server)
        for user, source in state.moderators.items():
            typer.echo(f"{user}  {mask_unprintable(state.users[user].name)}  ({source})")

    run_operation(run())


@events.command("cancel")
def cancel_event(
    context: typer.Context, event: Event, valkey: Valkey = None, data: Data = None, reason: Reason = _REASON
) -> None:
    """Call an event off. It stays readable, and nobody joins it any more."""
    _operate_event(context, valkey, data, action="cancel", event=event, reason=reason)


@events.command("delete")
def delete_event(
    context: typer.Context, event: Event, valkey: Valkey = None, data: Data = None, reason: Reason = _REASON
) -> None:
    """Delete an event; this cannot be undone."""
    _operate_event(context, valkey, data, action="delete", event=event, reason=reason)


@people.command("rename")
def rename_person(
    context: typer.Context,
    person: Person,
    name: Annotated[str, typer.Argument(help="The new name.")],
    valkey: Valkey = None,
    data: Data = None,
    reason: Reason = _REASON,
) -> None:
    """Give a person another name, which everyone sees at once."""
    _operate_person(context, valkey, data, action="rename", user=person, name=name, reason=reason)


@people.command("remove")
def remove_person(
    context: typer.Context, person: Person, valkey: Valkey = None, data: Data = None, reason: Reason = _REASON
) -> None:
    """Erase a person, as they can do themselves; this cannot be undone."""
    _operate_person(context, valkey, data, action="remove", user=person, reason=reason)


@people.command("block")
def block_person(
    context: typer.Context, person: Person, valkey: Valkey = None, data: Data = None, reason: Reason = _REASON
) -> None:
    """Block a person, who can then sign in and leave, and nothing else."""
    _operate_person(context, valkey, data, action="block", user=person, reason=reason)


@people.command("unblock")
def unblock_person(
    context: typer.Context, person: Person, valkey: Valkey = None, data: Data = None, reason: Reason = _REASON
) -> None:
    """End a block."""
    _operate_person(context, valkey, data, action="unblock", user=person, reason=reason)


def _operate_event(context: typer.Context, valkey: str | None, data: Path | None, **fields: Any) -> None:
    _operate(context, valkey, data, OperateEvent, fields)


def _operate_person(context: typer.Context, valkey: str | None, data: Path | None, **fields: Any) -> None:
    _operate(context, valkey, data, OperatePerson, fields)


def _operate(
    context: typer.Context,
    valkey: str | None,
    data: Path | None,
    model: type[OperateEvent] | type[OperatePerson],
    fields: dict[str, Any],
) -> None:
    async def run() -> None:
        try:
            command = model.model_validate(fields)
        except ValidationError as error:
            raise OperationRefused(sentence(field_errors(error.errors(include_url=False)))) from None
        async with open_journal(journal_target(context, valkey, data)) as server:
            await operate(server, command)
        typer.echo("done")

    run_operation(run())
