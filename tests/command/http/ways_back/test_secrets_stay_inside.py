"""No log line, metric or refusal has a secret, a name or an address, whichever way a guest signs in."""

import logging
from typing import Any

import pytest
from authenticator import Authenticator
from mail_server import MailServer
from running_service import RunningService
from signing_in import add_mail, add_passkey, assertion, new_code, sign_in
from waiting import until

_NAME, _ADDRESS = "Ada-canary", "ada-canary@here.example"
_LINES_OF_THE_TEST = ("httpx", "httpcore", "mail")  # the client, and the mail server that the mails reach


async def _come_back_by_each_way(service: RunningService, mails: MailServer) -> tuple[set[str], str]:
    """Signs in by each way, and tries each secret again when it has ended. Returns the secrets and the refusals."""
    ada, key = await service.guest(_NAME), Authenticator()
    await add_passkey(ada, key)
    await add_mail(ada, mails, _ADDRESS)
    await service.client.post("/api/sign-in/mail", json={"address": _ADDRESS})
    await until(lambda: len(mails.codes(_ADDRESS)) > 1)
    secret = (await ada("POST", "/api/recovery")).json()["secret"]
    code, mailed, credential = await new_code(ada), mails.codes(_ADDRESS)[-1], await assertion(service, key)
    proofs: list[dict[str, Any]] = [
        {"way": "recovery", "secret": secret},
        {"way": "code", "code": code},
        {"way": "mail", "address": _ADDRESS, "code": mailed},
        {"way": "passkey", "credential": credential},
    ]
    answers = [await sign_in(service, **proof) for proof in proofs]
    assert [each.status_code for each in answers] == [201] * 4
    await ada("DELETE", "/api/recovery")
    refused = [await sign_in(service, **proof) for proof in proofs]
    assert [each.status_code for each in refused] == [403] * 4
    tokens = {ada.token, *(each.json()["token"] for each in answers)}
    signature = credential["response"]["signature"]
    return {_NAME, _ADDRESS, secret, code, code.replace("-", ""), signature, *tokens}, "".join(
        f"{each.text}{each.headers}" for each in refused
    )


async def test_logs_metrics_and_refusals_have_no_secret_and_no_name(
    mailing: RunningService, mails: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        secrets, refusals = await _come_back_by_each_way(mailing, mails)
    lines = [each.getMessage() for each in caplog.records if each.name.partition(".")[0] not in _LINES_OF_THE_TEST]
    for text in ("\n".join(lines), mailing.command.metrics.render().decode(), refusals):
        assert [each for each in secrets if each in text] == []
    assert any("a passkey did not sign in" in each for each in lines)  # what is read has the lines of sign-ins
