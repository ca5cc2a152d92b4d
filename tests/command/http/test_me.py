"""Export of what is held about a person, and erasing them, over HTTP."""

import json
from typing import Any

from running_service import DRAFT, Guest, RunningService

from turnout_core.domain import host_changes, moderation_changes
from turnout_core.domain.apply import apply
from turnout_core.domain.changes import AnyChange, Commit


async def event_of(guest: Guest, **draft: Any) -> str:
    return str((await guest("POST", "/api/events", DRAFT | draft)).json()["id"])


def change(service: RunningService, *made: AnyChange) -> None:
    """Changes the state of the service, for reads only: the journal does not have it."""
    state = service.command.writer.committer().state
    position, digest, committed_at = state.position, state.hash, state.committed_at
    apply(state, Commit(position.epoch, position.seq + 1, committed_at, None, made), digest)
    state.position = position


async def test_the_export_has_all_of_one_person_and_nothing_of_others(service: RunningService) -> None:
    ada, bob = await service.guest("Ada-canary"), await service.guest("Bob-canary")
    own, other = await event_of(ada, title="Chess"), await event_of(bob, title="Board games")
    for guest in (ada, bob):
        for event in (own, other):
            await guest("POST", f"/api/events/{event}/attendees", {"party": 1})
    secret = (await ada("POST", "/api/recovery")).json()["secret"]
    change(
        service,
        host_changes.NoteSet(other, ada.id, "Ada brings cake"),
        host_changes.NoteSet(own, bob.id, "Bob note canary"),
        host_changes.CohostAdded(other, ada.id),
        moderation_changes.Reported("report", "person", bob.id, ada.id, "spam"),
        moderation_changes.Reported("reporttwo", "person", ada.id, bob.id, "Bob report canary"),
        moderation_changes.Audited(bob.id, "block", "person", ada.id, "Ada", "was rude"),
    )
    response = await ada("GET", "/api/me/export")
    assert response.status_code == 200
    assert response.headers["content-disposition"] == 'attachment; filename="turnout-export.json"'
    data = response.json()
    assert (data["id"], data["name"], data["recovery"], data["mail"]) == (ada.id, "Ada-canary", True, "")
    assert [(each["event"], each["details"]["title"]) for each in data["organized"]] == [(own, "Chess")]
    assert {(each["event"], each["party"]) for each in data["attendances"]} == {(own, 1), (other, 1)}
    assert data["roles"] == [{"event": other, "title": "Board games", "role": "co-host"}]
    assert data["notes"] == [{"event": other, "title": "Board games", "text": "Ada brings cake"}]
    assert [(each["about"], each["reason"]) for each in data["reports"]] == [(bob.id, "spam")]
    assert [(each["action"], each["reason"]) for each in data["moderation"]] == [("block", "was rude")]
    assert len(data["sessions"]) == 1
    text = json.dumps(data)
    state = service.command.writer.committer().state
    session = state.users[ada.id].sessions[0].id
    found = ("Bob-canary", "Bob note canary", "Bob report canary", secret, state.users[ada.id].recovery, session)
    assert [each for each in found if each in text] == []


async def test_the_export_has_no_title_of_an_event_that_one_may_not_see(service: RunningService) -> None:
    ada, bob = await service.guest(), await service.guest("Bob")
    event = await event_of(bob, title="Secret", visibility="private")
    change(service, host_changes.GuestBlocked(event, ada.id))
    assert (await ada("GET", "/api/me/export")).json()["roles"] == [{"event": event, "title": "", "role": "kept-out"}]


async def test_erasing_oneself_ends_sessions_events_and_seats(service: RunningService) -> None:
    ada, bob = await service.guest(), await service.guest("Bob")
    own, other = await event_of(ada), await event_of(bob, capacity=1)
    await ada("POST", f"/api/events/{other}/attendees", {})
    assert (await bob("POST", f"/api/events/{other}/attendees", {})).json()["status"] == "waitlisted"
    assert (await bob("POST", f"/api/events/{own}/attendees", {})).status_code == 201
    key = {"Idempotency-Key": "leave for good"}
    assert (await ada("DELETE", "/api/me", headers=key)).status_code == 204
    again = await ada("DELETE", "/api/me", headers=key)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (204, "true")
    assert (await ada("GET", "/api/session")).json()["code"] == "signed-out"
    assert (await ada("GET", "/api/me/export")).json()["code"] == "signed-out"
    state = service.command.writer.committer().state
    assert list(state.users) == [bob.id]
    assert (state.events[own].organizer, state.events[own].status) == ("", "cancelled")
    assert state.events[other].attendances[bob.id].status == "going"
    left = await bob("DELETE", f"/api/events/{own}/attendees/me")
    assert left.status_code == 204  # the event is readable, and its guests can do what they could


async def test_erasing_oneself_deletes_the_cookie(service: RunningService) -> None:
    await service.client.post("/api/session", json={"name": "Ada"})
    response = await service.client.delete("/api/me")
    assert (response.status_code, "Max-Age=0" in response.headers["set-cookie"]) == (204, True)
    assert (await service.client.delete("/api/me")).json()["code"] == "signed-out"
