"""The HTTP interface of the command service: the real app on a real Valkey."""

from typing import Any

import httpx
import pytest
from running_service import DRAFT, Guest, RunningService, serving
from waiting import until

from chaos.planted.command import bug_in_a_rule
from turnout_command.app import CommandService, create_app
from turnout_command.settings import Settings
from turnout_core.domain.position import Position
from turnout_core.domain.zones import ZONE_DATA_VERSION
from turnout_core.runtime.valkey_client import connect
from turnout_core.web.identity import COOKIE


async def test_an_event_from_creation_to_deletion(service: RunningService) -> None:
    olga, ada, bob = [await service.guest(name) for name in ("Olga", "Ada", "Bob")]
    created = await olga("POST", "/api/events", DRAFT)
    event = created.json()
    address = f"/api/events/{event['id']}"
    assert (created.status_code, created.headers["location"], created.headers["etag"]) == (201, address, '"1"')
    joined = await ada("POST", f"{address}/attendees")
    assert (joined.status_code, joined.json()["status"], joined.json()["party"]) == (201, "going", 1)
    assert (await bob("POST", f"{address}/attendees", {"party": 2})).json()["status"] == "waitlisted"
    smaller = await bob("PATCH", f"{address}/attendees/me", {"party": 1})
    assert (smaller.status_code, smaller.json()["status"]) == (200, "going")
    assert (await ada("DELETE", f"{address}/attendees/me")).status_code == 204
    assert (await olga("DELETE", f"{address}/attendees/{bob.id}")).status_code == 204
    edited = await olga("PATCH", address, {"title": "Chess", "capacity": None}, headers={"If-Match": '"1"'})
    assert (edited.status_code, edited.headers["etag"], edited.json()["title"]) == (200, '"2"', "Chess")
    assert edited.json()["capacity"] is None
    assert (await olga("POST", f"{address}/cancel")).json()["status"] == "cancelled"
    assert (await ada("POST", f"{address}/attendees")).json()["code"] == "event-cancelled"
    assert (await olga("DELETE", address)).status_code == 204
    assert (await olga("DELETE", address)).json()["code"] == "event-not-found"


async def test_every_response_has_the_position(service: RunningService) -> None:
    ada = await service.guest()
    created = await ada("POST", "/api/events", DRAFT)
    assert Position.parse(created.headers["turnout-position"]).seq == 2
    for response in (
        await ada("GET", "/api/session"),
        await ada("POST", "/api/events", {}),
        await ada("POST", "/api/events/nowhere/attendees"),
        await service.client.get("/api/session"),
    ):
        assert response.headers["turnout-position"] == str(service.position)


