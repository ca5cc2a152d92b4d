"""A code of one device signs another one in."""

import pytest
from running_service import DRAFT, RunningService
from signing_in import assert_fails, new_code, sign_in

_PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"


async def test_a_code_signs_another_device_in(service: RunningService) -> None:
    ada = await service.guest("Ada")
    response = await ada("POST", "/api/codes")
    assert (response.status_code, response.json()["expires_in_s"]) == (201, 600)
    service.client.headers["User-Agent"] = _PHONE
    signed_in = await sign_in(service, way="code", code=response.json()["code"].lower().replace("-", " "))
    assert signed_in.status_code == 201
    assert signed_in.json()["user"] == {"id": ada.id, "name": "Ada"}
    assert signed_in.json()["token"] != ada.token
    assert "HttpOnly" in signed_in.headers["set-cookie"]
    sessions = service.command.writer.committer().state.users[ada.id].sessions
    assert len(sessions) == 2
    assert sessions[1].id == signed_in.json()["session"]
    assert sessions[1].device == "Chrome Mobile on Android"


async def test_both_devices_are_the_same_guest(service: RunningService) -> None:
    ada = await service.guest("Ada")
    signed_in = await sign_in(service, way="code", code=await new_code(ada))
    for token in (ada.token, signed_in.json()["token"]):
        me = await service.client.get("/api/session", headers={"Authorization": f"Bearer {token}"})
        assert me.json()["user"]["id"] == ada.id


async def test_a_code_works_once(service: RunningService) -> None:
    code = await new_code(await service.guest())
    assert (await sign_in(service, way="code", code=code)).status_code == 201
    await assert_fails(service, way="code", code=code)
    metrics = service.command.metrics.render().decode()
    for outcome in ("done", "failed"):
        assert f'turnout_sign_ins_total{{outcome="{outcome}",way="code"}} 1.0' in metrics


async def test_signing_in_replaces_the_cookie_of_a_guest(service: RunningService) -> None:
    ada = await service.guest("Ada")
    code = await new_code(ada)
    await service.client.post("/api/session", json={"name": "A guest of this device"})
    signed_in = await service.client.post("/api/sign-in", json={"way": "code", "code": code})
    assert signed_in.status_code == 201
    assert (await service.client.get("/api/session")).json()["user"]["id"] == ada.id


async def test_a_code_brings_the_guest_of_the_device_along(service: RunningService) -> None:
    ada, guest = await service.guest("Ada"), await service.guest("Ada")
    event = (await guest("POST", "/api/events", DRAFT)).json()["id"]
    proof = {"way": "code", "code": await new_code(ada), "bring": True}
    assert (await guest("POST", "/api/sign-in", proof)).status_code == 201
    assert service.command.writer.committer().state.events[event].organizer == ada.id
    assert (await guest("GET", "/api/session")).json()["code"] == "signed-out"


async def test_a_wrong_code_brings_nobody_along(service: RunningService) -> None:
    guest = await service.guest("Ada")
    refused = await guest("POST", "/api/sign-in", {"way": "code", "code": "ACDE-FGHJ", "bring": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "sign-in-failed")
    assert (await guest("GET", "/api/session")).status_code == 200


async def test_a_new_code_ends_the_one_before(service: RunningService) -> None:
    ada = await service.guest()
    first, second = await new_code(ada), await new_code(ada)
    await assert_fails(service, way="code", code=first)
    assert (await sign_in(service, way="code", code=second)).status_code == 201


@pytest.mark.parametrize("path", ["/api/session", "/api/sessions/current"])
async def test_a_code_ends_with_the_session_that_asked_for_it(service: RunningService, path: str) -> None:
    ada = await service.guest()
    code = await new_code(ada)
    assert (await ada("DELETE", path)).status_code == 204
    await assert_fails(service, way="code", code=code)


@pytest.mark.parametrize("code", ["", "ACDE-FGHJ", "0000-0000", "\u0000", "💥", "A" * 64])
async def test_another_text_does_not_sign_in(service: RunningService, code: str) -> None:
    await new_code(await service.guest())
    await assert_fails(service, way="code", code=code)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "way"),
        ({"way": "magic"}, "way"),
        ({"way": "code"}, "code"),
        ({"way": "code", "code": 1}, "code"),
        ({"way": "code", "code": "A" * 65}, "code"),
        ({"way": "code", "code": "A", "user": "aaaaaaaaaaaa"}, "user"),
        ({"way": "mail", "address": "nowhere", "code": "1"}, "address"),
        ({"way": "passkey", "credential": []}, "credential"),
    ],
)
async def test_a_malformed_proof_is_invalid(service: RunningService, body: object, field: str) -> None:
    response = await service.client.post("/api/sign-in", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert [each["field"] for each in response.json()["errors"]] == [field]


async def test_a_visitor_gets_no_code(service: RunningService) -> None:
    response = await service.client.post("/api/codes")
    assert (response.status_code, response.json()["code"]) == (401, "signed-out")


@pytest.mark.parametrize("path", ["/api/codes", "/api/sign-in", "/api/sign-in/options", "/api/passkeys/options"])
async def test_a_page_of_another_origin_is_refused(service: RunningService, path: str) -> None:
    """It could sign a visitor in as somebody else, or read a code."""
    await service.client.post("/api/session", json={"name": "Ada"})
    body = {"way": "code", "code": "ACDE-FGHJ"} if path == "/api/sign-in" else None
    response = await service.client.post(path, json=body, headers={"Origin": "http://evil.example"})
    assert response.status_code == 403
    assert "may not act here" in response.json()["detail"]


async def test_the_ways_of_a_service_without_mail(service: RunningService) -> None:
    assert (await service.client.get("/api/sign-in")).json() == {"ways": ["recovery", "code", "passkey"]}
