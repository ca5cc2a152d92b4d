"""Preferences, push subscriptions and the secret feed over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from running_service import Guest, RunningService, serving
from waiting import until

from turnout_core.domain.choice_commands import ForgetPush, ReportBounce
from turnout_core.domain.people import push_id
from turnout_core.domain.person_commands import SetMail
from turnout_core.domain.state import User
from turnout_core.journal.keys import Keys
from turnout_core.journal.notifier_requests import NotifierRequests
from turnout_core.runtime.startup import CannotStart
from turnout_core.runtime.valkey_client import connect
from turnout_core.web.signed_links import FEED_SUFFIX, FEEDS
from turnout_core.web.vapid import VapidKey

ENDPOINT = "https://push.example/ada"
KEYS = {"p256dh": VapidKey.derive("a browser").public, "auth": "A" * 22}
PUSH: dict[str, Any] = {"endpoint": ENDPOINT, "keys": KEYS}
DEFAULTS: dict[str, Any] = {"reminders": ["day", "two-hours"], "mail": [], "push": []}
CHOSEN = {
    "reminders": ["day"], "mail": ["message"], "push": [], "quiet": ["22:00", "07:30"], "zone": "Europe/Vienna",
}  # fmt: skip


def user_of(service: RunningService, guest: Guest) -> User:
    return service.command.writer.committer().state.users[guest.id]


def find_feed(service: RunningService, path: str) -> str | None:
    """The id of the user whose feed has the path, as a gateway finds it."""
    identity = service.command._endpoint.tokens()
    token = path.removeprefix(f"{FEEDS}/").removesuffix(FEED_SUFFIX)
    found = identity.links.find_feed(service.command.writer.committer().state, token)
    return found.id if found is not None else None


async def test_preferences_are_put_whole(service: RunningService) -> None:
    ada = await service.guest()
    assert (await ada("PUT", "/api/me/preferences", CHOSEN)).status_code == 204
    data = (await ada("GET", "/api/me/export")).json()
    assert data["preferences"] == CHOSEN
    assert (await ada("PUT", "/api/me/preferences", DEFAULTS | {"push": ["reminder"]})).status_code == 204
    notify = user_of(service, ada).notify
    assert notify is not None
    assert (notify.reminders, notify.push, notify.quiet) == (("day", "two-hours"), ("reminder",), None)
    assert (await ada("PUT", "/api/me/preferences", DEFAULTS)).status_code == 204
    assert (await ada("GET", "/api/me/export")).json()["preferences"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reminders": ["week"]}, "reminders.0"),
        ({"mail": ["news"]}, "mail.0"),
        ({"mail": ["reminder"] * 13}, "mail"),
        ({"quiet": ["22:00"], "zone": "UTC"}, "quiet.1"),
        ({"quiet": ["24:00", "07:00"], "zone": "UTC"}, "quiet.0"),
        ({"quiet": ["22:00", "07:00"]}, "zone"),
        ({"zone": "Mars/Phobos"}, "zone"),
        ({"sms": []}, "sms"),
    ],
)
async def test_wrong_preferences_name_their_field(service: RunningService, body: Any, field: str) -> None:
    response = await (await service.guest())("PUT", "/api/me/preferences", DEFAULTS | body)
    assert (response.status_code, [each["field"] for each in response.json()["errors"]]) == (422, [field])


async def test_a_browser_subscribes_and_ends_that(service: RunningService) -> None:
    ada = await service.guest()
    added = await ada("POST", "/api/me/push", PUSH)
    assert (added.status_code, added.json()["id"]) == (201, push_id(ENDPOINT))
    assert (await ada("POST", "/api/me/push", PUSH)).json() == added.json()
    (push,) = user_of(service, ada).pushes
    assert (push.endpoint, push.key, push.auth) == (ENDPOINT, *KEYS.values())
    assert push.session == user_of(service, ada).sessions[0].id
    exported = (await ada("GET", "/api/me/export")).text
    assert '"service":"https://push.example"' in exported
    assert not [each for each in (ENDPOINT, push.id, *KEYS.values()) if each in exported]
    bob = await service.guest("Bob")
    assert (await bob("DELETE", f"/api/me/push/{push.id}")).json()["code"] == "push-not-found"
    assert (await ada("DELETE", f"/api/me/push/{push.id}")).status_code == 204
    assert user_of(service, ada).pushes == ()


async def test_a_subscription_ends_with_its_session(service: RunningService) -> None:
    ada = await service.guest()
    await ada("POST", "/api/me/push", PUSH)
    assert (await ada("DELETE", "/api/sessions/current")).status_code == 204
    assert user_of(service, ada).pushes == ()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (PUSH | {"endpoint": "http://push.example/x"}, "endpoint"),
        (PUSH | {"endpoint": "https://127.0.0.1:6379/"}, "endpoint"),
        (PUSH | {"endpoint": "https://valkey/x"}, "endpoint"),
        (PUSH | {"endpoint": "https://push.example/" + "x" * 1_000}, "endpoint"),
        (PUSH | {"keys": KEYS | {"p256dh": "A" * 87}}, "keys"),
        (PUSH | {"keys": KEYS | {"auth": "A"}}, "keys.auth"),
        ({"endpoint": ENDPOINT}, "keys"),
    ],
)
async def test_a_subscription_to_which_nothing_may_be_sent_is_refused(
    service: RunningService, body: Any, field: str
) -> None:
    response = await (await service.guest())("POST", "/api/me/push", body)
    assert (response.status_code, [each["field"] for each in response.json()["errors"]]) == (422, [field])


async def test_the_key_is_the_same_in_every_service_and_a_file_replaces_it(valkey_url: str, tmp_path: Path) -> None:
    keys = set()
    for _ in range(2):
        async with serving(valkey_url) as service:
            keys.add((await service.client.get("/api/push/key")).json()["key"])
    assert len(keys) == 1
    private = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "push.pem"
    file.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    async with serving(valkey_url, push_key_file=file) as other:
        assert (await other.client.get("/api/push/key")).json() == {"key": VapidKey(private).public}
    file.write_text("nothing")
    with pytest.raises(CannotStart):
        async with serving(valkey_url, push_key_file=file):
            pass


async def test_push_can_be_off_and_private_services_allowed(valkey_url: str) -> None:
    async with serving(valkey_url, push="off") as service:
        ada = await service.guest()
        refusals = [await service.client.get("/api/push/key"), await ada("POST", "/api/me/push", PUSH)]
        assert [(each.status_code, each.json()["code"]) for each in refusals] == [(404, "push-off")] * 2
    async with serving(valkey_url, push_private="allow") as service:
        ada = await service.guest()
        assert (await ada("POST", "/api/me/push", PUSH | {"endpoint": "http://localhost:9/x"})).status_code == 201


async def test_the_notifier_ends_a_subscription_that_is_gone(service: RunningService, valkey_url: str) -> None:
    ada = await service.guest()
    await ada("POST", "/api/me/push", PUSH)
    async with connect(valkey_url) as valkey:
        requests = NotifierRequests(valkey, Keys().notifier)
        for _ in range(2):  # the second one finds nothing to do
            await requests.put(ForgetPush(user=ada.id, push=push_id(ENDPOINT)))
            await until(lambda: user_of(service, ada).pushes == ())


async def test_the_export_says_that_mail_came_back_until_the_address_is_confirmed_again(
    service: RunningService, valkey_url: str
) -> None:
    ada, committer = await service.guest(), service.command.writer.committer()

    async def exported() -> tuple[str, bool]:
        data = (await ada("GET", "/api/me/export")).json()
        return data["mail"], data["bounced"]

    await committer.submit(SetMail(mail="ada@here.example"), ada.id)
    assert await exported() == ("ada@here.example", False)
    async with connect(valkey_url) as valkey:
        await NotifierRequests(valkey, Keys().notifier).put(ReportBounce(user=ada.id, mail="ada@here.example"))
        await until(lambda: user_of(service, ada).bounced)
    assert await exported() == ("ada@here.example", True)
    await committer.submit(SetMail(mail="ada@here.example"), ada.id)
    assert await exported() == ("ada@here.example", False)


async def test_a_request_of_the_notifier_that_is_not_known_stops_no_other(
    service: RunningService, valkey_url: str
) -> None:
    ada = await service.guest()
    await ada("POST", "/api/me/push", PUSH)
    async with connect(valkey_url) as valkey:
        requests = NotifierRequests(valkey, Keys().notifier)
        await valkey.rpush(Keys().notifier.requests, '{"type": "operate-person", "action": "block"}')
        await requests.put(ForgetPush(user=ada.id, push=push_id(ENDPOINT)))
        await until(lambda: user_of(service, ada).pushes == ())


async def test_a_feed_is_made_replaced_and_ended(service: RunningService) -> None:
    ada = await service.guest()
    key = {"Idempotency-Key": "make a feed"}
    first, second = [await ada("POST", "/api/me/feed", headers=key) for _ in range(2)]
    assert (first.status_code, set(first.json())) == (201, {"feed"})
    paths = [each.json()["feed"] for each in (first, second)]
    assert [find_feed(service, each) for each in paths] == [None, ada.id]
    assert service.command.writer.committer().state.answers == {}
    assert (await ada("GET", "/api/me/export")).json()["feed"] is True
    assert (await ada("DELETE", "/api/me/feed")).status_code == 204
    third = (await ada("POST", "/api/me/feed")).json()["feed"]
    assert [find_feed(service, each) for each in (*paths, third)] == [None, None, ada.id]
    await ada("DELETE", "/api/me")
    assert find_feed(service, third) is None


async def test_choices_need_a_session_and_a_page_of_this_site(service: RunningService) -> None:
    calls: list[tuple[str, str, Any]] = [
        ("PUT", "/api/me/preferences", CHOSEN), ("POST", "/api/me/push", PUSH), ("DELETE", "/api/me/push/x", None),
        ("POST", "/api/me/feed", None), ("DELETE", "/api/me/feed", None),
    ]  # fmt: skip
    elsewhere = {"Origin": "https://elsewhere.example"}
    for method, path, body in calls:
        absent = await service.client.request(method, path, json=body)
        assert (absent.status_code, absent.json()["code"]) == (401, "signed-out"), path
    await service.client.post("/api/session", json={"name": "Ada"})
    for method, path, body in calls:
        assert (await service.client.request(method, path, json=body, headers=elsewhere)).status_code == 403, path
