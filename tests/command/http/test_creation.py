"""The operator's choice of who creates events, and how many, on a real service."""

from running_service import DRAFT, serving


async def test_the_quota_refuses_one_event_too_many_and_no_repetition(valkey_url: str) -> None:
    async with serving(valkey_url, events_per_person=2) as service:
        ada, ben = await service.guest(), await service.guest("Ben")
        key = {"Idempotency-Key": "the second event of Ada"}
        first = await ada("POST", "/api/events", DRAFT)
        second = await ada("POST", "/api/events", DRAFT, headers=key)
        third = await ada("POST", "/api/events", DRAFT)
        assert (first.status_code, second.status_code, third.status_code) == (201, 201, 409)
        assert third.json()["code"] == "quota-reached"
        assert (await ada("POST", "/api/events", DRAFT, headers=key)).json()["id"] == second.json()["id"]
        assert (await ben("POST", "/api/events", DRAFT)).status_code == 201
        assert (await ada("DELETE", first.headers["location"])).status_code == 204
        assert (await ada("POST", "/api/events", DRAFT)).status_code == 201
    async with serving(valkey_url, events_per_person=2) as successor:
        assert (await ada.on(successor)("POST", "/api/events", DRAFT)).json()["code"] == "quota-reached"


async def test_only_others_may_create(valkey_url: str) -> None:
    async with serving(valkey_url, create="moderators") as service:
        refused = await (await service.guest())("POST", "/api/events", DRAFT)
        assert (refused.status_code, refused.json()["code"]) == (403, "not-permitted")
