"""Reports of messages: they show moderators the text, and the one who reports nothing that they do not have."""

import pytest
from running_service import DRAFT, Guest, RunningService

from turnout_core.domain.moderation import Report, ReportedMessage
from turnout_core.domain.notices import Notice
from turnout_core.domain.state import State

REASON = "It is an advertisement"


def state_of(service: RunningService) -> State:
    return service.command.writer.committer().state


def newest_notice(service: RunningService, guest: Guest) -> Notice:
    return state_of(service).inboxes[guest.id].notices[-1]


async def event_with(host: Guest, *guests: Guest) -> str:
    """The address of an event of ``host`` to which ``guests`` go."""
    address = str((await host("POST", "/api/events", DRAFT)).headers["location"])
    for guest in guests:
        assert (await guest("POST", f"{address}/attendees")).status_code == 201
    return address


async def send(host: Guest, address: str, text: str) -> None:
    assert (await host("POST", f"{address}/messages", {"to": "all", "text": text})).status_code == 204


async def report(guest: Guest, address: str, notice: str) -> None:
    answer = await guest("POST", f"{address}/reports", {"reason": REASON, "notice": notice})
    assert (answer.status_code, answer.content) == (204, b"")


def reported(service: RunningService) -> list[ReportedMessage | None]:
    return [each.message for each in state_of(service).reports.values()]


@pytest.fixture
async def olga(service: RunningService) -> Guest:
    return await service.guest("Olga")


@pytest.fixture
async def ada(service: RunningService) -> Guest:
    return await service.guest("Ada")


async def test_each_message_is_reported_once_beside_the_event(service: RunningService, olga: Guest, ada: Guest) -> None:
    address = await event_with(olga, ada)
    expected: list[ReportedMessage | None] = []
    for text in ("Buy my book", "Buy it now"):
        await send(olga, address, text)
        notice = newest_notice(service, ada)
        for _ in range(2):
            await report(ada, address, notice.id)
        expected.append(ReportedMessage(notice.id, olga.id, text))
    await ada("POST", f"{address}/reports", {"reason": REASON})
    assert reported(service) == [*expected, None]
    stored = next(iter(state_of(service).reports.values()))
    assert stored == Report(
        stored.id, "event", newest_notice(service, ada).event, ada.id, REASON, stored.at, expected[0]
    )


async def test_a_notice_that_one_does_not_have_makes_a_report_of_the_event(
    service: RunningService, olga: Guest, ada: Guest
) -> None:
    """Also one of another person, of another event or of another kind; the answer is the same."""
    bob = await service.guest("Bob")
    address, other = await event_with(olga, ada), await event_with(olga, bob)
    await send(olga, address, "Hello Ada")
    await send(olga, other, "Hello Bob")
    await olga("PATCH", other, {"title": "Chess"})
    to_ada, (to_bob, edited) = newest_notice(service, ada), state_of(service).inboxes[bob.id].notices
    assert edited.kind == "changed"
    for address_of, notice in ((address, to_ada.id), (address, to_bob.id), (other, edited.id), (other, "9.message.x")):
        reporter = await service.guest("Bea")
        await report(bob if notice == edited.id else reporter, address_of, notice)
    assert reported(service) == [None] * 4


async def test_a_guest_who_may_not_see_the_event_any_more_reports_nothing_of_it(
    service: RunningService, olga: Guest, ada: Guest
) -> None:
    address = await event_with(olga, ada)
    await send(olga, address, "Hello")
    await ada("DELETE", f"{address}/attendees/me")
    await olga("PATCH", address, {"visibility": "private"})
    body = {"reason": REASON, "notice": newest_notice(service, ada).id}
    refused = [await ada("POST", f"{each}/reports", body) for each in (address, "/api/events/aaaaaaaaaaaa")]
    assert (refused[0].status_code, refused[0].content) == (404, refused[1].content)
    assert reported(service) == []


@pytest.mark.parametrize("notice", ["", "x", "1.message", "0.message.x", "1.Message.x", 1])
async def test_an_id_that_no_notice_can_have_is_invalid(olga: Guest, ada: Guest, notice: object) -> None:
    address = await event_with(olga)
    answer = await ada("POST", f"{address}/reports", {"reason": REASON, "notice": notice})
    assert answer.json()["code"] == "invalid"


async def test_the_text_leaves_the_report_with_its_author(service: RunningService, olga: Guest, ada: Guest) -> None:
    """The report stays."""
    address = await event_with(olga, ada)
    await send(olga, address, "Buy my book")
    notice = newest_notice(service, ada).id
    await report(ada, address, notice)
    await olga("DELETE", "/api/me")
    assert reported(service) == [ReportedMessage(notice)]
    await report(ada, address, notice)
    assert [each for each in reported(service) if each is not None] == [ReportedMessage(notice)]
