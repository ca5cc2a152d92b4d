"""Kinds and fields that a reader of an older format does not know have a number above that format."""

import re
from typing import Any, Final, get_args

import msgspec
import pytest

from turnout_core.domain import changes, event_desk, moderation, people, preferences, state
from turnout_core.domain.change import Change
from turnout_core.domain.since import newest_format
from turnout_core.journal.format import FORMAT

STORED: Final[tuple[type[msgspec.Struct], ...]] = (
    changes.Commit, changes.IdempotencyEntry, changes.Details, *Change.__subclasses__(),
    state.User, state.Attendance, state.Event, state.StoredEntry,
)  # fmt: skip

UP_TO_FORMAT_2: Final = {
    "Commit": "epoch: str, seq: int, at: int, actor: str | None, changes: (any kind), "
    "answered: IdempotencyEntry | None",
    "IdempotencyEntry": "key: str, request: str, status: int, body: str, headers: tuple[tuple[str, str], ...], "
    "event: str",
    "Details": "title: str, starts: str, ends: str, zone: str, starts_at: int, ends_at: int, description: str, "
    "place: str, link: str, tags: tuple[str, ...], capacity: int | None, waitlist: bool",
    "SignedUp": "user: str, name: str",
    "SignedOut": "user: str",
    "EventCreated": "event: str, organizer: str, details: Details",
    "EventEdited": "event: str, details: Details",
    "EventCancelled": "event: str",
    "EventDeleted": "event: str",
    "EventEnded": "event: str",
    "EventReopened": "event: str",
    "Joined": "event: str, user: str, party: int, status: Literal['going', 'waitlisted']",
    "PartyChanged": "event: str, user: str, party: int",
    "Promoted": "event: str, user: str",
    "Left": "event: str, user: str",
    "User": "id: str, name: str, session: int",
    "Attendance": "user: str, party: int, status: Literal['going', 'waitlisted'], order: int, at: int",
    "Event": "id: str, organizer: str, details: Details, created_at: int, status: Literal['scheduled', 'cancelled'], "
    "version: int, touched: int, going: int, waiting: int, attendances: dict[str, Attendance], ended: bool",
    "StoredEntry": "at: int, answered: IdempotencyEntry",
}
"""The kinds and fields that a version of format 2 reads.

A new kind or field is no line here: it declares ``since`` (CONTRIBUTING.md).
"""


def _type_name(annotation: Any) -> str:
    if hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    text = re.sub(r"<class '(.*)'>", r"\1", str(annotation))
    text = re.sub(r"\b(typing|turnout_core\.domain\.\w+)\.", "", text)
    return "(any kind)" if text.startswith("tuple[SignedUp") else text


def _is_newer(annotation: Any) -> bool:
    declared = [each.extra or {} for each in getattr(annotation, "__metadata__", ()) if isinstance(each, msgspec.Meta)]
    return any(each["since"][0] > 2 and not each["since"][1] for each in declared if "since" in each)


def _fields(kind: type[msgspec.Struct]) -> str:
    fields = [each for each in msgspec.structs.fields(kind) if not _is_newer(each.type)]
    return ", ".join(f"{each.name}: {_type_name(each.type)}" for each in fields)


def test_new_kinds_and_fields_have_a_number() -> None:
    known = {kind.__name__: _fields(kind) for kind in STORED if getattr(kind, "since", 1) <= 2}
    assert known == UP_TO_FORMAT_2


def test_the_format_is_the_newest_number() -> None:
    assert max(map(newest_format, STORED)) == FORMAT


INSIDE: Final = (
    people.Session, people.Passkey, people.Account, people.PushSubscription, preferences.Preferences,
    event_desk.Desk, event_desk.Invitation, event_desk.Request,
    moderation.Report, moderation.AuditEntry,
)  # fmt: skip
"""Parts of stored kinds, which exist since the field that has them."""


@pytest.mark.parametrize("kind", [*STORED, *INSIDE], ids=lambda kind: kind.__name__)
def test_stored_types_are_closed_and_omit_defaults(kind: type[msgspec.Struct]) -> None:
    assert (kind.__struct_config__.forbid_unknown_fields, kind.__struct_config__.omit_defaults) == (True, True)
