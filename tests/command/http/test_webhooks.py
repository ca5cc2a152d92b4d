"""Webhooks over HTTP: the secret is in the response and nowhere else."""

import base64
from typing import Any

import pytest
from running_service import DRAFT, Guest, RunningService, serving
from waiting import until

from turnout_core.domain.host_commands import ForgetWebhook
from turnout_core.journal.keys import Keys
from turnout_core.journal.notifier_requests import NotifierRequests
from turnout_core.runtime.valkey_client import connect

URL = {"url": "https://hooks.example/secret?a=b"}


async def event_of(olga: Guest, **fields: Any) -> str:
    return str((await olga("POST", "/api/events", DRAFT | fields)).headers["location"])


async def test_a_webhook_is_added_with_a_secret_and_removed(service: RunningService) -> None:
    olga = await service.guest("Olga")
    address = await event_of(olga)
    added, other = [(await olga("POST", f"{address}/webhooks", URL)) for _ in range(2)]
    body = added.json()
    assert (added.status_code, sorted(body)) == (201, ["host", "id", "made_at", "secret"])
    assert body["host"] == "hooks.example"
    prefix, _, secret = body["secret"].partition("_")
    assert (prefix, len(base64.b64decode(secret, validate=True))) == ("whsec", 32)
    assert other.json()["secret"] != body["secret"]
    assert (await olga("DELETE", f"{address}/webhooks/{body['id']}")).status_code == 204
    again = await olga("DELETE", f"{address}/webhooks/{body['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "webhook-not-found")


async def test_a_repetition_gets_the_same_secret_which_is_not_stored(service: RunningService) -> None:
    olga = await service.guest("Olga")
    address = await event_of(olga)
    once = {"Idempotency-Key": "once"}
    first, second = [await olga("POST", f"{address}/webhooks", URL, headers=once) for _ in range(2)]
    assert (first.json(), second.headers["idempotent-replayed"]) == (second.json(), "true")
    committer = service.command.writer.committer()
    (stored,) = [each.answered.body for each in committer.state.answers.values() if "webhook" in each.answered.body]
    assert "whsec" not in stored
    assert "secret" not in stored


async def test_everyone_learns_how_many_an_event_may_have(service: RunningService) -> None:
    offered = await service.client.get("/api/webhooks")
    assert (offered.status_code, offered.json()) == (200, {"maximum": 5})
    olga = await service.guest("Olga")
    address = await event_of(olga)
    added = [await olga("POST", f"{address}/webhooks", URL) for _ in range(6)]
    assert [each.status_code for each in added] == [201] * 5 + [409]


async def test_an_instance_without_them_says_so_and_refuses_new_ones(valkey_url: str) -> None:
    async with serving(valkey_url, event_webhooks="off") as service:
        olga = await service.guest("Olga")
        offered = await service.client.get("/api/webhooks")
        refused = await olga("POST", f"{await event_of(olga)}/webhooks", URL)
    assert [(each.status_code, each.json()["code"]) for each in (offered, refused)] == [(404, "webhooks-off")] * 2


async def test_the_notifier_removes_a_webhook_that_is_gone(service: RunningService, valkey_url: str) -> None:
    olga = await service.guest("Olga")
    address = await event_of(olga)
    webhook = (await olga("POST", f"{address}/webhooks", URL)).json()["id"]
    command = ForgetWebhook(event=address.rpartition("/")[2], webhook=webhook)
    async with connect(valkey_url) as valkey:
        requests = NotifierRequests(valkey, Keys().notifier)
        for _ in range(2):  # the second one finds nothing to do
            await requests.put(command)
            await until(lambda: service.command.writer.committer().state.events[command.event].desk is None)
    assert (await olga("DELETE", f"{address}/webhooks/{webhook}")).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/", "https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3:9000/",
        "https://169.254.169.254/latest/meta-data/", "https://printer.local/", "https://2130706433/", "https://valkey:6379/",
    ],
)  # fmt: skip
async def test_addresses_that_lead_into_a_private_network_are_refused(service: RunningService, url: str) -> None:
    olga = await service.guest("Olga")
    refused = await olga("POST", f"{await event_of(olga)}/webhooks", {"url": url})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "url")
