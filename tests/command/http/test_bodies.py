"""Bodies of commands: their type, size and content."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from running_service import DRAFT, RunningService

from turnout_core.domain import limits


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/session", {"name": "Ada"}),
        ("POST", "/api/events", DRAFT),
        ("PATCH", "/api/events/nowhere", {"title": "A"}),
        ("POST", "/api/events/nowhere/cancel", {}),
        ("DELETE", "/api/events/nowhere", {}),
        ("POST", "/api/events/nowhere/attendees", {"party": 1}),
        ("PATCH", "/api/events/nowhere/attendees/me", {"party": 1}),
        ("DELETE", "/api/events/nowhere/attendees/me", {}),
        ("DELETE", "/api/session", {}),
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "", None])
async def test_a_body_of_another_type_is_415(
    service: RunningService, method: str, path: str, body: dict[str, Any], kind: str | None
) -> None:
    ada = await service.guest()
    before = service.position
    headers = {} if kind is None else {"Content-Type": kind}
    response = await ada(method, path, content=json.dumps(body), headers=headers)
    assert (response.status_code, response.json()["code"]) == (415, "invalid")
    assert response.headers["content-type"] == "application/problem+json"
    assert service.position == before


async def test_json_may_have_parameters_and_a_patch_its_own_type(service: RunningService) -> None:
    ada = await service.guest()
    utf8 = {"Content-Type": "Application/JSON; charset=utf-8"}
    created = await ada("POST", "/api/events", content=json.dumps(DRAFT), headers=utf8)
    assert created.status_code == 201
    patch = {"Content-Type": "application/merge-patch+json"}
    address = created.headers["location"]
    assert (await ada("PATCH", address, content='{"title":"Go"}', headers=patch)).status_code == 200
    assert (await ada("POST", f"{address}/attendees", content="{}", headers=patch)).status_code == 415
    assert (await ada("POST", f"{address}/attendees")).status_code == 201  # no body needs no type


async def test_a_member_that_is_there_twice_is_refused(service: RunningService) -> None:
    ada = await service.guest()
    body = '{"title":"A","starts":"2099-11-27T19:30","zone":"UTC","t\\u0069tle":"B"}'
    response = await ada("POST", "/api/events", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert response.json()["errors"] == [{"field": "title", "message": "must not be there twice"}]


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


BAD_BODIES = {
    "malformed": '{"title":',
    "not an object": "[]",
    "empty": "",
    "deeply nested": '{"title":' + nested(20_000) + "}",
    "unknown field": '{"title":"A","starts":"2099-11-27T19:30","zone":"UTC","price":3}',
    "wrong type": '{"title":7,"starts":"2099-11-27T19:30","zone":"UTC"}',
    "NaN": '{"title":"A","starts":"2099-11-27T19:30","zone":"UTC","capacity":NaN}',
    "1e400": '{"title":"A","starts":"2099-11-27T19:30","zone":"UTC","capacity":1e400}',
    "a fraction of a seat": '{"title":"A","starts":"2099-11-27T19:30","zone":"UTC","capacity":2.5}',
    "no seat": '{"title":"A","starts":"2099-11-27T19:30","zone":"UTC","capacity":0}',
    "a bool as a number": '{"title":"A","starts":"2099-11-27T19:30","zone":"UTC","capacity":true}',
    "lone surrogate": '{"title":"\\ud800","starts":"2099-11-27T19:30","zone":"UTC"}',
    "not UTF-8": b'{"title":"\xff\xfe","starts":"2099-11-27T19:30","zone":"UTC"}',
    "control character": '{"title":"A\\u0000B","starts":"2099-11-27T19:30","zone":"UTC"}',
    "blank title": '{"title":"   ","starts":"2099-11-27T19:30","zone":"UTC"}',
    "long title": '{"title":"' + "A" * 121 + '","starts":"2099-11-27T19:30","zone":"UTC"}',
    "script link": '{"title":"A","starts":"2099-11-27T19:30","zone":"UTC","link":"javascript:alert(1)"}',
    "skipped hour": '{"title":"A","starts":"2027-03-28T02:30","zone":"Europe/Vienna"}',
    "no such day": '{"title":"A","starts":"2099-02-30T19:30","zone":"UTC"}',
    "an offset": '{"title":"A","starts":"2099-11-27T19:30Z","zone":"UTC"}',
    "a number as a time": '{"title":"A","starts":1795804200,"zone":"UTC"}',
    "the past": '{"title":"A","starts":"2020-11-27T19:30","zone":"UTC"}',
    "no such zone": '{"title":"A","starts":"2099-11-27T19:30","zone":"../etc/passwd"}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_a_bad_body_is_refused_and_changes_nothing(service: RunningService, body: str | bytes) -> None:
    ada = await service.guest()
    before = service.position
    response = await ada("POST", "/api/events", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["errors"][0].keys() == {"field", "message"}
    assert service.position == before


async def test_pasted_text_is_stored_as_it_is_seen_and_a_replay_answers_the_same(service: RunningService) -> None:
    ada = await service.guest()
    pasted = {**DRAFT, "title": "\u2068Board\u000bgames", "description": "Call \u202a+43 660\u202c\r\nBring\u000bfood"}
    key = {"Idempotency-Key": "pasted"}
    first = await ada("POST", "/api/events", json=pasted, headers=key)
    assert (first.json()["title"], first.json()["description"]) == ("Board games", "Call +43 660\nBring\nfood")
    again = await ada("POST", "/api/events", json=pasted, headers=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()


async def test_a_refused_character_is_named(service: RunningService) -> None:
    ada = await service.guest()
    response = await ada("POST", "/api/events", json={**DRAFT, "place": "Hall\u0007"})
    assert "U+0007" in response.json()["errors"][0]["message"]


async def test_a_body_beyond_the_limit_is_refused(service: RunningService) -> None:
    ada = await service.guest()
    before = service.position

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 1024

    for content in (b" " * (limits.BODY_MAX_BYTES + 1), endless()):
        response = await ada("POST", "/api/events", content=content)
        assert (response.status_code, response.json()["code"]) == (413, "invalid")
    assert service.position == before


OWNED: dict[str, Any] = {"id": "aaaaaaaaaaaa", "organizer": "aaaaaaaaaaaa", "cohosts": ["aaaaaaaaaaaa"], "hidden": True}
OWNED |= {"moderator": True, "blocked": False, "session": 0, "user": "aaaaaaaaaaaa", "status": "going", "order": 0}


@pytest.mark.parametrize("field", OWNED)
async def test_no_body_sets_a_field_that_the_service_decides(service: RunningService, field: str) -> None:
    ada = await service.guest()
    event = (await ada("POST", "/api/events", DRAFT)).json()["id"]
    before, forged = service.position, {field: OWNED[field]}
    answers = [
        await service.client.post("/api/session", json={"name": "Eve"} | forged),
        await ada("PATCH", "/api/session", {"name": "Eve"} | forged),
        await ada("POST", "/api/events", DRAFT | forged),
        await ada("PATCH", f"/api/events/{event}", {"title": "Mine"} | forged),
        await ada("POST", f"/api/events/{event}/attendees", {"party": 1} | forged),
        await ada("POST", f"/api/events/{event}/invitations", {"role": "guest"} | forged),
    ]
    assert {(each.status_code, each.json()["errors"][0]["field"]) for each in answers} == {(422, field)}
    assert service.position == before
