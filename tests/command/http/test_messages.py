"""Messages of hosts to their guests."""

from typing import Any

import pytest
from running_service import DRAFT, Guest, RunningService

from turnout_core.domain.notices import Notice


@pytest.fixture
async def people(service: RunningService) -> dict[str, Guest]:
    return {name: await service.guest(name.title()) for name in ("olga", "ada", "bob")}


async def event_of(people: dict[str, Guest]) -> str:
    """The address of an event of Olga, to which Ada goes, and for which Bob waits."""
    address = str((await people["olga"]("POST", "/api/events", DRAFT | {"capacity": 1})).headers["location"])
    for name in ("ada", "bob"):
        assert (await people[name]("POST", f"{address}/attendees")).status_code == 201
    return address


def messages(service: RunningService, guest: Guest) -> list[Notice]:
    inbox = service.command.writer.committer().state.inboxes.get(guest.id)
    return [each for each in inbox.notices if each.kind == "message"] if inbox is not None else []


@pytest.mark.parametrize(("to", "readers"), [("going", ["ada"]), ("waiting", ["bob"]), ("all", ["ada", "bob"])])
async def test_a_message_reaches_its_audience(
    service: RunningService, people: dict[str, Guest], to: str, readers: list[str]
) -> None:
    address, olga = await event_of(people), people["olga"]
    sent = await olga("POST", f"{address}/messages", {"to": to, "text": " Bring\r\na chair "})
    assert sent.status_code == 204
    found = {name: [(each.text, each.by) for each in messages(service, people[name])] for name in people}
    assert found == {name: [("Bring\na chair", olga.id)] if name in readers else [] for name in people}
    sent_by_olga = (await olga("GET", "/api/me/export")).json()["messages"]
    assert [each["text"] for each in sent_by_olga] == ["Bring\na chair"]


async def test_a_message_that_nobody_would_read_changes_nothing(service: RunningService) -> None:
    olga = await service.guest("Olga")
    address = (await olga("POST", "/api/events", DRAFT)).headers["location"]
    await olga("POST", f"{address}/attendees")
    before = service.position
    assert (await olga("POST", f"{address}/messages", {"to": "all", "text": "Hello"})).status_code == 204
    assert service.position == before


@pytest.mark.parametrize(
    "body",
    [
        {"to": "everyone", "text": "Hello"}, {"to": "all"}, {"text": "Hello"}, {"to": "all", "text": " "},
        {"to": "all", "text": "x" * 1_001},
    ],
)  # fmt: skip
async def test_a_malformed_message_is_refused(people: dict[str, Guest], body: dict[str, Any]) -> None:
    address = await event_of(people)
    answer = await people["olga"]("POST", f"{address}/messages", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_guest_sends_no_messages(people: dict[str, Guest]) -> None:
    address = await event_of(people)
    answer = await people["ada"]("POST", f"{address}/messages", {"to": "all", "text": "Hello"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-organizer")


async def test_the_text_of_a_message_goes_with_its_author(service: RunningService, people: dict[str, Guest]) -> None:
    address = await event_of(people)
    await people["olga"]("POST", f"{address}/messages", {"to": "all", "text": "Bring a chair"})
    await people["olga"]("DELETE", "/api/me")
    assert [(each.text, each.by) for each in messages(service, people["ada"])] == [("", "")]
