"""Reports and moderation over HTTP: who may, what changes, and what it says about what exists."""

from typing import Any

import pytest
from running_service import DRAFT, Guest, RunningService

from turnout_core.domain import limits
from turnout_core.domain.moderation import Report
from turnout_core.domain.moderation_commands import OperatePerson
from turnout_core.domain.state import State

REASON = {"reason": "It sells\nsomething"}


def state_of(service: RunningService) -> State:
    return service.command.writer.committer().state


async def moderator(service: RunningService) -> Guest:
    guest = await service.guest("Mona")
    command = OperatePerson(action="add-moderator", user=guest.id, reason="trusted")
    await service.command.writer.committer().submit(command, None)
    return guest


async def event_of(guest: Guest, **draft: Any) -> str:
    return str((await guest("POST", "/api/events", DRAFT | draft)).json()["id"])


async def test_a_guest_reports_an_event_and_a_person_once(service: RunningService) -> None:
    ada, bob = await service.guest(), await service.guest("Bob")
    event = await event_of(ada)
    for path in (f"/api/events/{event}/reports", f"/api/users/{ada.id}/reports"):
        assert (await bob("POST", path, REASON)).status_code == 204
        position = service.position
        assert (await bob("POST", path, {"reason": "again"})).status_code == 204
        assert service.position == position
    reports = [(each.target, each.about, each.by, each.reason) for each in state_of(service).reports.values()]
    assert reports == [("event", event, bob.id, REASON["reason"]), ("person", ada.id, bob.id, REASON["reason"])]
    assert state_of(service).events[event].reports == 1


async def test_a_report_does_not_say_what_exists(service: RunningService) -> None:
    ada, bob = await service.guest(), await service.guest("Bob")
    hidden, nothing = await event_of(ada, visibility="private"), "aaaaaaaaaaaa"
    position = service.position
    events = [await bob("POST", f"/api/events/{each}/reports", REASON) for each in (hidden, nothing)]
    assert (events[0].status_code, events[0].content) == (404, events[1].content)
    assert (await bob("POST", f"/api/users/{nothing}/reports", REASON)).status_code == 204
    assert service.position == position


async def test_hosts_report_neither_their_event_nor_themselves(service: RunningService) -> None:
    ada = await service.guest()
    for path in (f"/api/events/{await event_of(ada)}/reports", f"/api/users/{ada.id}/reports"):
        assert (await ada("POST", path, REASON)).json()["code"] == "not-permitted"
    assert state_of(service).reports == {}


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": " \n"}, {"reason": "a" * 1001}, {"reason": "\x00"}])
async def test_a_reason_is_required(service: RunningService, body: dict[str, str]) -> None:
    ada, mona = await service.guest(), await moderator(service)
    event = await event_of(ada)
    for path in ("reports", "hide"):
        assert (await mona("POST", f"/api/events/{event}/{path}", body)).json()["code"] == "invalid"


async def test_open_reports_are_bounded(service: RunningService) -> None:
    ada, bob = await service.guest(), await service.guest("Bob")
    full = {str(each): Report(str(each), "person", "gone", "", "spam", 0) for each in range(limits.REPORTS_MAX)}
    state_of(service).reports = full
    refused = await bob("POST", f"/api/users/{ada.id}/reports", REASON)
    assert (refused.status_code, refused.json()["code"]) == (503, "full")


async def test_a_moderator_hides_restores_and_takes_down_an_event(service: RunningService) -> None:
    ada, bob, mona = await service.guest(), await service.guest("Bob"), await moderator(service)
    event = await event_of(ada)
    await bob("POST", f"/api/events/{event}/reports", REASON)
    join = f"/api/events/{event}/attendees"
    assert (await mona("POST", f"/api/events/{event}/hide", REASON)).status_code == 204
    assert (await bob("POST", join, {})).json()["code"] == "event-not-found"
    assert (await mona("POST", f"/api/events/{event}/restore", REASON)).status_code == 204
    assert (await bob("POST", join, {})).status_code == 201
    position = service.position
    assert (await mona("POST", f"/api/events/{event}/restore", REASON)).status_code == 204
    assert service.position == position
    assert (await mona("POST", f"/api/events/{event}/take-down", REASON)).status_code == 204
    state = state_of(service)
    assert (state.events, state.reports) == ({}, {})
    audit = [(each.by, each.action, each.about, each.label, each.reason) for each in state.audit[1:]]
    actions = ("hide", "restore", "delete")
    assert audit == [(mona.id, each, event, "Board games", REASON["reason"]) for each in actions]


