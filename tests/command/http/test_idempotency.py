"""Idempotency keys over HTTP: a repeated request gets the first response."""

import asyncio

import pytest
from running_service import DRAFT, Guest, RunningService

from turnout_core.runtime.valkey_client import connect


async def test_the_same_key_returns_the_first_response(service: RunningService) -> None:
    ada = await service.guest()
    key = {"Idempotency-Key": "once"}
    raced = await asyncio.gather(*(ada("POST", "/api/events", DRAFT, headers=key) for _ in range(5)))
    assert (
        len({(each.status_code, each.content, each.headers["location"], each.headers["etag"]) for each in raced}) == 1
    )
    assert sorted(each.headers.get("idempotent-replayed", "") for each in raced) == ["", *["true"] * 4]
    other = await ada("POST", "/api/events", DRAFT | {"title": "Other"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "invalid")
    elsewhere = await ada("POST", f"{raced[0].headers['location']}/attendees", DRAFT, headers=key)
    assert elsewhere.status_code == 422
    assert str(service.position).endswith("-2")


async def test_a_repeated_request_shows_the_event_as_it_is_now(service: RunningService) -> None:
    ada, key = await service.guest(), {"Idempotency-Key": "once"}
    first = await ada("POST", "/api/events", DRAFT, headers=key)
    await ada("PATCH", first.headers["location"], {"title": "Chess"})
    again = await ada("POST", "/api/events", DRAFT, headers=key)
    assert (again.status_code, again.headers["location"], again.headers["etag"], again.json()["title"]) == (
        201, first.headers["location"], '"2"', "Chess",
    )  # fmt: skip
    await ada("DELETE", first.headers["location"])
    gone = await ada("POST", "/api/events", DRAFT, headers=key)
    assert (gone.status_code, gone.json()["code"]) == (404, "event-not-found")


async def test_a_description_is_stored_once(service: RunningService, valkey_url: str) -> None:
    ada = await service.guest()
    await ada("POST", "/api/events", DRAFT | {"description": "Bring a game"}, headers={"Idempotency-Key": "once"})
    async with connect(valkey_url) as valkey:
        records = await valkey.xrange("{turnout}:journal")
    assert repr(records).count("Bring a game") == 1


async def test_sign_up_and_sign_out_can_be_replayed(
    service: RunningService,
) -> None:
    key = {"Idempotency-Key": "k" * 16}
    first = await service.client.post("/api/session", json={"name": "Ada"}, headers=key)
    service.client.cookies.clear()  # as after a lost answer
    again = await service.client.post("/api/session", json={"name": "Ada"}, headers=key)
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (201, first.json(), "true")
    assert again.headers["set-cookie"] == first.headers["set-cookie"]
    out, out_again = [await service.client.delete("/api/session", headers=key) for _ in range(2)]
    service.client.cookies.clear()
    ended = Guest(service.client, first.json())
    out_again = await ended("DELETE", "/api/session", headers=key)
    assert (out.status_code, out_again.status_code, out_again.headers["idempotent-replayed"]) == (204, 204, "true")
    assert (await ended("DELETE", "/api/session", headers={"Idempotency-Key": "other"})).status_code == 401


async def test_a_rejection_of_a_reused_key_waits_for_a_pending_sign_out(
    service: RunningService, valkey_url: str
) -> None:
    ada, key = await service.guest(), {"Idempotency-Key": "k"}
    await ada("POST", "/api/events", DRAFT, headers=key)
    async with connect(valkey_url) as valkey:
        await valkey.incr("{turnout}:fence")  # another writer leads, so the sign-out will fail
    out, refused = await asyncio.gather(ada("DELETE", "/api/session"), ada("DELETE", "/api/session", headers=key))
    assert (out.status_code, refused.status_code) == (503, 503)


@pytest.mark.parametrize("key", ["", "k" * 201, "k\tk", "schlüssel".encode()])
async def test_a_bad_key_is_refused(service: RunningService, key: str | bytes) -> None:
    ada = await service.guest()
    response = await ada("POST", "/api/events", DRAFT, headers={"Idempotency-Key": key})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "Idempotency-Key")


async def test_a_sign_up_needs_a_long_key(service: RunningService) -> None:
    response = await service.client.post("/api/session", json={"name": "Ada"}, headers={"Idempotency-Key": "k" * 15})
    assert response.status_code == 422
