"""Steps of signing in over HTTP."""

from typing import Any

import httpx
from authenticator import Authenticator
from mail_server import MailServer
from running_service import Guest, RunningService
from waiting import until

ORIGIN = "http://turnout"


async def sign_in(service: RunningService, **proof: Any) -> httpx.Response:
    """Signs in on a device without a session."""
    service.client.cookies.clear()
    response = await service.client.post("/api/sign-in", json=proof)
    service.client.cookies.clear()
    return response


async def assert_fails(service: RunningService, **proof: Any) -> None:
    """Signing in is refused, and nothing is written."""
    before = service.position
    response = await sign_in(service, **proof)
    assert (response.status_code, response.json()["code"]) == (403, "sign-in-failed")
    assert response.headers.get_list("set-cookie") == []
    assert service.position == before


async def new_code(guest: Guest) -> str:
    response = await guest("POST", "/api/codes")
    assert response.status_code == 201
    code: str = response.json()["code"]
    return code


async def add_mail(guest: Guest, mails: MailServer, address: str) -> httpx.Response:
    """Confirms ``address`` with the code that the server gets."""
    known = len(mails.codes(address))
    assert (await guest("POST", "/api/mail", {"address": address})).status_code == 202
    await until(lambda: len(mails.codes(address)) > known)
    return await guest("POST", "/api/mail/confirm", {"address": address, "code": mails.codes(address)[-1]})


async def add_passkey(guest: Guest, authenticator: Authenticator, origin: str = ORIGIN) -> httpx.Response:
    options = (await guest("POST", "/api/passkeys/options", headers={"Origin": origin})).json()
    return await guest(
        "POST", "/api/passkeys", {"credential": authenticator.create(options, origin)}, headers={"Origin": origin}
    )


async def assertion(service: RunningService, authenticator: Authenticator, origin: str = ORIGIN) -> dict[str, Any]:
    """The answer of ``authenticator`` to new options."""
    options = (await service.client.post("/api/sign-in/options", headers={"Origin": origin})).json()
    return authenticator.get(options, origin)
