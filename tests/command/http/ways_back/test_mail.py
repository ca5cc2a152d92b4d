"""A confirmed mail address signs in, with codes that a real SMTP server gets."""

import logging

import pytest
from mail_server import MailServer
from running_service import RunningService
from signing_in import add_mail, assert_fails, sign_in
from waiting import until

_ADDRESS = "ada@here.example"


async def _code(service: RunningService, mails: MailServer, address: str = _ADDRESS) -> str:
    """A code to sign in with."""
    known = len(mails.codes(address))
    response = await service.client.post("/api/sign-in/mail", json={"address": address})
    assert response.status_code == 202
    await until(lambda: len(mails.codes(address)) > known)
    return mails.codes(address)[-1]


async def test_a_confirmed_address_signs_in(mailing: RunningService, mails: MailServer) -> None:
    ada = await mailing.guest("Ada")
    assert (await add_mail(ada, mails, _ADDRESS)).status_code == 204
    signed_in = await sign_in(mailing, way="mail", address=" ADA@here.example", code=await _code(mailing, mails))
    assert (signed_in.status_code, signed_in.json()["user"]["id"]) == (201, ada.id)


async def test_the_ways_of_a_service_with_mail(mailing: RunningService) -> None:
    assert (await mailing.client.get("/api/sign-in")).json() == {"ways": ["recovery", "code", "passkey", "mail"]}


async def test_an_address_is_compared_in_lower_case_and_its_dots_count(
    mailing: RunningService, mails: MailServer
) -> None:
    ada = await mailing.guest("Ada")
    response = await ada("POST", "/api/mail", {"address": "A.Da@Here.Example"})
    assert (response.status_code, response.json()) == (202, {"expires_in_s": 600})
    await until(lambda: len(mails.mails) == 1)
    (code,) = mails.codes("a.da@here.example")
    other = await ada("POST", "/api/mail/confirm", {"address": _ADDRESS, "code": code})
    assert (other.status_code, other.json()["code"]) == (403, "wrong-code")
    assert (await ada("POST", "/api/mail/confirm", {"address": "A.DA@here.example", "code": code})).status_code == 204


async def test_a_confirmation_may_be_repeated(mailing: RunningService, mails: MailServer) -> None:
    ada = await mailing.guest("Ada")
    assert (await add_mail(ada, mails, _ADDRESS)).status_code == 204
    before = mailing.position
    again = await ada("POST", "/api/mail/confirm", {"address": _ADDRESS, "code": mails.codes(_ADDRESS)[-1]})
    assert (again.status_code, mailing.position) == (204, before)


async def test_a_code_confirms_the_address_of_its_guest_only(mailing: RunningService, mails: MailServer) -> None:
    ada, eve = await mailing.guest("Ada"), await mailing.guest("Eve")
    await ada("POST", "/api/mail", {"address": _ADDRESS})
    await until(lambda: len(mails.mails) == 1)
    (code,) = mails.codes(_ADDRESS)
    refused = await eve("POST", "/api/mail/confirm", {"address": _ADDRESS, "code": code})
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong-code")
    await assert_fails(mailing, way="mail", address=_ADDRESS, code=code)
    assert (await ada("POST", "/api/mail/confirm", {"address": _ADDRESS, "code": code})).status_code == 204


async def test_an_address_signs_one_guest_in(mailing: RunningService, mails: MailServer) -> None:
    ada, grace = await mailing.guest("Ada"), await mailing.guest("Grace")
    await add_mail(ada, mails, _ADDRESS)
    taken = await add_mail(grace, mails, _ADDRESS)
    assert (taken.status_code, taken.json()["code"]) == (409, "mail-taken")
    assert (await ada("DELETE", "/api/mail")).status_code == 204
    assert (await add_mail(grace, mails, _ADDRESS)).status_code == 204


async def test_a_removed_address_signs_nobody_in(mailing: RunningService, mails: MailServer) -> None:
    ada = await mailing.guest("Ada")
    await add_mail(ada, mails, _ADDRESS)
    code = await _code(mailing, mails)
    assert (await ada("DELETE", "/api/mail")).status_code == 204
    await assert_fails(mailing, way="mail", address=_ADDRESS, code=code)


