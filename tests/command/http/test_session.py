"""Sessions over HTTP: cookies, tokens and their renewal."""

import re

import pytest
from itsdangerous import URLSafeSerializer
from running_service import DRAFT, Guest, RunningService, serving

from turnout_core.web.identity import COOKIE, HOST_COOKIE, Identity


async def test_a_guest_gets_a_cookie_and_a_token(service: RunningService) -> None:
    response = await service.client.post("/api/session", json={"name": "  Ada   Lovelace "})
    assert (response.status_code, response.json()["user"]["name"]) == (201, "Ada Lovelace")
    cookie = response.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=34560000"))
    assert "Secure" not in cookie
    by_cookie = await service.client.get("/api/session")
    assert by_cookie.json() == {each: response.json()[each] for each in ("user", "session")}
    service.client.cookies.clear()
    bearer = {"Authorization": f"Bearer {response.json()['token']}"}
    assert (await service.client.get("/api/session", headers=bearer)).json() == by_cookie.json()
    assert (await service.client.get("/api/session")).json()["code"] == "signed-out"


async def test_a_browser_may_ask_whether_somebody_is_signed_in(service: RunningService) -> None:
    nobody = await service.client.get("/api/session", params={"optional": "true"})
    assert (nobody.status_code, nobody.content, nobody.headers["vary"]) == (204, b"", "Cookie, Authorization")
    await service.client.post("/api/session", json={"name": "Ada"})
    ada = await service.client.get("/api/session", params={"optional": "true"})
    assert (ada.status_code, ada.json()["user"]["name"]) == (200, "Ada")


@pytest.mark.parametrize("name", ["token", "access_token", "session", COOKIE])
async def test_a_token_in_the_address_or_the_body_identifies_nobody(service: RunningService, name: str) -> None:
    ada = await service.guest()
    for method, path in (("GET", "/api/session"), ("GET", "/api/me/export"), ("POST", "/api/recovery")):
        response = await service.client.request(method, path, params={name: ada.token}, json={name: ada.token})
        assert (response.status_code, response.json()["code"]) == (401, "signed-out")


async def test_a_sign_up_never_replaces_a_living_session(service: RunningService) -> None:
    """Two tabs: one signed up meanwhile. The organizer of an event has no other proof than this cookie."""
    first = await service.client.post("/api/session", json={"name": "Ada"})
    before = service.position
    for headers in ({}, {"Idempotency-Key": "a key of the second tab"}):
        second = await service.client.post("/api/session", json={"name": "Grace"}, headers=headers)
        assert (second.status_code, second.json()) == (200, {each: first.json()[each] for each in ("user", "session")})
        assert second.headers.get_list("set-cookie") == []
    assert service.position == before
    await service.client.delete("/api/session")
    after = await service.client.post("/api/session", json={"name": "Grace"})
    assert (after.status_code, after.json()["user"]["name"]) == (201, "Grace")


async def test_a_bearer_token_leaves_the_cookie_of_another_guest(service: RunningService) -> None:
    grace = await service.guest("Grace")
    await service.client.post("/api/session", json={"name": "Ada"})
    ended = {"Authorization": f"Bearer {grace.token}"}
    signed_out = await service.client.delete("/api/session", headers=ended)
    signed_up = await service.client.post("/api/session", json={"name": "Eve"}, headers=ended)
    assert (signed_out.status_code, signed_up.status_code) == (204, 201)
    assert (await service.client.get("/api/session")).json()["user"]["name"] == "Ada"


async def test_a_refused_sign_out_keeps_the_cookie(service: RunningService) -> None:
    await service.client.post("/api/session", json={"name": "Ada"})
    key = {"Idempotency-Key": "used"}
    await service.client.post("/api/events", json=DRAFT, headers=key)
    refused = await service.client.delete("/api/session", headers=key)
    assert (refused.status_code, refused.headers.get_list("set-cookie")) == (422, [])
    assert (await service.client.get("/api/session")).status_code == 200


async def test_a_cookie_set_over_https_is_secure(service: RunningService) -> None:
    response = await service.client.post("https://turnout/api/session", json={"name": "Ada"})
    cookie = response.headers["set-cookie"]
    assert re.match("__Host-turnout_session_[0-9a-f]{8}=", cookie)
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
    assert "Domain" not in cookie
    assert (await service.client.get("https://turnout/api/session")).status_code == 200
    signed_out = await service.client.delete("https://turnout/api/session")
    assert signed_out.headers["set-cookie"].startswith(f'{cookie.partition("=")[0]}=""; ')
    assert "Max-Age=0" in signed_out.headers["set-cookie"]


async def test_over_https_a_cookie_of_the_plain_name_does_not_count(service: RunningService) -> None:
    ada = await service.guest()
    name = (await service.client.post("/api/session", json={"name": "Eve"})).headers["set-cookie"].partition("=")[0]
    service.client.cookies.clear()
    plain = {"Cookie": f"{name}={ada.token}"}
    assert (await service.client.get("http://turnout/api/session", headers=plain)).status_code == 200
    response = await service.client.get("https://turnout/api/session", headers=plain)
    assert (response.status_code, response.json()["code"]) == (401, "signed-out")


