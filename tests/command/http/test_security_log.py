"""Sign-ins, sessions that end, and refused commands are in the log, by ids and never by a name or a secret."""

import logging

import pytest
from running_service import DRAFT, Guest, RunningService
from signing_in import sign_in

NAME = "Ada-canary"


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "turnout.security")
    return caplog


def new_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines since the last call."""
    found = [each.getMessage() for each in caplog.records if each.name == "turnout.security"]
    caplog.clear()
    return found


async def session_of(guest: Guest) -> str:
    session: str = (await guest("GET", "/api/session")).json()["session"]
    return session


async def test_a_sign_up_is_logged_once(service: RunningService, lines: pytest.LogCaptureFixture) -> None:
    key = {"Idempotency-Key": "a-key-that-is-hard-to-guess"}
    answers = [await service.client.post("/api/session", json={"name": NAME}, headers=key)]
    service.client.cookies.clear()
    answers.append(await service.client.post("/api/session", json={"name": NAME}, headers=key))
    assert [each.status_code for each in answers] == [201, 201]
    content = answers[0].json()
    assert new_lines(lines) == [f"signed up: user {content['user']['id']}, session {content['session']}"]


async def test_each_sign_in_and_each_failed_one_is_logged(
    service: RunningService, lines: pytest.LogCaptureFixture
) -> None:
    ada = await service.guest(NAME)
    secret = (await ada("POST", "/api/recovery")).json()["secret"]
    new_lines(lines)
    content = (await sign_in(service, way="recovery", secret=secret)).json()
    assert new_lines(lines) == [f"signed in by recovery: user {ada.id}, session {content['session']}"]
    await sign_in(service, way="recovery", secret="a" * 26)
    await sign_in(service, way="code", code="ABCD-2345")
    found = new_lines(lines)
    assert found == ["sign-in by recovery failed", "sign-in by code failed"]
    assert not any(each in line for line in found for each in (NAME, secret, content["token"]))


async def test_a_guest_who_is_brought_along_is_logged(service: RunningService, lines: pytest.LogCaptureFixture) -> None:
    ada, phone = await service.guest(NAME), await service.guest("Phone")
    secret = (await ada("POST", "/api/recovery")).json()["secret"]
    former = await session_of(phone)
    new_lines(lines)
    proof = {"way": "recovery", "secret": secret, "bring": True}
    session = (await phone("POST", "/api/sign-in", proof)).json()["session"]
    (line,) = new_lines(lines)
    assert line.startswith(f"signed in by recovery: user {ada.id}, session {session}, in place of session {former}")
    assert line.endswith(f"to bring along user {phone.id}")


async def test_each_revoked_session_is_logged_once(service: RunningService, lines: pytest.LogCaptureFixture) -> None:
    ada = await service.guest(NAME)
    session = await session_of(ada)
    new_lines(lines)
    assert (await ada("DELETE", f"/api/sessions/{session}")).status_code == 204
    assert new_lines(lines) == [f"session revoked: user {ada.id}, session {session}"]
    bo = await service.guest("Bo")
    new_lines(lines)
    key = {"Idempotency-Key": "sign-out"}
    for _ in range(2):
        assert (await bo("DELETE", "/api/session", headers=key)).status_code == 204
    assert new_lines(lines) == [f"signed out everywhere: user {bo.id}"]
    cy = await service.guest("Cy")
    new_lines(lines)
    assert (await cy("DELETE", "/api/me")).status_code == 204
    assert new_lines(lines) == [f"erased, with all sessions: user {cy.id}"]


async def test_a_command_that_is_not_permitted_is_logged(
    service: RunningService, lines: pytest.LogCaptureFixture
) -> None:
    ada, eve = await service.guest(NAME), await service.guest("Eve")
    event = (await ada("POST", "/api/events", DRAFT)).json()["id"]
    new_lines(lines)
    assert (await eve("DELETE", f"/api/events/{event}")).status_code == 403
    assert new_lines(lines) == [f"refused: delete-event of user {eve.id}: not-organizer"]
    assert (await ada("DELETE", f"/api/events/{event}")).status_code == 204
    assert new_lines(lines) == []
