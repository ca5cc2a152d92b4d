"""Notices over HTTP: those of commands, and the read mark."""

from typing import Any

import pytest
from running_service import DRAFT, Guest, RunningService

from turnout_core.domain.notices import Inbox


async def event_with(organizer: Guest, *guests: Guest, **fields: Any) -> str:
    """The address of a new event, to which all go."""
    address = str((await organizer("POST", "/api/events", DRAFT | fields)).headers["location"])
    for guest in guests:
        assert (await guest("POST", f"{address}/attendees")).status_code == 201
    return address


def inbox(service: RunningService, guest: Guest) -> Inbox:
    return service.command.writer.committer().state.inboxes[guest.id]


async def test_notices_are_read_up_to_one_of_them_and_only_once(service: RunningService) -> None:
    olga, ada = await service.guest("Olga"), await service.guest("Ada")
    address = await event_with(olga, ada)
    for title in ("One", "Two", "Three"):
        await olga("PATCH", address, {"title": title})
    second = inbox(service, ada).notices[1]
    for _ in range(2):
        answer = await ada("POST", "/api/me/notices/read", {"until": second.id})
        assert answer.status_code == 204
        assert inbox(service, ada).read == second.seq
    before = service.position
    first = inbox(service, ada).notices[0]
    assert (await ada("POST", "/api/me/notices/read", {"until": first.id})).status_code == 204
    assert (service.position, inbox(service, ada).read) == (before, second.seq)


async def test_a_future_notice_cannot_be_read(service: RunningService) -> None:
    olga, ada = await service.guest("Olga"), await service.guest("Ada")
    address = await event_with(olga, ada)
    await olga("PATCH", address, {"title": "One"})
    assert (await ada("POST", "/api/me/notices/read", {"until": "999999.changed.x"})).status_code == 204
    await olga("PATCH", address, {"title": "Two"})
    assert inbox(service, ada).notices[-1].seq > inbox(service, ada).read
    stranger = await service.guest("Stella")
    assert (await stranger("POST", "/api/me/notices/read", {"until": "1.changed.x"})).status_code == 204


@pytest.mark.parametrize("until", ["", "12", "0.changed.x", "1.changed.X", "-1.changed.x", "1.changed.x\n", 7, None])
async def test_a_malformed_id_is_refused(service: RunningService, until: object) -> None:
    ada = await service.guest("Ada")
    answer = await ada("POST", "/api/me/notices/read", {"until": until})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_reading_needs_a_session(service: RunningService) -> None:
    answer = await service.client.post("/api/me/notices/read", json={"until": "1.changed.x"})
    assert answer.json()["code"] == "signed-out"


async def test_the_export_has_the_notices_of_the_person(service: RunningService) -> None:
    olga, ada = await service.guest("Olga"), await service.guest("Ada")
    address = await event_with(olga, ada)
    await olga("PATCH", address, {"title": "Chess"})
    (notice,) = (await ada("GET", "/api/me/export")).json()["notices"]
    assert (notice["kind"], notice["title"], notice["text"]) == ("changed", "Chess", "")
    await olga("PATCH", address, {"visibility": "private"})
    await ada("DELETE", f"{address}/attendees/me")
    (notice,) = (await ada("GET", "/api/me/export")).json()["notices"]
    assert (notice["kind"], notice["title"]) == ("changed", "")
    assert (await olga("GET", "/api/me/export")).json()["notices"] == []


async def test_a_guest_who_frees_seats_moves_up_who_waits(service: RunningService) -> None:
    olga, ada, bob = [await service.guest(name) for name in ("Olga", "Ada", "Bob")]
    address = await event_with(olga, ada, bob, capacity=1)
    await ada("DELETE", f"{address}/attendees/me")
    assert [(each.kind, each.by, each.party) for each in inbox(service, bob).notices] == [("promoted", "", 1)]
