"""Generated requests against `turnout up`: each answer is one that the OpenAPI document describes (schemathesis)."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis import settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS
from turnout_process import TurnoutProcess, running_turnout

from turnout_core.domain.position import Position

_DOCUMENT: Final = Path(__file__).parents[3] / "frontend" / "openapi.json"  # that of both services, as a test checks
_ENDLESS: Final = "/api/live"  # its responses do not end; tests/gateway/transport/test_sse.py has its refusals
# The rules of names, notes, reasons, times, zones, links, mail addresses, push and webhooks exceed what a JSON
# Schema can say, so what matches it may be refused. Of a list's cursors only one may be given.
_BEYOND_THE_SCHEMA: Final = frozenset(
    {
        "create_session", "rename", "create_event", "edit_event",
        "get_calendar", "get_my_calendar", "list_events", "get_me",
        "send_confirmation_code", "confirm_mail", "send_sign_in_code", "sign_in", "set_note", "make_invitation",
        "hide_event", "report_event", "restore_event", "take_down_event",
        "close_report", "send_message", "block_person", "report_person", "unblock_person", "set_preferences",
        "add_push", "add_webhook",
    }
)  # fmt: skip

_OTHER_CHECKS: Final = {
    "passkey_options": "allow_header_conformance",  # `options` could be the id of a passkey, which may be deleted
    "get_event_calendar": "allow_header_conformance",  # `x.ics` could be the id of an event, which may be edited
    "preview_import": "negative_data_rejection",  # what is wrong with a file, such as an empty one, is the answer
    "get_oembed": "not_a_server_error",  # 501 for other formats (https://oembed.com, section 2.3.2)
}
"""Checks that the right answers of an operation do not pass."""

_KEY: Final = "Idempotency-Key"

_schema = schemathesis.openapi.from_path(_DOCUMENT)
_numbers = count()


class Guest:
    """A signed-in guest with an event.

    Attributes:
        position: one that all services have reached.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.sign_up()
        draft = {"title": "Board games", "starts": "2090-11-27T19:30", "zone": "Europe/Vienna"}
        created = httpx.post(f"{url}/api/events", json=draft, headers=self.headers)
        self.event: str = created.json()["id"]
        self.position = created.headers["turnout-position"]

    def sign_up(self) -> None:
        token = httpx.post(f"{self._url}/api/session", json={"name": "Ada"}).json()["token"]
        self.headers = {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def turnout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TurnoutProcess]:
    with running_turnout(tmp_path_factory.mktemp("turnout") / "data") as turnout:
        yield turnout


@pytest.fixture(scope="module")
def guest(turnout: TurnoutProcess) -> Guest:
    return Guest(turnout.url)


@_schema.exclude(path=_ENDLESS).parametrize()
@settings(max_examples=25)
def test_each_answer_is_documented(case: Case[Any], turnout: TurnoutProcess, guest: Guest) -> None:
    operation = case.operation.definition.raw["operationId"]
    if operation == "delete_session":
        guest.sign_up()  # the one before has ended its session
    case.cookies.clear()  # the token has precedence, so a cookie says nothing
    if Position.try_parse(str(case.query.get("at_least"))) is not None:
        case.query["at_least"] = guest.position  # another one is a 503 after a second
    if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
        _complete(case, guest)
    skipped: list[Any] = CHECKS.get_by_names(["positive_data_acceptance"]) if operation in _BEYOND_THE_SCHEMA else []
    if operation in _OTHER_CHECKS:
        skipped += CHECKS.get_by_names([_OTHER_CHECKS[operation]])
    response = case.call_and_validate(base_url=turnout.url, headers=guest.headers, excluded_checks=skipped)
    assert response.status_code != httpx.codes.INTERNAL_SERVER_ERROR  # also where a check is excepted


def _complete(case: Case[Any], guest: Guest) -> None:
    """Gives a request that matches the document the values of which the document says only the form."""
    case.body = _whole_numbers(case.body)
    if _KEY in case.headers:
        case.headers[_KEY] = f"{next(_numbers):032}"  # one that no other request had
    if len(case.path_parameters.get("event", "")) % 3 == 0:  # the others name an event that does not exist
        case.path_parameters["event"] = guest.event


def _whole_numbers(body: Any) -> Any:
    """``body`` with 1 for 1.0, which JSON Schema counts as an integer and the services do not."""
    if isinstance(body, dict):
        return {name: _whole_numbers(value) for name, value in body.items()}
    return int(body) if isinstance(body, float) and body.is_integer() else body
