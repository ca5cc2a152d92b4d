"""Hosts and guests over HTTP: requests, invitations, roles, people who are kept out, notes."""

from typing import Any

import pytest
from running_service import DRAFT, Guest, RunningService

PRIVATE = DRAFT | {"visibility": "private", "joining": "invitation"}


async def event_of(olga: Guest, **fields: Any) -> str:
    """The address of a new event."""
    return str((await olga("POST", "/api/events", DRAFT | fields)).headers["location"])


async def test_a_request_from_asking_to_a_seat(service: RunningService) -> None:
    olga, ada, bob = [await service.guest(name) for name in ("Olga", "Ada", "Bob")]
    address = await event_of(olga, joining="request")
    asked = await ada("POST", f"{address}/attendees", {"party": 2})
    item = asked.json()
    assert (asked.status_code, item["kind"], item["key"], item["party"]) == (202, "request", f"request:{ada.id}", 2)
    assert (item["user"], item["rank"]) == ({"id": ada.id, "name": "Ada"}, service.position and service.position.seq)
    smaller = await ada("POST", f"{address}/attendees", {"party": 1})
    assert (smaller.status_code, smaller.json()) == (202, item | {"party": 1})
    assert (await ada("POST", f"{address}/attendees", {"party": 1})).json() == smaller.json()
    await bob("POST", f"{address}/attendees", {"party": 2})
    approved = await olga("POST", f"{address}/requests/{ada.id}/approve")
    assert (approved.status_code, approved.json()["status"], approved.json()["user"]["id"]) == (201, "going", ada.id)
    waiting = await olga("POST", f"{address}/requests/{bob.id}/approve", {"party": 2})
    assert (waiting.status_code, waiting.json()["status"]) == (201, "waitlisted")
    late = await olga("POST", f"{address}/requests/{ada.id}/approve")
    assert (late.status_code, late.json()["code"]) == (409, "not-requested")


async def test_a_request_is_withdrawn_or_declined(service: RunningService) -> None:
    olga, ada = await service.guest("Olga"), await service.guest("Ada")
    address = await event_of(olga, joining="request")
    for by, person in ((ada, "me"), (olga, ada.id)):
        await ada("POST", f"{address}/attendees")
        assert (await by("DELETE", f"{address}/requests/{person}")).status_code == 204
        again = await by("DELETE", f"{address}/requests/{person}")
        assert (again.status_code, again.json()["code"]) == (409, "not-requested")


async def test_a_guest_comes_by_a_link(service: RunningService) -> None:
    olga, ada = await service.guest("Olga"), await service.guest("Ada")
    address = (await olga("POST", "/api/events", PRIVATE)).headers["location"]
    made = await olga("POST", f"{address}/invitations", {"role": "guest", "uses": 1})
    link = made.json()
    assert (made.status_code, link["kind"], link["uses"], link["ends_at"]) == (201, "invitation", 1, None)
    assert (len(link["code"]), link["key"], link["made_by"]["id"]) == (26, f"invitation:{link['id']}", olga.id)
    assert (await ada("POST", f"{address}/attendees")).json()["code"] == "event-not-found"
    accepted = await ada("POST", f"{address}/invitations/{link['code']}/accept")
    assert (accepted.status_code, accepted.json()["title"]) == (200, DRAFT["title"])
    assert accepted.headers["etag"] == '"1"'
    assert (await ada("POST", f"{address}/invitations/{link['code']}/accept")).status_code == 200
    assert (await ada("POST", f"{address}/attendees")).status_code == 201


async def test_refused_links_have_the_same_bytes(service: RunningService) -> None:
    olga, ada, bob = [await service.guest(name) for name in ("Olga", "Ada", "Bob")]
    address = (await olga("POST", "/api/events", PRIVATE)).headers["location"]
    used, revoked = [
        (await olga("POST", f"{address}/invitations", {"role": role, "uses": 1})).json() for role in ("guest", "guest")
    ]
    await bob("POST", f"{address}/invitations/{used['code']}/accept")
    assert (await olga("DELETE", f"{address}/invitations/{revoked['code']}")).status_code == 204
    await olga("POST", f"{address}/blocks", {"user": ada.id})
    open_link = (await olga("POST", f"{address}/invitations", {"role": "guest"})).json()
    refused = [
        await ada("POST", f"{event}/invitations/{code}/accept")
        for event, code in [
            (address, used["code"]),
            (address, revoked["code"]),
            (address, open_link["code"]),
            (address, open_link["id"]),
            (address, "a" * 26),
            (address, "%F0%9F%98%80"),
            ("/api/events/nowhere", open_link["code"]),
        ]
    ]
    assert {(each.status_code, each.content) for each in refused} == {(404, refused[0].content)}
    assert refused[0].json()["code"] == "invitation-invalid"
    assert len({frozenset(each.headers) for each in refused}) == 1


