"""Passkeys: an authenticator in software registers and signs in, and everything that is not quite right is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cbor2
import pytest
from authenticator import Authenticator, decode, encode
from hypothesis import given
from hypothesis import strategies as st

from turnout_command.sign_in.credentials import Credential, PasskeyRefused, Site
from turnout_command.sign_in.passkeys import CHALLENGE_LIFETIME_S, Passkeys
from turnout_core.runtime.origins import Origin

_ORIGIN = "https://events.example"
_OTHER = "https://events.example.evil"
_SITE = Site(_ORIGIN, "events.example")
_ANNA, _BERT = "aaaaaaaaaaaa", "bbbbbbbbbbbb"


class Registered:
    """A user with one passkey."""

    def __init__(self, authenticator: Authenticator | None = None) -> None:
        self.passkeys = Passkeys()
        self.authenticator = authenticator or Authenticator()
        options = _options(self.passkeys)
        self.credential = self.passkeys.register(_SITE, _ANNA, self.authenticator.create(options, _ORIGIN), 1)

    def options(self, now_s: float = 2) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.passkeys.sign_in_options(_SITE, now_s))
        return found

    def find(self, name: str) -> tuple[str, Credential] | None:
        return (_ANNA, self.credential) if name == self.credential.id else None

    def sign_in(self, response: dict[str, Any], now_s: float = 3, site: Site = _SITE) -> str:
        user, self.credential = self.passkeys.sign_in(site, response, self.find, now_s)
        return user


def _options(passkeys: Passkeys, user: str = _ANNA) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(passkeys.registration_options(_SITE, user, "Anna", [], 0))
    return found


def test_the_site_is_the_origin_of_the_page() -> None:
    origin = Origin.parse("https://events.example:8443")
    assert origin is not None
    assert Site.of(origin) == Site("https://events.example:8443", "events.example")


def test_registration_asks_for_a_discoverable_credential_without_attestation() -> None:
    options = json.loads(Passkeys().registration_options(_SITE, _ANNA, "Anna", ["AAEC"], 0))
    assert options["rp"] == {"name": "Turnout", "id": "events.example"}
    assert decode(options["user"]["id"]).decode() == _ANNA
    assert options["user"]["name"] == "Anna"
    assert options["authenticatorSelection"] == {
        "residentKey": "required", "requireResidentKey": True, "userVerification": "preferred",
    }  # fmt: skip
    assert options["attestation"] == "none"
    assert [each["id"] for each in options["excludeCredentials"]] == ["AAEC"]
    assert len(decode(options["challenge"])) >= 16
    assert options["timeout"] == 300_000


def test_sign_in_names_no_credential() -> None:
    options = Registered().options()
    assert options["allowCredentials"] == []
    assert options["rpId"] == "events.example"
    assert options["userVerification"] == "preferred"


def test_a_passkey_signs_in_again_and_again() -> None:
    anna = Registered()
    for _ in range(3):
        assert anna.sign_in(anna.authenticator.get(anna.options(), _ORIGIN)) == _ANNA
        assert anna.credential.counter == anna.authenticator.counter


def test_an_authenticator_that_does_not_count_signs_in() -> None:
    anna = Registered(Authenticator(counts=False))
    for _ in range(2):
        assert anna.sign_in(anna.authenticator.get(anna.options(), _ORIGIN)) == _ANNA
    assert anna.credential.counter == 0


def _replayed(anna: Registered) -> dict[str, Any]:
    response = anna.authenticator.get(anna.options(), _ORIGIN)
    anna.sign_in(response)
    return response


def _invented_challenge(anna: Registered) -> dict[str, Any]:
    return anna.authenticator.get({**anna.options(), "challenge": encode(bytes(64))}, _ORIGIN)


def _challenge_of_a_registration(anna: Registered) -> dict[str, Any]:
    return anna.authenticator.get({**_options(anna.passkeys), "rpId": "events.example"}, _ORIGIN)


def _other_origin(anna: Registered) -> dict[str, Any]:
    return anna.authenticator.get(anna.options(), _OTHER)


def _other_scheme(anna: Registered) -> dict[str, Any]:
    return anna.authenticator.get(anna.options(), "http://events.example")


def _other_site(anna: Registered) -> dict[str, Any]:
    return anna.authenticator.get(anna.options(), _ORIGIN, rp_id="events.example.evil")


def _embedded(anna: Registered) -> dict[str, Any]:
    return anna.authenticator.get(anna.options(), _ORIGIN, crossOrigin=True)


def _wrong_key(anna: Registered) -> dict[str, Any]:
    return replace(Authenticator(), credential_id=anna.authenticator.credential_id, counter=9).get(
        anna.options(), _ORIGIN
    )


def _counter_goes_back(anna: Registered) -> dict[str, Any]:
    anna.sign_in(anna.authenticator.get(anna.options(), _ORIGIN))
    anna.authenticator.counter = 0
    return anna.authenticator.get(anna.options(), _ORIGIN)


def _counter_is_gone(anna: Registered) -> dict[str, Any]:
    anna.authenticator.counts, anna.authenticator.counter = False, 0
    return anna.authenticator.get(anna.options(), _ORIGIN)


def _unknown_credential(anna: Registered) -> dict[str, Any]:
    return Authenticator().get(anna.options(), _ORIGIN)


def _two_names(anna: Registered) -> dict[str, Any]:
    return {**Authenticator().get(anna.options(), _ORIGIN), "id": anna.credential.id}


def _registration_instead(anna: Registered) -> dict[str, Any]:
    return anna.authenticator.create({**_options(anna.passkeys), "challenge": anna.options()["challenge"]}, _ORIGIN)


def _of_another_user(anna: Registered) -> dict[str, Any]:
    anna.authenticator.user_handle = encode(_BERT.encode())
    return anna.authenticator.get(anna.options(), _ORIGIN)


def _without_presence(anna: Registered) -> dict[str, Any]:
    response = anna.authenticator.get(anna.options(), _ORIGIN)
    data = bytearray(decode(response["response"]["authenticatorData"]))
    data[32] = 0
    response["response"]["authenticatorData"] = encode(bytes(data))
    return response


@pytest.mark.parametrize(
    "wrong",
    [
        _replayed, _invented_challenge, _challenge_of_a_registration, _other_origin, _other_scheme, _other_site,
        _embedded, _wrong_key, _counter_goes_back, _counter_is_gone, _unknown_credential, _two_names,
        _registration_instead, _of_another_user, _without_presence,
    ],
)  # fmt: skip
def test_a_wrong_assertion_does_not_sign_in(wrong: Callable[[Registered], dict[str, Any]]) -> None:
    anna = Registered()
    response = wrong(anna)
    before = anna.credential
    with pytest.raises(PasskeyRefused):
        anna.sign_in(response)
    assert anna.credential == before


def test_a_challenge_has_an_end() -> None:
    anna = Registered()
    early, late = (anna.authenticator.get(anna.options(now_s=10), _ORIGIN) for _ in range(2))
    assert anna.sign_in(early, now_s=10 + CHALLENGE_LIFETIME_S - 1) == _ANNA
    with pytest.raises(PasskeyRefused, match=r"too old"):
        anna.sign_in(late, now_s=10 + CHALLENGE_LIFETIME_S)


def test_a_failed_answer_uses_up_its_challenge() -> None:
    anna = Registered()
    options = anna.options()
    with pytest.raises(PasskeyRefused):
        anna.sign_in(anna.authenticator.get(options, _OTHER))
    with pytest.raises(PasskeyRefused, match=r"used"):
        anna.sign_in(anna.authenticator.get(options, _ORIGIN))


def test_another_site_of_the_same_service_does_not_accept_it() -> None:
    anna = Registered()
    with pytest.raises(PasskeyRefused):
        anna.sign_in(
            anna.authenticator.get(anna.options(), _ORIGIN), site=Site("https://other.example", "other.example")
        )


def test_open_challenges_are_bounded() -> None:
    passkeys = Passkeys(most=2)
    options = [json.loads(passkeys.registration_options(_SITE, _ANNA, "Anna", [], 0)) for _ in range(3)]
    with pytest.raises(PasskeyRefused, match=r"unknown"):
        passkeys.register(_SITE, _ANNA, Authenticator().create(options[0], _ORIGIN), 1)
    for each in options[1:]:
        passkeys.register(_SITE, _ANNA, Authenticator().create(each, _ORIGIN), 1)


def test_the_registration_of_another_user_is_refused() -> None:
    passkeys = Passkeys()
    response = Authenticator().create(_options(passkeys, _BERT), _ORIGIN)
    with pytest.raises(PasskeyRefused):
        passkeys.register(_SITE, _ANNA, response, 1)


@pytest.mark.parametrize("origin", [_OTHER, "http://events.example", "null", ""])
def test_a_registration_for_another_origin_is_refused(origin: str) -> None:
    passkeys = Passkeys()
    with pytest.raises(PasskeyRefused):
        passkeys.register(_SITE, _ANNA, Authenticator().create(_options(passkeys), origin), 1)


def test_a_registration_for_another_site_is_refused() -> None:
    passkeys = Passkeys()
    options = {**_options(passkeys), "rp": {"id": "example"}}
    with pytest.raises(PasskeyRefused, match=r"RP ID"):
        passkeys.register(_SITE, _ANNA, Authenticator().create(options, _ORIGIN), 1)


def test_an_oversized_credential_is_refused() -> None:
    passkeys = Passkeys()
    large = Authenticator(credential_id=bytes(1_024))
    with pytest.raises(PasskeyRefused, match=r"too large"):
        passkeys.register(_SITE, _ANNA, large.create(_options(passkeys), _ORIGIN), 1)


@pytest.mark.parametrize(
    "key",
    [
        {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)},  # no point of the curve
        {1: 2, 3: -7, -1: 1, -2: b"", -3: b""},
        {1: 3, 3: -257, -1: b"\x03", -2: b"\x03"},  # RSA with a modulus of 2 bits
        {1: 1, 3: -8, -1: 6, -2: b"short"},
        {},
        [],
    ],
)
def test_a_key_that_cannot_verify_anything_is_refused(key: Any) -> None:
    passkeys = Passkeys()
    response = Authenticator().create(_options(passkeys), _ORIGIN)
    attestation = cbor2.loads(decode(response["response"]["attestationObject"]))
    head = attestation["authData"][: 32 + 1 + 4 + 16 + 2 + 32]
    attestation["authData"] = head + cbor2.dumps(key)
    response["response"]["attestationObject"] = encode(cbor2.dumps(attestation))
    with pytest.raises(PasskeyRefused):
        passkeys.register(_SITE, _ANNA, response, 1)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.binary(max_size=99).map(encode),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(junk=_JSON, field=st.sampled_from(["id", "rawId", "type", "response", "attestationObject", "clientDataJSON"]))
def test_a_malformed_registration_is_refused(junk: Any, field: str) -> None:
    passkeys = Passkeys()
    response = Authenticator().create(_options(passkeys), _ORIGIN)
    (response if field in response else response["response"])[field] = junk
    with pytest.raises(PasskeyRefused):
        passkeys.register(_SITE, _ANNA, response, 1)


@given(
    junk=_JSON,
    field=st.sampled_from(
        ["id", "rawId", "type", "response", "authenticatorData", "clientDataJSON", "signature", "userHandle"]
    ),
)
def test_a_malformed_assertion_is_refused(junk: Any, field: str) -> None:
    anna = Registered()
    response = anna.authenticator.get(anna.options(), _ORIGIN)
    (response if field in response else response["response"])[field] = junk
    with pytest.raises(PasskeyRefused):
        anna.sign_in(response)


def test_the_reason_for_the_log_is_short() -> None:
    passkeys = Passkeys()
    response = Authenticator().create(_options(passkeys), f"https://{'a' * 10_000}.example")
    with pytest.raises(PasskeyRefused) as refused:
        passkeys.register(_SITE, _ANNA, response, 1)
    assert 10 < len(str(refused.value)) <= 200


def test_deeply_nested_data_is_refused() -> None:
    passkeys = Passkeys()
    response = Authenticator().create(_options(passkeys), _ORIGIN)
    response["response"]["attestationObject"] = encode(b"\x81" * 45_000)
    with pytest.raises(PasskeyRefused):
        passkeys.register(_SITE, _ANNA, response, 1)
    response["response"]["clientDataJSON"] = encode(b"[" * 45_000)
    with pytest.raises(PasskeyRefused):
        passkeys.register(_SITE, _ANNA, response, 1)
