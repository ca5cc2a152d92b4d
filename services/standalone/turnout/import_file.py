"""Creates the events of a calendar file or a table on a running instance, through its API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import httpx
import msgspec

from turnout.progress import show_progress
from turnout.seeding.api import Api, SeedError
from turnout_core.domain.all_day import local_day

_TIMEOUT_S: Final = 90.0  # others may have a file read at the same time
_PREVIEW: Final = "/api/import/preview"
_KEY_PREFIX: Final = "turnout"


class Preview(msgspec.Struct):
    """The answer of the preview; docs/protocol.md has its fields."""

    rows: list[dict[str, Any]]
    problems: list[str]

    def chosen(self) -> list[dict[str, Any]]:
        """The rows to create: those without errors that are not there already."""
        return [each for each in self.rows if each.get("draft") and not each.get("is_duplicate")]

    def lines(self) -> list[str]:
        """The preview for people."""
        return [*map(_line, self.rows), *self.problems]


class ImportFailed(Exception):
    """The events cannot be created. The message is one line."""


async def import_content(
    site: str, content: bytes, *, zone: str, token: str, confirm: Callable[[Preview], bool]
) -> int:
    """Creates the events of a file on the instance at ``site``, and returns their number. Raises ImportFailed."""
    try:
        async with httpx.AsyncClient(base_url=site, timeout=_TIMEOUT_S) as http:
            return await create_events(http, content, zone=zone, token=token, confirm=confirm)
    except (SeedError, httpx.InvalidURL, httpx.HTTPError) as error:
        raise ImportFailed(str(error) or type(error).__name__) from error


async def create_events(
    http: httpx.AsyncClient, content: bytes, *, zone: str, token: str, confirm: Callable[[Preview], bool]
) -> int:
    """Creates the events of a file that ``confirm`` accepts, and returns their number. Raises SeedError."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    response = await http.post(_PREVIEW, params={"zone": zone}, content=content, headers=headers)
    if response.status_code != httpx.codes.OK:
        raise SeedError(f"{response.status_code}: {_detail(response)}")
    preview = msgspec.json.decode(response.content, type=Preview)
    if not confirm(preview):
        return 0
    api = Api(http, _KEY_PREFIX, max_in_flight=1)
    created, chosen = 0, preview.chosen()
    with show_progress("Events", total=len(chosen)) as advance:
        for row in chosen:
            answer = await api.send("POST", "/api/events", row["key"], row["draft"], token)
            if answer.code:
                raise SeedError(f"{row['title']}: {answer.body.get('detail')} {created:,} events were created before.")
            created += 1
            advance()
    return created


def _line(row: dict[str, Any]) -> str:
    title, errors = row["title"] or "(no title)", row.get("errors", [])
    if errors:
        reasons = "; ".join(f"{each['field']} {each['message']}".strip() for each in errors)
        return f"- {row['source']}: {title}: {reasons}"
    marks = ["is there already"] if row.get("is_duplicate") else []
    draft = row["draft"]
    return f"+ {_when(draft)} {draft['zone']} {title} {' '.join([*marks, *row.get('notes', [])])}".rstrip()


def _when(draft: dict[str, Any]) -> str:
    """Such as ``2026-11-27T19:30``, or ``2026-12-05 to 2026-12-06 all day``."""
    starts = draft["starts"]
    if not draft.get("all_day"):
        return str(starts[:16])
    first = local_day(starts)
    last = local_day(draft["ends"]) - timedelta(days=1) if draft.get("ends") else first
    return f"{' to '.join(each.isoformat() for each in dict.fromkeys((first, last)))} all day"


def _detail(response: httpx.Response) -> str:
    try:
        return str(msgspec.json.decode(response.content).get("detail", ""))
    except (msgspec.DecodeError, AttributeError):
        return "this is no Turnout"
