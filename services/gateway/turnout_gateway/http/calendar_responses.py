"""Calendar files as responses: rendered between other tasks, with validators and a safe name."""

import asyncio
import re
import unicodedata
from collections.abc import Sequence
from email.utils import formatdate
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request, Response

from turnout_core.calendar.entry import MEDIA_TYPE, Entry
from turnout_core.domain.position import Position
from turnout_core.web.openapi import problem_responses
from turnout_core.web.problems import POSITION_HEADER
from turnout_core.web.security_headers import VARY_BY_USER

FOR_ALL: Final = {"Cache-Control": "no-cache"}
"""A cache asks whether its copy is still right, so that what is hidden or deleted is gone everywhere."""
FOR_HOLDER: Final = {"Cache-Control": "private, no-cache"}
FOR_ONE: Final = {"Cache-Control": "private, no-cache", VARY_BY_USER[0]: VARY_BY_USER[1]}

_ETAG_BYTES: Final = 16
_NAME_MAX_CHARS: Final = 60
_PARTS_AT_ONCE: Final = 8  # of about 0.4 ms each


class CalendarResponse(Response):
    media_type = MEDIA_TYPE


def calendar_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route: a calendar file, or a problem document with one of ``statuses``."""
    headers = {
        "ETag": {"description": "validator for If-None-Match", "schema": {"type": "string"}},
        "Last-Modified": {"description": "time of the last change of an event in it", "schema": {"type": "string"}},
    }
    return {
        200: {"description": "an iCalendar file (RFC 5545)", "headers": headers},
        304: {"description": "the client has this file"},
        **problem_responses(*statuses, 422, 503),
    }


async def calendar_response(
    request: Request,
    entries: Sequence[Entry],
    at: Position,
    headers: dict[str, str],
    *,
    site: str,
    name: str = "",
    filename: str = "",
) -> Response:
    """The file with ``entries``, or 304 if the client has it.

    Only If-None-Match tells. An event that leaves a feed, or an organizer with a new name, is no later change of an
    event, so a time (If-Modified-Since) would keep old files alive.

    Args:
        request: asks for the file.
        entries: one for each event.
        at: the position that the entries show.
        headers: who may store it.
        site: the public address of the instance.
        name: of a feed.
        filename: with which a browser saves the file; empty if it is a feed.
    """
    body = await _render(entries, site, name)
    etag = f'W/"{blake2b(body, digest_size=_ETAG_BYTES).hexdigest()}"'  # weak, since proxies may compress the file
    sent = {**headers, "ETag": etag, POSITION_HEADER: str(at)}
    if _has(request.headers.get("if-none-match", ""), etag):
        return CalendarResponse(status_code=304, headers=sent)
    if filename:
        sent["Content-Disposition"] = disposition(filename)
    if entries:
        sent["Last-Modified"] = formatdate(max(each.modified_at for each in entries) // 1000, usegmt=True)
    return CalendarResponse(body, headers=sent)


def disposition(title: str) -> str:
    """``Content-Disposition`` of a download with a name made of ``title`` (RFC 6266).

    The name has letters, digits and hyphens only, so it is no path and no command on any system.
    """
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", title).replace("_", " "))
    name = "-".join(words)[:_NAME_MAX_CHARS].strip("-") or "event"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().strip("-") or "event"
    extended = f"; filename*=UTF-8''{quote(name)}.ics" if plain != name else ""
    return f'attachment; filename="{plain}.ics"{extended}'


async def _render(entries: Sequence[Entry], site: str, name: str) -> bytes:
    from turnout_core.calendar.calendar_file import parts  # noqa: PLC0415 - its library takes 3 MB

    rendered = []
    for part in parts(entries, site, name):
        rendered.append(part)
        if not len(rendered) % _PARTS_AT_ONCE:
            await asyncio.sleep(0)
    return b"".join(rendered)


def _has(if_none_match: str, etag: str) -> bool:
    """The weak comparison (RFC 9110 section 13.1.2)."""
    tags = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags
