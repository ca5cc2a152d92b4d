"""Every setting has a variable, a description and a line in docs/settings.md."""

from pathlib import Path

from settings_page import options, page, settings
from turnout_command.settings import Settings as CommandSettings
from turnout_gateway.settings import Settings as GatewaySettings

_OPERATIONS = ("journal ", "moderator ", "event ", "person ", "notices ")  # an operator's commands, beside the services
_PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_option_has_a_help_text() -> None:
    assert [(command, each.opts) for command, each in options() if not each.help] == []


def test_every_option_of_a_service_has_a_variable() -> None:
    without = {command for command, each in options() if not (each.envvar or "").startswith("TURNOUT_")}
    assert {command for command in without if not command.startswith(_OPERATIONS)} == {"import"}  # one file, once


def test_only_the_address_of_a_journal_has_a_variable() -> None:
    variables = {each.envvar for command, each in options() if command.startswith(_OPERATIONS)}
    assert variables == {"TURNOUT_VALKEY", "TURNOUT_DATA", None}


def test_a_variable_belongs_to_one_option() -> None:
    option_of: dict[str, str] = {}
    for _, each in options():
        if each.envvar is None:
            continue
        assert option_of.setdefault(each.envvar, each.opts[0]) == each.opts[0]


def test_every_setting_of_a_service_has_a_description() -> None:
    meanings = {each.name: each.meaning for each in settings()}
    for model in (CommandSettings, GatewaySettings):
        assert [name for name, each in model.model_fields.items() if not each.description] == []
        assert [name for name in model.model_fields if not meanings[f"TURNOUT_{name.upper()}"]] == []


def test_the_page_is_up_to_date() -> None:
    assert _PAGE.read_text() == page(), "stale: run `make generate`"
