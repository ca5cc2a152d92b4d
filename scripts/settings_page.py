"""docs/settings.md, made from what the programs know: ``python -m turnout.settings_page FILE``."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import typer

from turnout.cli import app
from turnout_command.settings import Settings as CommandSettings
from turnout_gateway.settings import Settings as GatewaySettings

_HEAD: Final = """# Settings

Made by `make generate`; what it says is said in the programs, and a test compares.

Every setting is an environment variable; where there is an option, that goes first. `turnout up` runs both services, so
it reads the settings of both. [.env.example](../.env.example) lists what can be set for the containers.

| variable | read by | default | meaning |
| --- | --- | --- | --- |
"""
_ONLY_ALONE: Final = frozenset({"log_level", "forwarded_allow_ips"})  # of a service with a process of its own
_OWN_VALKEY: Final = "one of its own"


@dataclass(slots=True)
class Setting:
    """
    Attributes:
        defaults: by who reads it, such as ``up --port``.
    """

    name: str
    meaning: str
    defaults: dict[str, str] = field(default_factory=dict)

    def row(self) -> str:
        readers = ", ".join(f"`{each}`" for each in self.defaults)
        return f"| `{self.name}` | {readers} | {self._default()} | {self.meaning} |"

    def _default(self) -> str:
        distinct = set(self.defaults.values())
        if len(distinct) == 1:
            return distinct.pop()
        return ", ".join(f"{reader.split()[0]}: {value or 'none'}" for reader, value in self.defaults.items())


def options() -> Iterator[tuple[str, Any]]:
    """Every option of the command line, with the command that has it."""
    yield from _options((), typer.main.get_command(app))


def settings() -> list[Setting]:
    """All there are, the options first."""
    found: dict[str, Setting] = {}
    for command, option in options():
        setting = found.setdefault(option.envvar, Setting(option.envvar, _sentence(option.help)))
        setting.defaults[_reader(command, option)] = "required" if option.required else _shown(option.default)
    for service, model in (("command", CommandSettings), ("gateway", GatewaySettings)):
        for name, each in model.model_fields.items():
            variable = f"TURNOUT_{name.upper()}"
            setting = found.setdefault(variable, Setting(variable, _sentence(each.description or "")))
            read = {reader.split(" ")[0]: reader for reader in setting.defaults}
            for reader in (service,) if name in _ONLY_ALONE else ("up", service):
                known = read.get(reader, reader)
                if not setting.defaults.get(known):
                    own = name == "valkey" and reader == "up"
                    setting.defaults[known] = _OWN_VALKEY if own else _shown(each.default)
    return list(found.values())


def page() -> str:
    return _HEAD + "\n".join(each.row() for each in settings()) + "\n"


def _options(path: tuple[str, ...], command: Any) -> Iterator[tuple[str, Any]]:
    for name, each in getattr(command, "commands", {}).items():
        yield from _options((*path, name), each)
    for each in command.params if path and not hasattr(command, "commands") else ():
        if each.param_type_name == "option":
            yield " ".join(path), each


def _reader(command: str, option: Any) -> str:
    """Such as ``up --port``; what all commands of a group have is said once."""
    group, _, name = command.partition(" ")
    shared = name and not option.envvar.startswith(f"TURNOUT_{name.upper()}_")
    return f"{group} … {option.opts[0]}" if shared else f"{command} {option.opts[0]}"


def _shown(default: Any) -> str:
    if default is None or default == ():
        return ""
    if isinstance(default, bool):
        return "on" if default else "off"
    if isinstance(default, tuple):
        return ", ".join(map(str, default))
    return f"{default:g}" if isinstance(default, float) else str(default)


def _sentence(text: str) -> str:
    text = text.replace("|", "\\|").rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
