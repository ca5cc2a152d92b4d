"""Claims about a person: which are believed. Addresses of a provider: which are used."""

from typing import Any

import pytest

from turnout_command.sign_in.oidc.account import ProviderAccount, account_of
from turnout_command.sign_in.oidc.addresses import is_issuer, is_secure
from turnout_command.sign_in.oidc.names import choose_name
from turnout_core.domain.limits import NAME_MAX_CHARS


def account(id_token: dict[str, Any], userinfo: dict[str, Any] | None = None) -> ProviderAccount:
    return account_of("https://id.example", {"sub": "1", **id_token}, userinfo or {}, "groups")


@pytest.mark.parametrize(
    ("id_token", "userinfo", "names"),
    [
        ({}, {}, ()),
        ({"name": "Ada"}, {"name": "Ada"}, ("Ada",)),
        ({"preferred_username": "ada"}, {"name": "Ada Lovelace"}, ("Ada Lovelace", "ada")),
        ({"name": " "}, {"name": ""}, ()),
        ({"name": ["Ada"]}, {"name": 7}, ()),
    ],
)
def test_names(id_token: dict[str, Any], userinfo: dict[str, Any], names: tuple[str, ...]) -> None:
    assert account(id_token, userinfo).names == names


@pytest.mark.parametrize(
    ("id_token", "userinfo", "mail"),
    [
        ({"email": "a@x.example", "email_verified": True}, {}, "a@x.example"),
        ({}, {"email": "a@x.example", "email_verified": True}, "a@x.example"),
        ({"email": "a@x.example"}, {}, None),
        ({"email": "a@x.example", "email_verified": False}, {}, None),
        ({"email": "a@x.example", "email_verified": "true"}, {}, None),
        ({"email": "eve@x.example"}, {"email_verified": True}, None),
        ({"email": "eve@x.example"}, {"email": "a@x.example", "email_verified": True}, "a@x.example"),
        ({"email": ["a@x.example"], "email_verified": True}, {}, None),
    ],
)
def test_a_mail_counts_if_the_same_source_has_verified_it(
    id_token: dict[str, Any], userinfo: dict[str, Any], mail: str | None
) -> None:
    assert account(id_token, userinfo).mail == mail


@pytest.mark.parametrize(
    ("id_token", "userinfo", "groups"),
    [
        ({"groups": ["a", "b"]}, {"groups": ["c"]}, {"a", "b"}),
        ({}, {"groups": ["c"]}, {"c"}),
        ({"groups": []}, {"groups": ["c"]}, set()),
        ({"groups": "a"}, {}, {"a"}),
        ({"groups": {"a": True}}, {}, set()),
        ({"groups": ["a", 7, None]}, {}, {"a"}),
        ({}, {}, set()),
    ],
)
def test_groups(id_token: dict[str, Any], userinfo: dict[str, Any], groups: set[str]) -> None:
    assert account(id_token, userinfo).groups == groups


@pytest.mark.parametrize(
    ("address", "secure", "issuer"),
    [
        ("https://id.example", True, True),
        ("https://id.example/realms/a", True, True),
        ("https://id.example/?a=1", True, False),
        ("https://id.example/#a", False, False),
        ("http://id.example", False, False),
        ("http://localhost:8080/realms/a", True, True),
        ("http://127.9.9.9:8080", True, True),
        ("http://[::1]:8080", True, True),
        ("http://localhost.example", False, False),
        ("http://127.0.0.1.example", False, False),
        ("http://127.0.0.1@id.example", False, False),
        ("https://ada:secret@id.example", False, False),
        ("https://", False, False),
        ("https://[::1", False, False),
        ("ftp://localhost", False, False),
        ("id.example", False, False),
        ("", False, False),
    ],
)
def test_which_addresses_are_used(address: str, *, secure: bool, issuer: bool) -> None:
    assert (is_secure(address), is_issuer(address)) == (secure, issuer)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("Ada  Lovelace", "ada"), "Ada Lovelace"),
        (("\u2800", "ada"), "ada"),
        (("A\x00da", "ada"), "ada"),
        (("A" * 99,), "A" * NAME_MAX_CHARS),
        (("\ud800",), None),
        ((), None),
    ],
)
def test_a_new_user_gets_a_name_that_the_rules_accept(names: tuple[str, ...], chosen: str | None) -> None:
    assert choose_name(names) == chosen
