"""The client protocol answers each message once, and closes after too many invalid ones."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnout_core.domain import limits
from turnout_core.protocol.messages import Close, Unwatch, Watch
from turnout_gateway.live.client_protocol import ClientProtocol, CloseConnection, InvalidMessage, MessageLimits

LIMITS = MessageLimits(max_bytes=3000, burst=20, per_s=10)


def receive(message: bytes | str) -> object:
    return ClientProtocol().receive(message, LIMITS, 0)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('{"type":"watch","view":"me"}', Watch(type="watch", view="me")),
        ('{"type":"watch","view":"me","at":null}', Watch(type="watch", view="me")),
        ('{"type":"watch","view":"me","at":"e-1"}', Watch(type="watch", view="me", at="e-1")),
        (b' {"view":"me","type":"watch"}\n', Watch(type="watch", view="me")),
        ('{"type":"unwatch","view":"me"}', Unwatch(type="unwatch", view="me")),
        (" " * 3001, CloseConnection(Close.TOO_LARGE)),
    ],
)
def test_a_valid_message_becomes_a_request(message: bytes | str, expected: object) -> None:
    assert receive(message) == expected


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("null", "object"),
        ("[]", "object"),
        ('"watch"', "object"),
        ("{}", "type"),
        ('{"type":"shout"}', "watch or unwatch"),
        ('{"type":"watch"}', "view"),
        ('{"type":"watch","view":7}', "view"),
        ('{"type":"watch","view":""}', "view"),
        ('{"type":"watch","view":"me","at":7}', "at"),
        ('{"type":"watch","view":"me","extra":1}', "extra"),
        ('{"type":"watch","view":"me","view":"events"}', "view: must not be there twice"),
        ('{"type":"watch","view":"me","vi\\u0065w":"events"}', "view: must not be there twice"),
        ('{"type":"unwatch","view":"me","at":"e-1"}', "at"),
        (f'{{"type":"watch","view":"{"x" * 2049}"}}', "view"),
        ('{"type":"watch","view":"\\ud800"}', "JSON"),
        ('{"type":"watch","view":"me","at":NaN}', "at"),
        (b"\xff\xfe", "JSON"),
        (b"", "JSON"),
    ],
)
def test_an_invalid_message_is_refused_with_a_reason(message: bytes | str, reason: str) -> None:
    answer = receive(message)
    assert isinstance(answer, InvalidMessage)
    assert (answer.code, reason in answer.detail) == ("invalid", True), answer.detail


def test_too_many_bad_messages_close_the_connection() -> None:
    generous = MessageLimits(burst=100)
    protocol = ClientProtocol()
    answers = [protocol.receive("nonsense", generous, 0) for _ in range(limits.BAD_MESSAGES_MAX + 1)]
    assert [type(answer) for answer in answers] == [InvalidMessage] * limits.BAD_MESSAGES_MAX + [CloseConnection]
    assert answers[-1] == CloseConnection(Close.BAD_MESSAGE)


def test_messages_beyond_the_burst_are_too_fast() -> None:
    protocol = ClientProtocol()
    message = '{"type":"unwatch","view":"me"}'
    assert all(isinstance(protocol.receive(message, LIMITS, 0), Unwatch) for _ in range(20))
    assert protocol.receive(message, LIMITS, 0.05) == CloseConnection(Close.TOO_FAST)
    assert isinstance(protocol.receive(message, LIMITS, 0.2), Unwatch)


def test_a_pause_earns_at_most_the_burst() -> None:
    protocol = ClientProtocol()
    assert sum(protocol.count_message(LIMITS, 1_000_000) for _ in range(100)) == 20


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
SHAPED = st.fixed_dictionaries(
    {"type": st.sampled_from(("watch", "unwatch")) | JSON, "view": JSON}, optional={"at": JSON}
)


@given(st.binary(max_size=1200) | st.text(max_size=400) | (JSON | SHAPED).map(json.dumps))
def test_any_message_becomes_a_request(message: bytes | str) -> None:
    assert isinstance(receive(message), Watch | Unwatch | InvalidMessage | CloseConnection)
