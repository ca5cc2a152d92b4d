"""After a takeover codes and challenges are gone, and what the journal has still signs in."""

from contextlib import AsyncExitStack
from typing import Any

from authenticator import Authenticator
from mail_server import MailServer
from running_service import Guest, serving
from signing_in import add_mail, add_passkey, assert_fails, assertion, new_code, sign_in
from waiting import until

_ADDRESS = "ada@here.example"


async def test_codes_and_challenges_are_gone_and_the_ways_back_stay(valkey_url: str, mails: MailServer) -> None:
    settings: dict[str, Any] = {"smtp": f"smtp://127.0.0.1:{mails.port}", "mail_from": "turnout@here.example"}
    key = Authenticator()
    async with AsyncExitStack() as stack:
        leader = await stack.enter_async_context(serving(valkey_url, **settings))
        async with serving(valkey_url, leads=False, **settings) as standby:
            ada = await leader.guest("Ada")
            assert (await add_mail(ada, mails, _ADDRESS)).status_code == 204
            assert (await add_passkey(ada, key)).status_code == 201
            code, proof = await new_code(ada), await assertion(leader, key)
            await leader.client.post("/api/sign-in/mail", json={"address": _ADDRESS})
            await until(lambda: len(mails.codes(_ADDRESS)) == 2)
            refused = await sign_in(standby, way="code", code=code)
            assert (refused.status_code, refused.json()["code"]) == (503, "not-leader")

            await stack.aclose()
            await until(lambda: standby.command.writer.status().ready)

            await assert_fails(standby, way="code", code=code)
            await assert_fails(standby, way="mail", address=_ADDRESS, code=mails.codes(_ADDRESS)[-1])
            await assert_fails(standby, way="passkey", credential=proof)
            here = Guest(standby.client, {"user": {"id": ada.id}, "token": ada.token})
            assert (await sign_in(standby, way="code", code=await new_code(here))).status_code == 201
            fresh = await assertion(standby, key)
            assert (await sign_in(standby, way="passkey", credential=fresh)).status_code == 201
            await standby.client.post("/api/sign-in/mail", json={"address": _ADDRESS})
            await until(lambda: len(mails.codes(_ADDRESS)) == 3)
            mailed = mails.codes(_ADDRESS)[-1]
            assert (await sign_in(standby, way="mail", address=_ADDRESS, code=mailed)).status_code == 201
