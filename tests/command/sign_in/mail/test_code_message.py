"""The mail that brings a code."""

from datetime import UTC, datetime
from email import message_from_string
from email.headerregistry import Address
from email.policy import SMTP, SMTPUTF8

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_command.sign_in.codes import MailPurpose
from turnout_command.sign_in.mail.code_message import CodeMail, code_message
from turnout_core.mail.addresses import parse_address

_SENDER = Address("Turnout", "turnout", "here.example")
_AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_the_code_is_in_the_subject_and_in_both_bodies() -> None:
    mail = code_message(CodeMail("012345", MailPurpose("anna@here.example")), _SENDER, _AT, "abc")
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert mail["Subject"] == "Your code for Turnout: 012345"
    assert "012345" in text.get_content()
    assert ">012345<" in html.get_content()
    assert "once, within 10 minutes" in text.get_content()
    assert mail["Message-ID"] == "<abc@here.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_mail_says_what_its_code_does() -> None:
    bodies = []
    for confirms in (None, "aaaaaaaaaaaa"):
        body = code_message(
            CodeMail("012345", MailPurpose("anna@here.example", confirms)), _SENDER, _AT, "abc"
        ).get_body(("plain",))
        assert body is not None
        bodies.append(body.get_content())
    assert "you are signed in" in bodies[0]
    assert "this address can sign you in" in bodies[1]
    assert "aaaaaaaaaaaa" not in bodies[1]


def test_headers_cannot_be_injected() -> None:
    """Addresses are checked before; this holds for one that is not."""
    with pytest.raises(ValueError, match=r"."):
        code_message(CodeMail("1", MailPurpose("anna@here.example\r\nBcc: b@here.example")), _SENDER, _AT, "abc")


@given(local=st.text(min_size=1, max_size=12))
def test_every_address_gives_a_mail_with_the_same_headers(local: str) -> None:
    try:
        address = parse_address(f"{local}@bücher.example")
    except ValueError:
        return
    mail = code_message(CodeMail("012345", MailPurpose(address)), _SENDER, _AT, "abc")
    policy = SMTP if local.isascii() else SMTPUTF8
    sent = message_from_string(mail.as_bytes(policy=policy).decode(), policy=SMTPUTF8)
    assert sent.keys() == mail.keys()
    assert sent["Subject"] == mail["Subject"]
    assert [each.addr_spec for each in sent["To"].addresses] == [each.addr_spec for each in mail["To"].addresses]
