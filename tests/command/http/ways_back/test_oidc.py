"""Sign-ins over HTTP: a real command service, a real provider, and browsers with cookies."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from oidc_provider import CALLBACK, SECRET, OidcProvider, query_of, sign_in_at_provider
from running_service import DRAFT, RunningService, serving

from turnout_command.app import create_app
from turnout_command.http.rate_limits import LIMITS
from turnout_command.sign_in.oidc.attempts import LIFETIME_S

START = "/api/oidc/start"


@pytest.fixture
def settings(provider: OidcProvider, tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "secret"
    file.write_text(SECRET)
    provider.set_person("ada", name="Ada Lovelace")
    return {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": "basic",
        "oidc_client_secret_file": file,
        "oidc_name": "Example University",
        "oidc_scopes": "openid profile email groups",
        "moderator_group": "moderators",
    }


@pytest.fixture
async def service(valkey_url: str, settings: dict[str, Any]) -> AsyncIterator[RunningService]:
    async with serving(valkey_url, **settings) as running:
        yield running


class Browser:
    """A browser with cookies of its own."""

    def __init__(self, service: RunningService, scheme: str = "http", address: str = "127.0.0.1") -> None:
        transport = httpx.ASGITransport(create_app(service.command), client=(address, 50_000))
        self.client = httpx.AsyncClient(transport=transport, base_url=f"{scheme}://turnout")

    async def start(self, back: str = "/you", **headers: str) -> httpx.Response:
        return await self.client.get(START, params={"back": back}, headers=headers)

    async def answer(self, login: str = "ada", back: str = "/you") -> str:
        """Starts a sign-in and does all of it but the last request, whose address this is."""
        return await sign_in_at_provider((await self.start(back)).headers["location"], login)

    async def sign_in(self, login: str = "ada", back: str = "/you") -> httpx.Response:
        return await self.client.get(await self.answer(login, back))

    async def sign_up(self, name: str) -> str:
        user: str = (await self.client.post("/api/session", json={"name": name})).json()["user"]["id"]
        return user

    async def user(self) -> dict[str, str] | None:
        answer = (await self.client.get("/api/session")).json()
        user: dict[str, str] | None = answer.get("user")
        return user

    async def user_id(self) -> str | None:
        user = await self.user()
        return user["id"] if user is not None else None


def is_failed(response: httpx.Response, back: str = "/you") -> bool:
    """True if the browser is sent back to the page ``back``, which says that the sign-in failed."""
    no_session = not any("turnout_session" in each for each in response.headers.get_list("set-cookie"))
    return (response.status_code, response.headers["location"], no_session) == (303, f"{back}?sign-in=failed", True)


def count(service: RunningService, outcome: str) -> float | None:
    """The number of sign-ins with the provider that ended like this."""
    labels = {"way": "provider", "outcome": outcome}
    return service.command.metrics.registry.get_sample_value("turnout_sign_ins_total", labels)


async def test_a_new_person_signs_in(service: RunningService) -> None:
    browser = Browser(service)
    response = await browser.sign_in(back="/events/abc?a=1")
    assert (response.status_code, response.headers["location"]) == (303, "/events/abc?a=1")
    assert "HttpOnly" in response.headers["set-cookie"]
    user = await browser.user()
    assert user is not None
    assert user["name"] == "Ada Lovelace"


async def test_a_person_comes_back_on_another_device(service: RunningService) -> None:
    first, second = Browser(service), Browser(service)
    await first.sign_in()
    await second.sign_in()
    assert await first.user_id() == await second.user_id() is not None
    assert service.command.writer.committer().state.by_account.keys() == {(service.command.settings.oidc_issuer, "ada")}


async def test_a_guest_gets_a_way_back_and_a_new_token(service: RunningService) -> None:
    guest, later = Browser(service), Browser(service)
    user = await guest.sign_up("Ada")
    former = dict(guest.client.cookies)
    await guest.sign_in()
    await later.sign_in()
    assert await guest.user_id() == await later.user_id() == user
    later.client.cookies.clear()
    later.client.cookies.update(former)
    assert await later.user_id() is None


async def test_a_known_account_signs_its_person_in_instead_of_the_guest(service: RunningService) -> None:
    ada, guest = Browser(service), Browser(service)
    await ada.sign_in()
    await guest.sign_up("Someone")
    await guest.sign_in()
    assert await guest.user_id() == await ada.user_id()


@pytest.mark.parametrize(("bring", "is_brought"), [("1", True), ("0", False), ("", False)])
async def test_a_guest_is_brought_along_on_request(service: RunningService, bring: str, *, is_brought: bool) -> None:
    ada, guest = Browser(service), Browser(service)
    await ada.sign_in()
    former = await guest.sign_up("Someone")
    event = (await guest.client.post("/api/events", json=DRAFT)).json()["id"]
    started = await guest.client.get(START, params={"back": "/you", "bring": bring})
    await guest.client.get(await sign_in_at_provider(started.headers["location"], "ada"))
    state = service.command.writer.committer().state
    assert await guest.user_id() == await ada.user_id()
    assert (state.events[event].organizer == await ada.user_id()) is is_brought
    assert (former not in state.users) is is_brought


async def test_an_answer_works_once(service: RunningService) -> None:
    browser = Browser(service)
    answer = await browser.answer()
    assert (await browser.client.get(answer)).headers["location"] == "/you"
    position = service.position
    assert is_failed(await browser.client.get(answer), "/")
    assert service.position == position
    assert (count(service, "done"), count(service, "failed")) == (1, 1)


async def test_an_answer_of_another_browser_signs_nobody_in(service: RunningService) -> None:
    """Otherwise somebody could have a victim act as themselves (login CSRF)."""
    browser, victim = Browser(service), Browser(service)
    answer = await browser.answer()
    assert is_failed(await victim.client.get(answer), "/")
    await victim.start()
    assert is_failed(await victim.client.get(answer), "/")
    assert await victim.user_id() is None
    assert (await browser.client.get(answer)).headers["location"] == "/you"


async def test_two_tabs_sign_in_at_the_same_time(service: RunningService) -> None:
    browser = Browser(service)
    answers = [await browser.answer(back=back) for back in ("/a", "/b")]
    assert [(await browser.client.get(answer)).headers["location"] for answer in answers] == ["/a", "/b"]


async def test_a_person_who_refuses_at_the_provider_comes_back(service: RunningService) -> None:
    browser = Browser(service)
    state = query_of((await browser.start()).headers["location"])["state"]
    refused = {"error": "access_denied", "error_description": "no\nforged line", "state": state}
    assert is_failed(await browser.client.get(CALLBACK, params=refused))


@pytest.mark.parametrize("query", ["", "code=1", "state=1", "code=1&state=1", "state=%00", "error=a"])
async def test_an_answer_without_a_sign_in_is_refused(service: RunningService, query: str) -> None:
    browser = Browser(service)
    await browser.start()
    assert is_failed(await browser.client.get(f"{CALLBACK}?{query}"), "/")


@pytest.mark.parametrize("path", [f"{START}?back=/&back=/you", f"{CALLBACK}?state=1&state=2"])
async def test_a_parameter_that_is_there_twice_is_refused(service: RunningService, path: str) -> None:
    response = await Browser(service).client.get(path)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("back", ["//other.example", "https://other.example", "/\\other.example", "/\t/other.example"])
async def test_a_sign_in_never_leads_to_another_site(service: RunningService, back: str) -> None:
    assert (await Browser(service).sign_in(back=back)).headers["location"] == "/"


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 303)])
async def test_a_sign_in_begins_on_a_page_of_this_site(service: RunningService, site: str, status: int) -> None:
    assert (await Browser(service).start(**{"Sec-Fetch-Site": site})).status_code == status


async def test_one_address_cannot_begin_sign_ins_without_end(service: RunningService) -> None:
    crowd, neighbour = Browser(service, address="192.0.2.1"), Browser(service, address="192.0.2.2")
    allowed = LIMITS["code"].address.tokens
    codes = [(await crowd.start()).status_code for _ in range(3 * allowed)]
    assert codes[:allowed] == [303] * allowed
    assert 429 in codes
    assert (await neighbour.start()).status_code == 303


async def test_the_browser_is_bound_by_a_short_lived_cookie(service: RunningService) -> None:
    plain, secure = Browser(service), Browser(service, "https")
    cookies = [(await browser.start()).headers["set-cookie"] for browser in (plain, secure)]
    for cookie in cookies:
        attributes = cookie.split("; ")[1:]
        assert {"HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={LIFETIME_S:.0f}"} <= set(attributes)
    assert [cookie.partition("=")[0] for cookie in cookies] == ["turnout_sign_in", "__Host-turnout_sign_in"]
    assert ["Secure" in cookie for cookie in cookies] == [False, True]
    again = (await secure.start()).headers["set-cookie"]
    assert again == cookies[1], "another tab must not end the sign-in of this one"


async def test_the_provider_sends_the_browser_to_the_site_as_it_is_seen(
    valkey_url: str, settings: dict[str, Any]
) -> None:
    async with serving(valkey_url, base_path="/turnout", **settings) as service:
        browser = Browser(service, "https")
        response = await browser.start(back="/turnout/you", Host="events.example:443")
        asked = query_of(response.headers["location"])
        assert asked["redirect_uri"] == "https://events.example/turnout/api/oidc/callback"
        assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
        failed = await browser.client.get("/api/oidc/callback", params={"state": "unknown"})
        assert is_failed(failed, "/turnout/")


@pytest.mark.parametrize("host", ["", "a/b", "a b", "a@b", "a" * 300])
async def test_a_host_that_is_none_is_refused(service: RunningService, host: str) -> None:
    response = await Browser(service).start(Host=host)
    assert (response.status_code, response.json()["code"]) == (422, "invalid")


async def test_a_takeover_ends_a_sign_in_that_has_begun(valkey_url: str, settings: dict[str, Any]) -> None:
    async with serving(valkey_url, **settings) as service:
        browser = Browser(service)
        answer = await browser.answer()
        cookies = browser.client.cookies
    async with serving(valkey_url, **settings) as service:
        browser = Browser(service)
        browser.client.cookies = cookies
        assert is_failed(await browser.client.get(answer), "/")
        assert (await browser.sign_in()).headers["location"] == "/you"


async def test_a_provider_that_is_gone_sends_nobody_away(valkey_url: str, settings: dict[str, Any]) -> None:
    async with serving(valkey_url, **settings | {"oidc_issuer": "http://127.0.0.1:9"}) as service:
        assert is_failed(await Browser(service).start())
        assert count(service, "unavailable") == 1


async def test_the_log_says_why_a_sign_in_failed_and_no_secret(
    service: RunningService, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Browser(service)
    with caplog.at_level(logging.DEBUG):
        answer = await browser.answer()
        await browser.client.get(answer.replace("code=", "code=wrong"))
        asked = query_of(answer)
    lines = [each.getMessage() for each in caplog.records if each.name.partition(".")[0] not in ("httpx", "httpcore")]
    assert "a sign-in with the provider failed: the provider refused the code: invalid_grant" in lines
    secrets = (SECRET, asked["state"], asked["code"], *browser.client.cookies.values())
    assert not any(secret in line for secret in secrets for line in lines)


async def test_a_group_makes_moderators(service: RunningService, provider: OidcProvider) -> None:
    browser = Browser(service)
    for groups, moderates in ((["moderators"], True), (["staff"], False), (["staff", "moderators"], True), ([], False)):
        provider.set_person("mo", name="Mo", groups=groups)
        await browser.sign_in("mo")
        moderators = service.command.writer.committer().state.moderators
        assert ((await browser.user_id()) in moderators) is moderates


async def test_an_account_is_removed_as_a_way_back(service: RunningService) -> None:
    browser, later = Browser(service), Browser(service)
    await browser.sign_in()
    user = await browser.user_id()
    assert user is not None
    account = service.command.writer.committer().state.users[user].accounts[0]
    own = {"Origin": "http://turnout"}
    assert (await browser.client.delete("/api/accounts/unknown", headers=own)).json()["code"] == "account-not-found"
    assert (await later.client.delete(f"/api/accounts/{account.id}")).json()["code"] == "signed-out"
    foreign = {"Origin": "https://other.example"}
    assert (await browser.client.delete(f"/api/accounts/{account.id}", headers=foreign)).status_code == 403
    assert (await browser.client.delete(f"/api/accounts/{account.id}", headers=own)).status_code == 204
    await later.sign_in()
    assert await later.user_id() not in (user, None)


async def test_the_page_learns_the_name_of_the_provider(service: RunningService) -> None:
    assert (await Browser(service).client.get("/api/sign-in")).json()["provider"] == "Example University"


async def test_without_a_provider_nobody_signs_in(valkey_url: str) -> None:
    async with serving(valkey_url) as service:
        client = Browser(service).client
        assert "provider" not in (await client.get("/api/sign-in")).json()
        for path in (START, urlsplit(CALLBACK).path):
            response = await client.get(path)
            assert (response.status_code, response.json()["code"]) == (404, "no-provider")