async def test_a_stale_edit_is_refused_with_the_present_event(service: RunningService) -> None:
    ada = await service.guest()
    address = (await ada("POST", "/api/events", DRAFT)).headers["location"]
    await ada("PATCH", address, {"title": "Chess"})
    stale = await ada("PATCH", address, {"title": "Go"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "version-conflict")
    assert (stale.json()["event"]["title"], stale.json()["event"]["version"]) == ("Chess", 2)
    assert (await ada("PATCH", address, {"title": "Go"}, headers={"If-Match": "*"})).status_code == 200
    assert (await ada("PATCH", address, {"title": "Go"}, headers={"If-Match": 'W/"3"'})).status_code == 412
    assert (await ada("PATCH", address, {"title": "Go"}, headers={"If-Match": "3"})).json()["code"] == "invalid"


async def test_html_in_a_title_is_text(service: RunningService) -> None:
    ada = await service.guest("<b>Ada</b>")
    title = "<script>alert(1)</script> & Ümläut 🎲"
    response = await ada("POST", "/api/events", DRAFT | {"title": title})
    assert (response.status_code, response.json()["title"]) == (201, title)


CALLS = [
    ("POST", "/api/events", DRAFT),
    ("PATCH", "/api/events/{event}", {"title": "Mine"}),
    ("POST", "/api/events/{event}/cancel", None),
    ("DELETE", "/api/events/{event}", None),
    ("POST", "/api/events/{event}/attendees", {"party": 1}),
    ("PATCH", "/api/events/{event}/attendees/me", {"party": 2}),
    ("DELETE", "/api/events/{event}/attendees/me", None),
    ("DELETE", "/api/events/{event}/attendees/{user}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_a_signed_out_client_changes_nothing(service: RunningService, method: str, path: str, body: Any) -> None:
    ada = await service.guest()
    event = (await ada("POST", "/api/events", DRAFT)).json()["id"]
    before = service.position
    path = path.format(event=event, user=ada.id)
    forged = ada.token[:-9] + ("A" if ada.token[-9] != "A" else "B") + ada.token[-8:]
    for headers in ({}, {"Authorization": f"Bearer {forged}"}, {"Cookie": f"{COOKIE}={forged}"}):
        response = await service.client.request(method, path, json=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (401, "signed-out")
    assert service.position == before


@pytest.mark.parametrize(("method", "path", "body"), CALLS[1:])
async def test_unknown_ids_are_not_found(service: RunningService, method: str, path: str, body: Any) -> None:
    ada = await service.guest()
    before = service.position
    for event in ("aaaaaaaaaaaa", "%00", "..%2f..", "🎲"):
        response = await ada(method, path.format(event=event, user=ada.id), body)
        assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
    assert service.position == before


@pytest.mark.parametrize(("method", "path", "body"), [*CALLS[1:4], CALLS[7]])
async def test_only_the_organizer_changes_an_event(service: RunningService, method: str, path: str, body: Any) -> None:
    ada, eve = await service.guest(), await service.guest("Eve")
    event = (await ada("POST", "/api/events", DRAFT)).json()["id"]
    before = service.position
    response = await eve(method, path.format(event=event, user=ada.id), body)
    assert (response.status_code, response.json()["code"]) == (403, "not-organizer")
    assert service.position == before


@pytest.mark.parametrize("party", [0, 11, -1, 1.5, "2", None, True])
async def test_a_party_must_have_one_to_ten_people(service: RunningService, party: Any) -> None:
    ada = await service.guest()
    address = (await ada("POST", "/api/events", DRAFT)).headers["location"]
    response = await ada("POST", f"{address}/attendees", {"party": party})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "party")


async def test_a_write_from_another_origin_is_refused(service: RunningService) -> None:
    ada = await service.guest()
    before = service.position
    cookie = {"Cookie": f"{COOKIE}={ada.token}"}
    for origin, status in [("http://evil", 403), ("null", 403), ("http://turnout", 201)]:
        response = await service.client.post("/api/events", json=DRAFT, headers=cookie | {"Origin": origin})
        assert response.status_code == status
    assert before is not None
    assert service.position == Position(before.epoch, before.seq + 1)
    refused = await service.client.post("/api/session", json={"name": "Eve"}, headers={"Origin": "http://evil"})
    assert refused.status_code == 403


@pytest.mark.parametrize("authorization", ["", "Basic YWRhOnNlY3JldA==", "Bearer"])
async def test_only_a_bearer_token_replaces_the_origin(service: RunningService, authorization: str) -> None:
    ada = await service.guest()
    headers = {"Cookie": f"{COOKIE}={ada.token}", "Origin": "http://evil", "Authorization": authorization}
    assert (await service.client.post("/api/events", json=DRAFT, headers=headers)).status_code == 403
    bearer = {"Origin": "http://evil", "Authorization": f"Bearer {ada.token}"}
    assert (await service.client.post("/api/events", json=DRAFT, headers=bearer)).status_code == 201


async def test_an_unknown_address_or_method_gets_a_problem_document(service: RunningService) -> None:
    ada = await service.guest()
    for method, path, status in [("GET", "/api/nothing", 404), ("PUT", "/api/events", 405)]:
        response = await ada(method, path)
        assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


async def test_a_bug_answers_500_without_its_words_and_changes_nothing(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await service.guest()
    event = (await ada("POST", "/api/events", DRAFT)).json()["id"]
    assert (await ada("POST", f"/api/events/{event}/attendees", {"party": 1})).status_code == 201
    for part, name, wrong in bug_in_a_rule():
        monkeypatch.setattr(part, name, wrong)
    before = service.position
    transport = httpx.ASGITransport(create_app(service.command), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
        response = await Guest(client, {"user": {"id": ada.id}, "token": ada.token})(
            "PATCH", f"/api/events/{event}/attendees/me", {"party": 2}
        )
    assert (response.status_code, response.json()["detail"]) == (500, "Internal Server Error")
    assert not any(word in response.text for word in ("planted", "ZeroDivision", "Traceback", "turnout_"))
    assert service.position == before


async def test_events_and_sessions_survive_a_restart(valkey_url: str) -> None:
    async with serving(valkey_url) as service:
        ada = await service.guest()
        address = (await ada("POST", "/api/events", DRAFT)).headers["location"]
    async with serving(valkey_url) as service:
        again = Guest(service.client, {"user": {"id": ada.id}, "token": ada.token})
        assert (await again("POST", f"{address}/attendees")).status_code == 201


async def test_commands_succeed_after_cut_connections_to_valkey(service: RunningService, valkey_url: str) -> None:
    await service.guest()
    async with connect(valkey_url) as valkey:
        for _ in range(3):
            await valkey.client_kill_filter(_type="normal", skipme=True)
            await service.guest()
    assert str(service.position).endswith("-4")


async def test_a_standby_reports_its_position_and_refuses_commands(valkey_url: str) -> None:
    async with serving(valkey_url) as leader:
        standby = CommandService(Settings(valkey=valkey_url))
        transport = httpx.ASGITransport(create_app(standby))
        async with standby.running(), httpx.AsyncClient(transport=transport, base_url="http://turnout") as client:
            await leader.guest()
            await until(lambda: standby.writer.position() == leader.position)
            for response in (await client.post("/api/session", json={"name": "A"}), await client.get("/api/session")):
                assert (response.status_code, response.json()["code"]) == (503, "not-leader")
                assert (response.headers["retry-after"], response.headers["turnout-position"]) == (
                    "1",
                    str(leader.position),
                )
            ready = await client.get("/readyz")
            assert (ready.status_code, ready.json()["role"]) == (503, "standby")
        await until(lambda: leader.command.replication.status is not None)
        ready = await leader.client.get("/readyz")
        body = ready.json()
        assert body["valkey"].pop("primary").endswith(("valkey.sock", ":6379"))  # embedded, or in a container
        assert (ready.status_code, body) == (
            200,
            {
                "role": "leader",
                "position": str(leader.position),
                "trouble": None,
                "zone_data": ZONE_DATA_VERSION,
                "valkey": {"replicas": 0, "replicas_needed": 0, "lag_bytes": 0},
            },
        )


async def test_a_leader_reports_health_and_metrics(service: RunningService) -> None:
    await service.guest()
    assert (await service.client.get("/healthz")).status_code == 200
    scraped = (await service.client.get("/metrics")).text
    assert 'turnout_commands_total{outcome="done",type="sign-up"} 1.0' in scraped
    assert "turnout_leader 1.0" in scraped
    assert "turnout_append_seconds_count 1.0" in scraped


async def test_openapi_is_complete_enough_to_generate_a_client(service: RunningService) -> None:
    document = (await service.client.get("/api/openapi.json")).json()
    operations = {
        operation["operationId"]: operation for path in document["paths"].values() for operation in path.values()
    }
    assert operations.keys() >= {
        "create_session", "get_session", "delete_session", "create_event", "edit_event", "cancel_event",
        "delete_event", "join_event", "change_party", "unattend_event", "remove_attendee",
    }  # fmt: skip
    for name in ("create_session", "create_event", "edit_event", "join_event", "change_party"):
        assert operations[name]["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    join = operations["join_event"]
    assert [each["name"] for each in join["parameters"]] == ["event", "Idempotency-Key"]
    assert join["security"] == [{"cookie": []}, {"bearer": []}]
    assert "Turnout-Position" in join["responses"]["201"]["headers"]
    assert join["responses"]["409"]["content"].keys() == {"application/problem+json"}
    assert document["components"]["securitySchemes"].keys() == {"cookie", "bearer"}
    references = {each for each in str(document).split("'") if each.startswith("#/components/schemas/")}
    assert {each.rsplit("/", 1)[1] for each in references} <= document["components"]["schemas"].keys()
