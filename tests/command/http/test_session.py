"""Sessions over HTTP: cookies, tokens and their renewal."""

from itsdangerous import URLSafeSerializer
from running_service import DRAFT, Guest, RunningService, serving

from turnout_core.web.identity import COOKIE


async def test_a_guest_gets_a_cookie_and_a_token(service: RunningService) -> None:
    response = await service.client.post("/api/session", json={"name": "  Ada   Lovelace "})
    assert (response.status_code, response.json()["user"]["name"]) == (201, "Ada Lovelace")
    cookie = response.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=34560000"))
    assert "Secure" not in cookie
    by_cookie = await service.client.get("/api/session")
    assert by_cookie.json() == {"user": response.json()["user"]}
    service.client.cookies.clear()
    bearer = {"Authorization": f"Bearer {response.json()['token']}"}
    assert (await service.client.get("/api/session", headers=bearer)).json() == by_cookie.json()
    assert (await service.client.get("/api/session")).json()["code"] == "signed-out"


async def test_a_cookie_set_over_https_is_secure(service: RunningService) -> None:
    response = await service.client.post("https://turnout/api/session", json={"name": "Ada"})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-turnout_session=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
    assert "Domain" not in cookie
    assert (await service.client.get("https://turnout/api/session")).status_code == 200
    signed_out = await service.client.delete("https://turnout/api/session")
    assert signed_out.headers["set-cookie"].startswith('__Host-turnout_session=""; ')
    assert "Max-Age=0" in signed_out.headers["set-cookie"]


async def test_over_https_a_cookie_of_the_plain_name_does_not_count(service: RunningService) -> None:
    ada = await service.guest()
    plain = {"Cookie": f"{COOKIE}={ada.token}"}
    assert (await service.client.get("http://turnout/api/session", headers=plain)).status_code == 200
    response = await service.client.get("https://turnout/api/session", headers=plain)
    assert (response.status_code, response.json()["code"]) == (401, "signed-out")


async def test_a_cookie_of_an_earlier_version_is_replaced(service: RunningService) -> None:
    ada = await service.guest()
    cookie = {"Cookie": f"{COOKIE}={await untimed_token(service, ada)}"}
    response = await service.client.get("https://turnout/api/session", headers=cookie)
    renewed, deleted = response.headers.get_list("set-cookie")
    assert (response.json()["user"]["id"], response.json().keys()) == (ada.id, {"user"})
    assert renewed.startswith("__Host-turnout_session=")
    assert deleted.startswith(f'{COOKIE}=""; ')
    assert "Max-Age=0" in deleted
    own = {"Cookie": renewed.partition(";")[0]}
    again = await service.client.get("https://turnout/api/session", headers=own)
    assert (again.json()["user"]["id"], again.headers.get_list("set-cookie")) == (ada.id, [])


async def test_an_old_bearer_token_is_replaced_in_the_answer(service: RunningService) -> None:
    ada = await service.guest()
    assert (await ada("GET", "/api/session")).json().keys() == {"user"}
    old = {"Authorization": f"Bearer {await untimed_token(service, ada)}"}
    response = await service.client.get("/api/session", headers=old)
    assert response.headers.get_list("set-cookie") == []
    fresh = {"Authorization": f"Bearer {response.json()['token']}"}
    assert (await service.client.get("/api/session", headers=fresh)).json() == {"user": response.json()["user"]}


async def untimed_token(service: RunningService, guest: Guest) -> str:
    """A token as earlier versions issued it."""
    token = URLSafeSerializer(await service.command._secret(), salt="turnout.session.1").dumps([guest.id, 0])
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
        signed_out = await service.client.delete("/api/session", headers=bearer | {"Idempotency-Key": "other"})
        assert "Path=/turnout" in signed_out.headers["set-cookie"].split("; ")
