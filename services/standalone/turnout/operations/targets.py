"""The journal that the options of a command name."""

from pathlib import Path

import typer

from turnout.operations.open_journal import JournalTarget


def journal_target(context: typer.Context, valkey: str | None, data: Path | None) -> JournalTarget:
    """Options have precedence over the environment; then a server over a folder."""
    sources = {name: context.get_parameter_source(name) for name in ("valkey", "data")}
    named = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    return JournalTarget(None if named == {"data"} else valkey, data)
