"""Rows: the events of a file as drafts, each with its errors and notes."""

from collections.abc import Collection
from hashlib import blake2b
from typing import Any, Final

import msgspec
from msgspec import Struct
from pydantic import ValidationError

from turnout_command.rules.event_rules import details_from_draft
from turnout_core.domain import limits
from turnout_core.domain.commands import EventDraft
from turnout_core.domain.rejections import Invalid
from turnout_core.domain.validation_messages import field_errors

_TEXTS_MAX_CHARS: Final = {
    "title": limits.TITLE_MAX_CHARS,
    "description": limits.DESCRIPTION_MAX_CHARS,
    "place": limits.PLACE_MAX_CHARS,
}
_OPTIONAL: Final = frozenset({"description", "place", "link", "tags"})
_KEY_BYTES: Final = 16


class RowError(Struct, frozen=True):
    """``field`` is a field of the draft; empty if the whole row is meant."""

    field: str
    message: str


class ImportRow(Struct, frozen=True):
    """One event of a file.

    Attributes:
        source: the place in the file: the line of a table, or the UID of a calendar's event.
        title: for people; it may be no valid one.
        starts_at: ms since 1970 (UTC); None with errors.
        draft: the body for ``POST /api/events``; None with errors.
        key: the Idempotency-Key for it. The same event of the same file has the same key.
        notes: sentences about what differs from the file.
        is_duplicate: an earlier row is the same, or the person already organizes an event of this title and start.
    """

    source: str
    title: str
    starts_at: int | None = None
    draft: dict[str, Any] | None = None
    key: str = ""
    errors: tuple[RowError, ...] = ()
    notes: tuple[str, ...] = ()
    is_duplicate: bool = False


class ImportResult(Struct, frozen=True):
    """The rows of a file in its order.

    Attributes:
        problems: sentences about the file: why it cannot be read, or what of it is left out.
    """

    rows: tuple[ImportRow, ...] = ()
    problems: tuple[str, ...] = ()


class UnreadableEvent(Exception):
    """An event of the file has no draft; the message is a sentence for people."""


def error_row(source: str, title: str, message: str, field: str = "") -> ImportRow:
    """A row that cannot be imported."""
    return ImportRow(source, _shorten(title, limits.TITLE_MAX_CHARS), errors=(RowError(field, message),))


def draft_row(
    source: str,
    fields: dict[str, Any],
    now_ms: int,
    *,
    uid: str = "",
    is_lenient: bool = False,
    notes: tuple[str, ...] = (),
) -> ImportRow:
    """The row of an event with ``fields``, as the writer would decide about it at ``now_ms``.

    Args:
        source: the place in the file.
        fields: of the draft.
        now_ms: ms since 1970.
        uid: of a calendar's event.
        is_lenient: long texts are cut, and optional fields that are not valid are left out, each with a note. Nobody
            wrote the calendar for our limits.
        notes: that the row has already.
    """
    written = list(notes)
    if is_lenient:
        fields = _cut(fields, written)
    title = _shorten(str(fields.get("title", "")), limits.TITLE_MAX_CHARS)
    try:
        draft = EventDraft.model_validate(fields)
    except ValidationError as error:
        found = field_errors(error.errors(include_url=False))
        names = {each["field"].partition(".")[0] for each in found}
        if is_lenient and names <= _OPTIONAL:
            written += [f"The {each['field'].partition('.')[0]} is left out: it {each['message']}." for each in found]
            rest = {name: value for name, value in fields.items() if name not in names}
            return draft_row(source, rest, now_ms, uid=uid, is_lenient=True, notes=tuple(written))
        return ImportRow(source, title, errors=_errors(found), notes=tuple(written))
    try:
        details = details_from_draft(draft, now_ms)
    except Invalid as invalid:
        return ImportRow(source, title, errors=_errors(invalid.extra.get("errors", ())), notes=tuple(written))
    body = draft.model_dump(mode="json", exclude_defaults=True)
    key = blake2b(msgspec.json.encode((uid, body), order="deterministic"), digest_size=_KEY_BYTES).hexdigest()
    return ImportRow(source, draft.title, details.starts_at, body, f"import-{key}", (), tuple(written))


def mark_duplicates(rows: tuple[ImportRow, ...], organized: Collection[tuple[str, int]]) -> tuple[ImportRow, ...]:
    """The rows, with those marked that the person need not import.

    Args:
        rows: of a file.
        organized: title and start (ms since 1970) of the events that the person organizes.
    """
    seen: set[str] = set()
    marked = []
    for row in rows:
        is_repeated = bool(row.key) and (row.key in seen or (row.title, row.starts_at) in organized)
        seen.add(row.key)
        marked.append(msgspec.structs.replace(row, is_duplicate=True) if is_repeated else row)
    return tuple(marked)


def _errors(found: Any) -> tuple[RowError, ...]:
    return tuple(RowError(each["field"], each["message"]) for each in found)


def _cut(fields: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    shorter = dict(fields)
    for name, most in _TEXTS_MAX_CHARS.items():
        text = shorter.get(name, "").strip()
        if len(text) > most:
            shorter[name] = _shorten(text, most)
            notes.append(f"The {name} is cut to {most:,} characters.")
    return shorter


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
