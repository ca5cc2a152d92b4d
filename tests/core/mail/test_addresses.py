"""Mail addresses: their canonical form, and the form that SMTP needs."""

import pytest
from aiosmtplib.email import parse_address as parse_for_smtp
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.mail.addresses import parse_address, parse_sender, to_mailbox


@pytest.mark.parametrize(
    ("typed", "canonical", "mailbox"),
    [
        ("Anna.B@Here.Example", "anna.b@here.example", "anna.b@here.example"),
        ("  annab@here.example\n", "annab@here.example", "annab@here.example"),
        ("anna+turnout@here.example", "anna+turnout@here.example", "anna+turnout@here.example"),
        ("bob@BÜCHER.example", "bob@bücher.example", "bob@xn--bcher-kva.example"),
        ("bob@xn--bcher-kva.example", "bob@bücher.example", "bob@xn--bcher-kva.example"),
        ("ΔΟΚΙΜΉ@παράδειγμα.example", "δοκιμή@παράδειγμα.example", "δοκιμή@xn--hxajbheg2az3al.example"),
    ],
)
def test_equal_addresses_have_one_form(typed: str, canonical: str, mailbox: str) -> None:
    assert parse_address(typed) == canonical
    assert to_mailbox(canonical).addr_spec == mailbox


@pytest.mark.parametrize(
    "text",
    [
        "", "anna", "anna@", "@here.example", "anna@here", "anna@localhost", "anna@[127.0.0.1]", "a b@here.example",
        '"anna b"@here.example', "anna@here.example\r\nBcc: bob@here.example", "anna@here.example, bob@here.example",
        "Anna <anna@here.example>", "anna@here..example", ".anna@here.example", f"{'a' * 65}@here.example",
        f"anna@{'a' * 250}.example", "anna\x00@here.example", "\ud800@here.example", "anna@here.example>",
    ],
)  # fmt: skip
def test_everything_else_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        parse_address(text)


def test_a_dot_makes_another_address() -> None:
    assert parse_address("a.b@here.example") != parse_address("ab@here.example")


@given(local=st.text(max_size=12), domain=st.sampled_from(["here.example", "BÜCHER.example", "xn--bcher-kva.example"]))
def test_the_canonical_form_is_stable_and_fits_on_a_command_line(local: str, domain: str) -> None:
    try:
        canonical = parse_address(f"{local}@{domain}")
    except ValueError:
        return
    assert parse_address(canonical) == canonical
    assert parse_address(canonical.upper()).count("@") == 1
    mailbox = to_mailbox(canonical)
    assert parse_for_smtp(mailbox.addr_spec) == mailbox.addr_spec


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("turnout@here.example", "Turnout <turnout@here.example>"),
        ("Summer Camp <camp@bücher.example>", "Summer Camp <camp@xn--bcher-kva.example>"),
    ],
)
def test_the_sender_has_a_name(text: str, shown: str) -> None:
    assert str(parse_sender(text)) == shown


@pytest.mark.parametrize("text", ["", "Turnout", "δοκιμή@here.example", "A\r\nBcc: b@here.example <a@here.example>"])
def test_a_wrong_sender_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_sender(text)