async def test_a_co_host_takes_over(service: RunningService) -> None:
    olga, cleo = await service.guest("Olga"), await service.guest("Cleo")
    address = await event_of(olga)
    link = (await olga("POST", f"{address}/invitations", {"role": "co-host"})).json()
    accepted = await cleo("POST", f"{address}/invitations/{link['code']}/accept")
    assert accepted.json()["cohosts"] == [{"id": cleo.id, "name": "Cleo"}]
    refused = await olga("DELETE", f"{address}/hosts/me")
    assert (refused.status_code, refused.json()["code"]) == (409, "last-organizer")
    handed = await olga("POST", f"{address}/hand-over", {"user": cleo.id})
    assert (handed.status_code, handed.json()["organizer"]["id"]) == (200, cleo.id)
    assert (await olga("DELETE", address)).json()["code"] == "not-organizer"
    assert (await olga("DELETE", f"{address}/hosts/me")).status_code == 204
    assert (await cleo("DELETE", f"{address}/hosts/{olga.id}")).json()["code"] == "not-cohost"


async def test_hosts_keep_out_and_allow_again(service: RunningService) -> None:
    olga, ada, bob = [await service.guest(name) for name in ("Olga", "Ada", "Bob")]
    address = await event_of(olga, capacity=1)
    await ada("POST", f"{address}/attendees")
    await bob("POST", f"{address}/attendees")
    assert (await olga("PUT", f"{address}/notes/{ada.id}", {"text": "Loud\r\nand late"})).status_code == 204
    assert (await olga("POST", f"{address}/blocks", {"user": ada.id})).status_code == 204
    assert (await bob("PATCH", f"{address}/attendees/me", {"party": 1})).json()["status"] == "going"
    refused = await ada("POST", f"{address}/attendees")
    assert (refused.status_code, refused.json()["code"]) == (403, "kept-out")
    assert (await olga("POST", f"{address}/blocks", {"user": olga.id})).json()["code"] == "is-host"
    assert (await olga("DELETE", f"{address}/blocks/{ada.id}")).status_code == 204
    assert (await ada("POST", f"{address}/attendees")).status_code == 201


async def test_a_repeated_key_shows_no_event_that_its_user_may_not_see_any_more(service: RunningService) -> None:
    olga, ada = await service.guest("Olga"), await service.guest("Ada")
    address = (await olga("POST", "/api/events", PRIVATE)).headers["location"]
    link = (await olga("POST", f"{address}/invitations", {"role": "guest"})).json()
    call = ("POST", f"{address}/invitations/{link['code']}/accept")
    key = {"Idempotency-Key": "once"}
    assert (await ada(*call, headers=key)).status_code == 200
    assert (await ada(*call, headers=key)).headers["idempotent-replayed"] == "true"
    await olga("POST", f"{address}/blocks", {"user": ada.id})
    again = await ada(*call, headers=key)
    assert (again.status_code, again.json()["code"]) == (404, "event-not-found")
    assert DRAFT["title"] not in again.text


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "invitations", {}, "role"),
        ("POST", "invitations", {"role": "organizer"}, "role"),
        ("POST", "invitations", {"role": "guest", "uses": 0}, "uses"),
        ("POST", "invitations", {"role": "guest", "uses": 1001}, "uses"),
        ("POST", "invitations", {"role": "guest", "ends_at": 1}, "ends_at"),
        ("POST", "invitations", {"role": "guest", "ends_at": "2099-01-01T00:00"}, "ends_at"),
        ("POST", "requests/ada/approve", {"party": 11}, "party"),
        ("POST", "hand-over", {}, "user"),
        ("POST", "blocks", {"user": 1}, "user"),
        ("PUT", "notes/ada", {"text": "a" * 501}, "text"),
        ("PUT", "notes/ada", {"text": "a\u0000"}, "text"),
        ("PUT", "notes/ada", {}, "text"),
    ],
)
async def test_a_malformed_body_names_its_field(
    service: RunningService, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    olga = await service.guest("Olga")
    address = await event_of(olga)
    before = service.position
    refused = await olga(method, f"{address}/{path}", body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert service.position == before