async def test_a_blocked_person_can_leave_and_nothing_else(service: RunningService) -> None:
    ada, bob, mona = await service.guest(), await service.guest("Bob"), await moderator(service)
    event = await event_of(ada)
    await bob("POST", f"/api/events/{event}/attendees", {})
    assert (await mona("POST", f"/api/users/{bob.id}/block", REASON)).status_code == 204
    assert (await bob("GET", "/api/session")).status_code == 200
    assert (await bob("POST", "/api/events", DRAFT)).json()["code"] == "user-blocked"
    assert (await bob("POST", f"/api/events/{event}/reports", REASON)).json()["code"] == "user-blocked"
    assert (await bob("POST", f"/api/users/{ada.id}/reports", REASON)).json()["code"] == "user-blocked"
    assert (await bob("DELETE", f"/api/events/{event}/attendees/me")).status_code == 204
    assert (await mona("POST", f"/api/users/{bob.id}/unblock", REASON)).status_code == 204
    assert (await bob("POST", "/api/events", DRAFT)).status_code == 201
    assert [each.action for each in state_of(service).audit] == ["add-moderator", "block", "unblock"]


async def test_a_moderator_closes_a_report(service: RunningService) -> None:
    ada, bob, mona = await service.guest(), await service.guest("Bob"), await moderator(service)
    await bob("POST", f"/api/users/{ada.id}/reports", REASON)
    report = next(iter(state_of(service).reports))
    assert (await mona("POST", f"/api/reports/{report}/close", {"reason": "All is well"})).status_code == 204
    assert (await mona("POST", f"/api/reports/{report}/close", REASON)).json()["code"] == "report-not-found"
    last = state_of(service).audit[-1]
    assert (last.by, last.action, last.about, last.label, last.reason) == (
        mona.id, "close", ada.id, "Ada", "All is well",
    )  # fmt: skip


async def test_moderators_block_neither_themselves_nor_each_other(service: RunningService) -> None:
    mona, mike = await moderator(service), await moderator(service)
    for each in (mona, mike):
        assert (await mona("POST", f"/api/users/{each.id}/block", REASON)).json()["code"] == "not-permitted"


async def test_only_moderators_moderate(service: RunningService) -> None:
    """And what they ask about does not show whether it exists."""
    ada, bob, mona = await service.guest(), await service.guest("Bob"), await moderator(service)
    event, hidden = await event_of(ada), await event_of(ada, visibility="private")
    await bob("POST", f"/api/users/{ada.id}/reports", REASON)
    report, nothing = next(iter(state_of(service).reports)), "aaaaaaaaaaaa"
    await service.command.writer.committer().submit(
        OperatePerson(action="block", user=mona.id, reason="left the team"), None
    )
    paths = [f"/api/users/{each}/{action}" for each in (ada.id, nothing) for action in ("block", "unblock")]
    paths += [f"/api/reports/{each}/close" for each in (report, nothing)]
    position = service.position
    for guest, code in ((bob, "not-permitted"), (mona, "user-blocked")):
        for action in ("hide", "restore", "take-down"):
            assert (await guest("POST", f"/api/events/{event}/{action}", REASON)).json()["code"] == code
            answers = [await guest("POST", f"/api/events/{each}/{action}", REASON) for each in (hidden, nothing)]
            assert (answers[0].status_code, answers[0].content) == (404, answers[1].content)
        assert len({(await guest("POST", each, REASON)).content for each in paths}) == 1
    for path in (*paths, f"/api/events/{event}/reports"):
        assert (await service.client.post(path, json=REASON)).json()["code"] == "signed-out"
    assert service.position == position
