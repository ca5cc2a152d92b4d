"""The preview of an import over HTTP, and the events that a client creates by it."""

import asyncio
import time
from typing import Any

import pytest
from running_service import DRAFT, Guest, RunningService

from command.importing.test_calendars import FULL, calendar
from turnout_core.domain import limits

PREVIEW = "/api/import/preview"
EVENT = FULL.replace("2027", "2099")
HEAVY = calendar(*[f"{EVENT}\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31"] * 400)


async def preview(guest: Guest, content: bytes, query: str = "?zone=Europe/Vienna") -> Any:
    response = await guest("POST", PREVIEW + query, content=content, headers={"Content-Type": "text/calendar"})
    assert response.status_code == 200, response.text
    return response.json()


async def create(guest: Guest, row: Any) -> Any:
    return await guest("POST", "/api/events", row["draft"], headers={"Idempotency-Key": row["key"]})


async def test_the_events_of_a_file_are_created_once(service: RunningService) -> None:
    ada = await service.guest()
    file = calendar(f"{EVENT}\nRRULE:FREQ=WEEKLY;COUNT=3", "UID:2\nSUMMARY:Broken")
    before = service.position
    first = await preview(ada, file)
    assert service.position == before
    assert [each["errors"] != [] for each in first["rows"]] == [False, False, False, True]
    created = [(await create(ada, each)).json()["id"] for each in first["rows"][:3]]
    again = [await create(ada, each) for each in (await preview(ada, file))["rows"][:3]]
    assert [each.json()["id"] for each in again] == created
    assert {each.headers["idempotent-replayed"] for each in again} == {"true"}


async def test_the_preview_marks_events_that_one_organizes_already(service: RunningService) -> None:
    ada, bob = await service.guest(), await service.guest("Bob")
    table = b"title,starts\nBoard games,2099-11-27T19:30\nChess,2099-11-27T19:30\nChess,2099-11-27T19:30\n"
    event = (await ada("POST", "/api/events", DRAFT)).headers["location"]
    marks = [[each["is_duplicate"] for each in (await preview(guest, table))["rows"]] for guest in (ada, bob)]
    assert marks == [[True, False, True], [False, False, True]]
    await ada("POST", f"{event}/cancel")
    assert [each["is_duplicate"] for each in (await preview(ada, table))["rows"]] == [False, False, True]


async def test_utc_holds_without_a_zone(service: RunningService) -> None:
    (row,) = (await preview(await service.guest(), b"title,starts\nA,2099-01-01\n", ""))["rows"]
    assert row["draft"]["zone"] == "UTC"


@pytest.mark.parametrize(
    ("content", "query", "status"),
    [(b"x" * (limits.IMPORT_MAX_BYTES + 1), "", 413), (b"title,starts\n", "?zone=../../etc/passwd", 422)],
)
async def test_a_request_that_is_refused(service: RunningService, content: bytes, query: str, status: int) -> None:
    ada = await service.guest()
    response = await ada("POST", PREVIEW + query, content=content)
    assert (response.status_code, response.json()["code"]) == (status, "invalid")


async def test_only_people_who_are_signed_in_have_files_read(service: RunningService) -> None:
    response = await service.client.post(PREVIEW, content=calendar(EVENT))
    assert (response.status_code, response.json()["code"]) == (401, "signed-out")


async def test_a_page_of_another_origin_has_no_files_read(service: RunningService) -> None:
    ada = await service.guest()
    headers = {"Origin": "https://other.example", "Cookie": f"turnout={ada.token}"}
    assert (await service.client.post(PREVIEW, content=calendar(EVENT), headers=headers)).status_code == 403


async def test_commands_do_not_wait_for_a_heavy_file(service: RunningService) -> None:
    ada, bob = await service.guest(), await service.guest("Bob")
    event = (await ada("POST", "/api/events", DRAFT | {"capacity": None})).headers["location"]
    reading = asyncio.create_task(preview(ada, HEAVY))
    turns, began = 0, time.monotonic()
    while not reading.done():
        assert (await bob("POST", f"{event}/attendees")).status_code in (200, 201)
        assert (await bob("DELETE", f"{event}/attendees/me")).status_code == 204
        turns += 1
    found = await reading
    assert found["problems"] == ["The file takes too long to read. The events after these are left out."]
    assert turns / (time.monotonic() - began) > 2


async def test_files_beyond_a_few_are_asked_to_wait(service: RunningService) -> None:
    ada = await service.guest()
    answers = await asyncio.gather(*(ada("POST", PREVIEW, content=b"title,starts\nA,2099-01-01\n") for _ in range(8)))
    assert sorted(each.status_code for each in answers) == [200] * 4 + [503] * 4
    assert {each.headers.get("retry-after") for each in answers if each.status_code == 503} == {"1"}
