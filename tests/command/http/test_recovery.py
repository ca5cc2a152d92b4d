"""Recovery links over HTTP: made, used, replaced, ended."""

import re

import pytest
from running_service import DRAFT, Guest, RunningService

from turnout_core.domain.rejections import SignInFailed


async def secret_of(guest: Guest) -> str:
    response = await guest("POST", "/api/recovery")
    assert response.status_code == 201
    secret = response.json()["secret"]
    assert re.fullmatch("[a-z2-7]{26}", secret)
    assert response.json().keys() == {"secret"}
    return str(secret)


async def sign_in(service: RunningService, secret: str, **rest: object) -> dict[str, object]:
    response = await service.client.post("/api/sign-in", json={"way": "recovery", "secret": secret} | rest)
    return dict(response.json()) | {"status": response.status_code}


async def test_the_link_signs_another_device_in(service: RunningService) -> None:
    ada = await service.guest()
    secret = await secret_of(ada)
    before = (await ada("GET", "/api/session")).json()
    device = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"}
    response = await service.client.post("/api/sign-in", json={"way": "recovery", "secret": secret}, headers=device)
    assert (response.status_code, response.json()["user"]) == (201, before["user"])
    assert response.json()["session"] != before["session"]
    assert "HttpOnly" in response.headers["set-cookie"]
    assert (await service.client.get("/api/session")).json()["user"] == before["user"]
    service.client.cookies.clear()
    other = Guest(service.client, response.json())
    assert (await other("GET", "/api/session")).json()["session"] == response.json()["session"]
    assert (await ada("GET", "/api/session")).json() == before
    state = service.command.writer.committer().state
    assert [each.device for each in state.users[ada.id].sessions] == ["", "Firefox on Linux"]


async def test_over_https_a_sign_in_sets_a_secure_cookie_with_a_new_token(service: RunningService) -> None:
    ada = await service.guest()
    proof = {"way": "recovery", "secret": await secret_of(ada)}
    response = await service.client.post("https://turnout/api/sign-in", json=proof)
    cookie = response.headers["set-cookie"]
    assert re.match("__Host-turnout_session_[0-9a-f]{8}=", cookie)
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert response.json()["token"] in cookie
    assert ada.token not in cookie


@pytest.mark.parametrize("spelling", [str.upper, lambda secret: f" {secret[:13]}-{secret[13:]}\n"])
async def test_people_may_type_the_secret(service: RunningService, spelling: object) -> None:
    ada = await service.guest()
    assert callable(spelling)
    assert (await sign_in(service, spelling(await secret_of(ada))))["status"] == 201


async def test_only_a_digest_of_the_secret_is_kept(service: RunningService) -> None:
    ada = await service.guest()
    secret = await secret_of(ada)
    kept = repr(vars(service.command.writer.committer().state))
    assert secret not in kept


async def test_an_idempotency_key_stores_no_secret(service: RunningService) -> None:
    ada = await service.guest()
    key = {"Idempotency-Key": "make a link"}
    first, second = [(await ada("POST", "/api/recovery", headers=key)).json()["secret"] for _ in range(2)]
    assert first != second
    assert (await sign_in(service, second))["status"] == 201
    assert service.command.writer.committer().state.answers == {}


async def test_replaced_ended_and_wrong_secrets_get_the_same_refusal(service: RunningService) -> None:
    ada = await service.guest()
    replaced, ended = await secret_of(ada), await secret_of(ada)
    assert (await sign_in(service, replaced))["code"] == "sign-in-failed"
    service.client.cookies.clear()
    assert (await ada("DELETE", "/api/recovery")).status_code == 204
    position = service.position
    refusals = [await sign_in(service, each) for each in (replaced, ended, "a" * 26, "", "\x00", "ü")]
    assert refusals == [{"status": 403, **SignInFailed().problem()}] * len(refusals)
    assert service.position == position
    assert service.client.cookies.jar is not None
    assert not list(service.client.cookies.jar)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"way": "recovery"}, {"secret": "a" * 26}, {"way": "magic", "secret": "a" * 26},
        {"way": "recovery", "secret": "a" * 101}, {"way": "recovery", "secret": "a" * 26, "bring": 1},
        {"way": "recovery", "secret": "a" * 26, "user": "a" * 12},
    ],
)  # fmt: skip
async def test_malformed_proofs_are_invalid(service: RunningService, body: dict[str, object]) -> None:
    response = await service.client.post("/api/sign-in", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


async def test_a_link_needs_a_session_and_a_page_of_this_site(service: RunningService) -> None:
    for method in ("POST", "DELETE"):
        response = await service.client.request(method, "/api/recovery")
        assert (response.status_code, response.json()["code"]) == (401, "signed-out")
    ada = await service.guest()
    secret = await secret_of(ada)
    elsewhere = {"Origin": "https://elsewhere.example"}
    body = {"way": "recovery", "secret": secret}
    assert (await service.client.post("/api/sign-in", json=body, headers=elsewhere)).status_code == 403
    assert (await service.client.post("/api/recovery", headers=elsewhere)).status_code == 403


async def test_signing_in_again_on_a_device_replaces_its_session(service: RunningService) -> None:
    ada = await service.guest()
    secret = await secret_of(ada)
    tokens = []
    for _ in range(2):
        response = await service.client.post("/api/sign-in", json={"way": "recovery", "secret": secret})
        tokens.append({"Authorization": f"Bearer {response.json()['token']}"})
    service.client.cookies.clear()
    statuses = [(await service.client.get("/api/session", headers=each)).status_code for each in tokens]
    assert statuses == [401, 200]
    assert (await ada("GET", "/api/session")).status_code == 200


async def test_a_device_brings_its_guest_along(service: RunningService) -> None:
    ada, olga = await service.guest(), await service.guest("Olga")
    secret = await secret_of(ada)
    event = (await olga("POST", "/api/events", DRAFT)).json()["id"]
    guest = await service.client.post("/api/session", json={"name": "Ada on the phone"})
    elsewhere = {"Authorization": f"Bearer {guest.json()['token']}"}
    own = (await service.client.post("/api/events", json=DRAFT)).json()["id"]
    assert (await service.client.post(f"/api/events/{event}/attendees", json={"party": 2})).status_code == 201
    signed_in = await sign_in(service, secret, bring=True)
    assert signed_in["user"] == {"id": ada.id, "name": "Ada"}
    service.client.cookies.clear()
    state = service.command.writer.committer().state
    assert list(state.events[event].attendances) == [ada.id]
    assert state.events[own].organizer == ada.id
    assert guest.json()["user"]["id"] not in state.users
    assert (await service.client.get("/api/session", headers=elsewhere)).json()["code"] == "signed-out"
    assert (await ada("POST", f"/api/events/{own}/cancel")).status_code == 200


async def test_without_a_guest_nothing_is_brought_along(service: RunningService) -> None:
    ada = await service.guest()
    secret = await secret_of(ada)
    assert (await sign_in(service, secret, bring=True))["status"] == 201
    assert (await sign_in(service, secret, bring=True))["user"] == {"id": ada.id, "name": "Ada"}  # oneself