async def test_a_mail_code_works_once_and_takes_five_tries(mailing: RunningService, mails: MailServer) -> None:
    ada = await mailing.guest("Ada")
    await add_mail(ada, mails, _ADDRESS)
    code = await _code(mailing, mails)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(4):
        await assert_fails(mailing, way="mail", address=_ADDRESS, code=wrong)
    assert (await sign_in(mailing, way="mail", address=_ADDRESS, code=code)).status_code == 201
    await assert_fails(mailing, way="mail", address=_ADDRESS, code=code)
    code = await _code(mailing, mails)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(5):
        await assert_fails(mailing, way="mail", address=_ADDRESS, code=wrong)
    await assert_fails(mailing, way="mail", address=_ADDRESS, code=code)


async def test_nothing_tells_whether_an_address_is_known(
    mailing: RunningService, mails: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await mailing.guest("Ada")
    await add_mail(ada, mails, _ADDRESS)
    known = len(mails.mails)
    with caplog.at_level(logging.DEBUG, "turnout"):
        answers = [
            await mailing.client.post("/api/sign-in/mail", json={"address": address})
            for address in ("nobody@here.example", _ADDRESS)
        ]
        await until(lambda: len(mails.mails) > known)
    assert [(each.status_code, each.json()) for each in answers] == [(202, {"expires_in_s": 600})] * 2
    assert answers[0].headers.keys() == answers[1].headers.keys()
    assert mails.recipients[known:] == [_ADDRESS]
    assert "here.example" not in caplog.text
    await assert_fails(mailing, way="mail", address="nobody@here.example", code="000000")


async def test_an_address_gets_five_mails_and_the_answer_stays_the_same(
    mailing: RunningService, mails: MailServer
) -> None:
    ada = await mailing.guest("Ada")
    answers = [await ada("POST", "/api/mail", {"address": _ADDRESS}) for _ in range(7)]
    answers.append(await ada("POST", "/api/mail", {"address": "other@here.example"}))
    assert {each.status_code for each in answers} == {202}
    await until(lambda: bool(mails.codes("other@here.example")) and len(mails.codes(_ADDRESS)) == 5)
    assert len(mails.mails) == 6
    sent = b'turnout_mails_total{result="sent"} 6.0'
    await until(lambda: sent in mailing.command.metrics.render())


async def test_a_mail_server_that_fails_at_first_delays_the_mail_and_nobody(
    mailing: RunningService, mails: MailServer
) -> None:
    mails.replies.append("451 4.3.0 later")
    ada = await mailing.guest("Ada")
    assert (await ada("POST", "/api/mail", {"address": _ADDRESS})).status_code == 202
    await until(lambda: len(mails.recipients) == 1)
    assert (await ada("GET", "/api/session")).status_code == 200
    await until(lambda: len(mails.mails) == 1, timeout_s=20)


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/mail"), ("POST", "/api/sign-in/mail")])
async def test_a_service_without_a_mail_server_says_so(service: RunningService, method: str, path: str) -> None:
    ada = await service.guest()
    response = await ada(method, path, {"address": _ADDRESS})
    assert (response.status_code, response.json()["code"]) == (404, "mail-off")


@pytest.mark.parametrize("address", ["", "ada", "ada@here", "a@b.example\r\nBcc: c@d.example", "x" * 400, 1, None])
async def test_a_wrong_address_is_named(mailing: RunningService, address: object) -> None:
    response = await mailing.client.post("/api/sign-in/mail", json={"address": address})
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert response.json()["errors"][0]["field"] == "address"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/mail", {"address": _ADDRESS}),
        ("POST", "/api/mail/confirm", {"address": _ADDRESS, "code": "1"}),
        ("DELETE", "/api/mail", None),
    ],
)
async def test_a_visitor_has_no_address(mailing: RunningService, method: str, path: str, body: object) -> None:
    response = await mailing.client.request(method, path, json=body)
    assert (response.status_code, response.json()["code"]) == (401, "signed-out")
