"""Webhooks and push messages, from a command to real receivers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from http_receiver import Receiver, answering, receiving, stalling
from push_browser import PushBrowser
from running_notifier import until_planning
from running_service import DRAFT, Guest, RunningService, serving
from standardwebhooks import Webhook as Verifier
from waiting import until

from turnout_core.web.vapid import VapidKey
from turnout_notifier.app import NotifierService
from turnout_notifier.notifier import Notifier
from turnout_notifier.settings import Settings

eventually = partial(until, timeout_s=30)
ALLOWED: dict[str, Any] = {"webhook_private": "allow", "push_private": "allow"}
OPERATOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
async def service(valkey_url: str) -> AsyncIterator[RunningService]:
    async with serving(valkey_url, **ALLOWED) as running:
        yield running


@asynccontextmanager
async def notifying(valkey_url: str, **settings: Any) -> AsyncIterator[Notifier]:
    """A notifier that tells what happens from now on: on a new server it begins with where it is."""
    async with NotifierService(Settings(valkey=valkey_url, **ALLOWED | settings)).running() as notifier:
        await until_planning(valkey_url)
        yield notifier


async def create(host: Guest, **fields: Any) -> str:
    return str((await host("POST", "/api/events", DRAFT | fields)).headers["location"])


async def add_webhook(host: Guest, address: str, receiver: Receiver) -> Any:
    url = f"http://127.0.0.1:{receiver.port}/hook"
    return (await host("POST", f"{address}/webhooks", {"url": url})).json()


def types(receiver: Receiver) -> list[str]:
    return [msgspec.json.decode(each.body)["type"] for each in receiver.requests]


async def test_a_webhook_gets_what_happens_to_its_event_and_verifies_it(
    service: RunningService, valkey_url: str
) -> None:
    async with receiving() as receiver, notifying(valkey_url):
        olga, ada = await service.guest("Olga"), await service.guest("Ada")
        address, other = await create(olga, visibility="private"), await create(olga, title="Other")
        secret = (await add_webhook(olga, address, receiver))["secret"]
        await olga("PATCH", address, {"title": "Chess"})
        await eventually(lambda: types(receiver) == ["event.edited"])
        await ada("POST", f"{other}/attendees", {"party": 1})
        await olga("POST", f"{address}/attendees", {"party": 2})
        await eventually(lambda: types(receiver)[1:] == ["attendee.joined"])
        await olga("DELETE", address)
        await eventually(lambda: types(receiver)[2:] == ["event.deleted"])
    payloads = [Verifier(secret).verify(each.body, each.headers) for each in receiver.requests]
    assert [each["data"]["event"].get("going") for each in payloads] == [0, 2, None]
    assert payloads[0]["data"]["event"]["title"] == "Chess"
    assert len({each.headers["webhook-id"] for each in receiver.requests}) == 3


async def test_the_operator_gets_public_events(service: RunningService, valkey_url: str, tmp_path: Path) -> None:
    async with receiving() as receiver:
        file = tmp_path / "webhooks"
        file.write_text(f"http://127.0.0.1:{receiver.port}/ {OPERATOR_SECRET}\n")
        async with notifying(valkey_url, webhooks=file):
            olga = await service.guest("Olga")
            await create(olga, visibility="private")
            await create(olga, title="Public")
            await eventually(lambda: types(receiver) == ["event.created"])
    (got,) = receiver.requests
    assert Verifier(OPERATOR_SECRET).verify(got.body, got.headers)["data"]["event"]["title"] == "Public"


async def test_changes_during_a_pause_of_the_notifier_are_told_afterwards(
    service: RunningService, valkey_url: str
) -> None:
    async with receiving() as receiver:
        olga = await service.guest("Olga")
        first, second = await create(olga), await create(olga)
        for address in (first, second):
            await add_webhook(olga, address, receiver)
        async with notifying(valkey_url):
            await olga("PATCH", first, {"title": "Before"})
            await eventually(lambda: types(receiver) == ["event.edited"])
        await olga("POST", f"{first}/cancel")
        await olga("POST", f"{second}/cancel")  # of which nothing is told when the event is gone
        await olga("DELETE", second)
        async with notifying(valkey_url):
            await eventually(lambda: len(receiver.requests) == 3)
    assert sorted(types(receiver)) == ["event.cancelled", "event.deleted", "event.edited"]


async def test_a_receiver_that_stalls_holds_up_no_other(service: RunningService, valkey_url: str) -> None:
    async with receiving() as slow, receiving() as quick, notifying(valkey_url):
        slow.answers = [stalling]
        olga = await service.guest("Olga")
        address = await create(olga)
        for receiver in (slow, quick):
            await add_webhook(olga, address, receiver)
        await olga("PATCH", address, {"title": "First"})
        await eventually(lambda: len(slow.requests) == len(quick.requests) == 1)
        await olga("PATCH", address, {"title": "Second"})
        await eventually(lambda: len(quick.requests) == 2)


async def test_a_webhook_that_answers_410_is_removed(service: RunningService, valkey_url: str) -> None:
    async with receiving() as receiver, notifying(valkey_url):
        receiver.answers = [answering(410)]
        olga = await service.guest("Olga")
        address = await create(olga)
        await add_webhook(olga, address, receiver)
        await olga("PATCH", address, {"title": "Chess"})
        event = address.rpartition("/")[2]
        await eventually(lambda: service.command.writer.committer().state.events[event].desk is None)


async def subscribe(guest: Guest, receiver: Receiver) -> PushBrowser:
    browser = PushBrowser()
    subscription = browser.subscription(f"http://127.0.0.1:{receiver.port}/")
    keys = {"p256dh": subscription.key, "auth": subscription.auth}
    assert (await guest("POST", "/api/me/push", {"endpoint": subscription.endpoint, "keys": keys})).is_success
    return browser


async def test_a_person_who_moves_up_gets_a_push_message(service: RunningService, valkey_url: str) -> None:
    async with receiving() as receiver, notifying(valkey_url):
        olga, ada, bob = [await service.guest(name) for name in ("Olga", "Ada", "Bob")]
        browser = await subscribe(bob, receiver)
        address = await create(olga, capacity=1)
        for guest in (ada, bob):
            await guest("POST", f"{address}/attendees", {"party": 1})
        await ada("DELETE", f"{address}/attendees/me")
        await eventually(lambda: len(receiver.requests) == 1)
    (got,) = receiver.requests
    message = msgspec.json.decode(browser.decrypt(got.body))
    assert (message["kind"], message["path"]) == ("promoted", address.removeprefix("/api"))
    key = VapidKey.derive(await service.command._secret()).public
    assert got.headers["authorization"].endswith(f", k={key}")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_is_gone_is_forgotten(service: RunningService, valkey_url: str, status: int) -> None:
    async with receiving() as receiver, notifying(valkey_url):
        receiver.answers = [answering(status)]
        olga, ada = await service.guest("Olga"), await service.guest("Ada")
        await subscribe(ada, receiver)
        address = await create(olga)
        await ada("POST", f"{address}/attendees", {"party": 1})
        await olga("POST", f"{address}/cancel")
        await eventually(lambda: service.command.writer.committer().state.users[ada.id].pushes == ())
    assert len(receiver.requests) == 1


async def test_without_push_none_is_planned(service: RunningService, valkey_url: str) -> None:
    async with receiving() as receiver, notifying(valkey_url, push="off"):
        olga, ada = await service.guest("Olga"), await service.guest("Ada")
        await subscribe(ada, receiver)
        address = await create(olga)
        await add_webhook(olga, address, receiver)
        await ada("POST", f"{address}/attendees", {"party": 1})
        await olga("POST", f"{address}/cancel")
        await eventually(lambda: sorted(types(receiver)) == ["attendee.joined", "event.cancelled"])
    assert [each.target for each in receiver.requests] == ["/hook"] * 2
