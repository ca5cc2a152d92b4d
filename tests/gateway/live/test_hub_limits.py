"""The hub refuses invalid watches, and limits views, searches and messages."""

import pytest
from hub_harness import HubHarness, pop_types

from turnout_core.protocol.messages import Close
from turnout_gateway.live.client_protocol import MessageLimits
from turnout_gateway.views.registry import ViewLimits


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"type":"watch","view":"events?limit=0"}', "invalid"),
        ('{"type":"watch","view":"events","at":"yesterday"}', "invalid"),
        ('{"type":"watch","view":"events/nope"}', "event-not-found"),
        ('{"type":"unwatch","view":"nope"}', "invalid"),
        ("nonsense", "invalid"),
    ],
)
def test_an_invalid_watch_is_refused_and_the_connection_stays_open(
    harness: HubHarness, message: str, code: str
) -> None:
    client, sink = harness.client()
    harness.hub.on_message(client, message)
    assert [(each["type"], each["code"]) for each in sink.pop_messages()] == [("fail", code)]
    harness.hub.on_message(client, '{"type":"watch","view":"events"}')
    assert pop_types(sink) == ["snapshot"]


def test_the_number_of_views_per_client_is_limited() -> None:
    harness = HubHarness(views_per_client=2)
    client, sink = harness.client("events?limit=1", "events?limit=2")
    harness.hub.watch(client, "events?limit=3", None)
    assert sink.pop_messages()[0]["code"] == "invalid"
    harness.hub.on_message(client, '{"type":"unwatch","view":"events?limit=1"}')
    harness.hub.watch(client, "events?limit=3", None)
    assert pop_types(sink) == ["snapshot"]


def test_the_number_of_views_is_limited_and_unwatched_ones_are_evicted() -> None:
    harness = HubHarness(ViewLimits(views=2))
    first, _ = harness.client("events?limit=1")
    second, sink = harness.client("events?limit=2")
    harness.hub.watch(second, "events?limit=3", None)
    assert sink.pop_messages()[0]["code"] == "unavailable"
    harness.hub.disconnect(first)
    harness.hub.watch(second, "events?limit=3", None)
    assert (pop_types(sink), len(harness.views)) == (["snapshot"], 2)


def test_the_number_of_searches_is_limited() -> None:
    harness = HubHarness(ViewLimits(searches=1))
    client, sink = harness.client("events?q=a")
    harness.hub.watch(client, "events?q=b", None)
    assert sink.pop_messages()[0]["code"] == "unavailable"
    harness.hub.watch(client, "events?tag=b", None)
    assert pop_types(sink) == ["snapshot"]


def test_an_unwatched_view_is_closed_after_its_linger_time(harness: HubHarness) -> None:
    client, _ = harness.client("events?q=chess&tag=games")
    harness.hub.disconnect(client)
    harness.writer.now_ms += 59_000
    harness.hub.keep_alive()
    assert len(harness.views) == 1
    harness.writer.now_ms += 2_000
    harness.hub.keep_alive()
    assert (len(harness.views), harness.views._source.index._searches, harness.views._source.index._lists) == (
        0,
        {},
        {},
    )


def test_a_client_that_sends_too_fast_is_closed() -> None:
    harness = HubHarness(messages=MessageLimits(burst=3, per_s=1))
    client, sink = harness.client()
    for _ in range(4):
        harness.hub.on_message(client, '{"type":"unwatch","view":"me"}')
    assert sink.close_code is Close.TOO_FAST