@pytest.mark.parametrize(
    ("scheme", "name", "is_timed"),
    [("http", COOKIE, True), ("http", COOKIE, False), ("https", HOST_COOKIE, True), ("https", COOKIE, False)],
)
async def test_a_cookie_of_an_earlier_version_is_replaced(
    service: RunningService, scheme: str, name: str, *, is_timed: bool
) -> None:
    ada, url = await service.guest(), f"{scheme}://turnout/api/session"
    token = ada.token if is_timed else await untimed_token(service, ada)
    response = await service.client.get(url, headers={"Cookie": f"{name}={token}"})
    renewed, deleted = response.headers.get_list("set-cookie")
    assert (response.json()["user"]["id"], response.json().keys()) == (ada.id, {"user", "session"})
    assert re.match(("__Host-" if scheme == "https" else "") + "turnout_session_[0-9a-f]{8}=", renewed)
    assert deleted.startswith(f'{name}=""; ')
    assert "Max-Age=0" in deleted
    own = {"Cookie": renewed.partition(";")[0]}
    again = await service.client.get(url, headers=own)
    assert (again.json()["user"]["id"], again.headers.get_list("set-cookie")) == (ada.id, [])


@pytest.mark.parametrize(("scheme", "name"), [("http", COOKIE), ("https", HOST_COOKIE), ("https", COOKIE)])
async def test_the_cookie_of_another_instance_stays(service: RunningService, scheme: str, name: str) -> None:
    """An earlier version on another port of this host uses the name without a mark."""
    url = f"{scheme}://turnout/api/session"
    foreign = {"Cookie": f"{name}={Identity('another secret').token('ada', 'sessionaaaaa')}"}
    signed_up = await service.client.post(url, json={"name": "Grace"}, headers=foreign)
    own = signed_up.headers["set-cookie"].partition(";")[0]
    assert signed_up.status_code == 201
    signed_out = await service.client.delete(url, headers={"Cookie": f"{own}; {foreign['Cookie']}"})
    assert signed_out.status_code == 204
    names = [each.partition("=")[0] for each in signed_up.headers.get_list("set-cookie")]
    assert names == [own.partition("=")[0]]
    assert [each.partition("=")[0] for each in signed_out.headers.get_list("set-cookie")] == names


async def test_an_old_bearer_token_is_replaced_in_the_answer(service: RunningService) -> None:
    ada = await service.guest()
    assert (await ada("GET", "/api/session")).json().keys() == {"user", "session"}
    old = {"Authorization": f"Bearer {await untimed_token(service, ada)}"}
    response = await service.client.get("/api/session", headers=old)
    assert response.headers.get_list("set-cookie") == []
    fresh = {"Authorization": f"Bearer {response.json()['token']}"}
    again = (await service.client.get("/api/session", headers=fresh)).json()
    assert again == {each: response.json()[each] for each in ("user", "session")}


async def untimed_token(service: RunningService, guest: Guest) -> str:
    """A token as earlier versions issued it, with the number that counts for this guest."""
    number = service.command.writer.committer().state.users[guest.id].session
    token = URLSafeSerializer(await service.command._secret(), salt="turnout.session.1").dumps([guest.id, number])
    assert isinstance(token, str)
    return token


async def test_signing_out_revokes_every_token(service: RunningService) -> None:
    ada = await service.guest()
    assert (await ada("DELETE", "/api/session")).status_code == 204
    assert (await ada("GET", "/api/session")).json()["code"] == "signed-out"
    assert (await ada("POST", "/api/events", DRAFT)).json()["code"] == "signed-out"


async def test_below_a_path_addresses_and_plain_cookies_have_it(valkey_url: str) -> None:
    async with serving(valkey_url, base_path="/turnout") as service:
        signed_up = await service.client.post("/api/session", json={"name": "Ada"})
        assert "Path=/turnout" in signed_up.headers["set-cookie"].split("; ")
        secure = await service.client.post("https://turnout/api/session", json={"name": "Ada"})
        assert "Path=/" in secure.headers["set-cookie"].split("; ")
        bearer = {"Authorization": f"Bearer {signed_up.json()['token']}", "Idempotency-Key": "k"}
        for _ in range(2):  # the second is a stored response
            created = await service.client.post("/api/events", json=DRAFT, headers=bearer)
            assert created.headers["location"] == f"/turnout/api/events/{created.json()['id']}"
        cookie = {"Cookie": signed_up.headers["set-cookie"].partition(";")[0]}
        signed_out = await service.client.delete("/api/session", headers=cookie)
        assert "Path=/turnout" in signed_out.headers["set-cookie"].split("; ")
