"""Passkeys over HTTP: an authenticator in software registers, signs in, and is removed."""

from typing import Any

import pytest
from authenticator import Authenticator
from running_service import RunningService, serving
from signing_in import ORIGIN, add_passkey, assert_fails, assertion, sign_in


async def test_a_passkey_signs_in(service: RunningService) -> None:
    ada, key = await service.guest("Ada"), Authenticator()
    service.client.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    added = await add_passkey(ada, key)
    assert added.status_code == 201
    assert added.json()["name"] == "Firefox on Linux"
    for _ in range(2):
        signed_in = await sign_in(service, way="passkey", credential=await assertion(service, key))
        assert (signed_in.status_code, signed_in.json()["user"]["id"]) == (201, ada.id)
        stored = service.command.writer.committer().state.users[ada.id].passkeys[0]
        assert stored.counter == key.counter


async def test_an_assertion_works_once(service: RunningService) -> None:
    ada, key = await service.guest(), Authenticator(counts=False)
    await add_passkey(ada, key)
    response = await assertion(service, key)
    assert (await sign_in(service, way="passkey", credential=response)).status_code == 201
    await assert_fails(service, way="passkey", credential=response)


async def test_a_copied_authenticator_is_refused(service: RunningService) -> None:
    ada, key = await service.guest(), Authenticator()
    await add_passkey(ada, key)
    assert (await sign_in(service, way="passkey", credential=await assertion(service, key))).status_code == 201
    key.counter = 0
    await assert_fails(service, way="passkey", credential=await assertion(service, key))


async def test_an_unknown_passkey_is_refused_like_every_other(service: RunningService) -> None:
    await assert_fails(service, way="passkey", credential=await assertion(service, Authenticator()))


@pytest.mark.parametrize("credential", [{}, {"id": 1}, {"response": {"clientDataJSON": "e30"}}])
async def test_a_credential_of_another_shape_is_refused(service: RunningService, credential: dict[str, Any]) -> None:
    await assert_fails(service, way="passkey", credential=credential)
    ada = await service.guest()
    refused = await ada("POST", "/api/passkeys", {"credential": credential})
    assert (refused.status_code, refused.json()["code"]) == (403, "passkey-refused")


async def test_an_assertion_for_another_origin_is_refused(service: RunningService) -> None:
    ada, key = await service.guest(), Authenticator()
    await add_passkey(ada, key)
    options = (await service.client.post("/api/sign-in/options")).json()
    await assert_fails(service, way="passkey", credential=key.get(options, "http://turnout.evil.example"))


async def test_a_registration_for_another_origin_is_refused(service: RunningService) -> None:
    ada, key = await service.guest(), Authenticator()
    options = (await ada("POST", "/api/passkeys/options")).json()
    refused = await ada("POST", "/api/passkeys", {"credential": key.create(options, "http://evil.example")})
    assert (refused.status_code, refused.json()["code"]) == (403, "passkey-refused")
    page = await ada("POST", "/api/passkeys/options", headers={"Origin": "http://evil.example"})
    assert page.status_code == 403


async def test_the_challenge_of_one_guest_registers_no_other(service: RunningService) -> None:
    ada, eve, key = await service.guest("Ada"), await service.guest("Eve"), Authenticator()
    options = (await eve("POST", "/api/passkeys/options")).json()
    refused = await ada("POST", "/api/passkeys", {"credential": key.create(options, ORIGIN)})
    assert (refused.status_code, refused.json()["code"]) == (403, "passkey-refused")


async def test_a_credential_belongs_to_one_guest(service: RunningService) -> None:
    ada, eve, key = await service.guest("Ada"), await service.guest("Eve"), Authenticator()
    assert (await add_passkey(ada, key)).status_code == 201
    refused = await add_passkey(eve, key)
    assert (refused.status_code, refused.json()["code"]) == (403, "passkey-refused")


async def test_a_removed_passkey_signs_nobody_in(service: RunningService) -> None:
    ada, eve, key = await service.guest("Ada"), await service.guest("Eve"), Authenticator()
    path = f"/api/passkeys/{(await add_passkey(ada, key)).json()['id']}"
    response = await assertion(service, key)
    foreign = await eve("DELETE", path)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "passkey-not-found")
    assert (await ada("DELETE", path)).status_code == 204
    assert (await ada("DELETE", path)).json()["code"] == "passkey-not-found"
    await assert_fails(service, way="passkey", credential=response)


async def test_the_number_of_passkeys_has_a_limit(service: RunningService) -> None:
    ada = await service.guest()
    keys = [Authenticator() for _ in range(10)]
    for key in keys:
        assert (await add_passkey(ada, key)).status_code == 201
    refused = await ada("POST", "/api/passkeys/options")
    assert (refused.status_code, refused.json()["code"]) == (409, "too-many-passkeys")


async def test_a_present_passkey_is_not_registered_again(service: RunningService) -> None:
    ada, key = await service.guest(), Authenticator()
    added = await add_passkey(ada, key)
    options = (await ada("POST", "/api/passkeys/options")).json()
    assert [each["id"] for each in options["excludeCredentials"]] == [added.json()["id"]]


async def test_a_further_origin_has_passkeys_of_its_own(valkey_url: str) -> None:
    """Behind a proxy that changes the header Host, the page's origin is a further one."""
    page = "https://events.example"
    async with serving(valkey_url, origins=(page,)) as service:
        ada, key = await service.guest(), Authenticator()
        options = (await ada("POST", "/api/passkeys/options", headers={"Origin": page})).json()
        assert options["rp"]["id"] == "events.example"
        assert (await add_passkey(ada, key, page)).status_code == 201
        proof = await assertion(service, key, page)
        response = await service.client.post(
            "/api/sign-in", json={"way": "passkey", "credential": proof}, headers={"Origin": page}
        )
        assert response.status_code == 201


async def test_any_origin_in_the_settings_opens_no_way_for_passkeys(valkey_url: str) -> None:
    async with serving(valkey_url, origins=("*",)) as service:
        ada = await service.guest()
        refused = await ada("POST", "/api/passkeys/options", headers={"Origin": "https://evil.example"})
        assert refused.status_code == 403


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/passkeys/options"), ("DELETE", "/api/passkeys/AAEC")])
async def test_a_visitor_has_no_passkeys(service: RunningService, method: str, path: str) -> None:
    response = await service.client.request(method, path)
    assert (response.status_code, response.json()["code"]) == (401, "signed-out")
