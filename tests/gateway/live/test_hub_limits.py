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
    first, _ = harness.client("events?limit=1", remote_address="192.0.2.1")
    harness.client("events?limit=2", remote_address="192.0.2.2")
    second, sink = harness.client(remote_address="192.0.2.3")
    harness.hub.watch(second, "events?limit=3", None)
    assert sink.pop_messages()[0]["code"] == "unavailable"
    harness.hub.disconnect(first)
    harness.hub.watch(second, "events?limit=3", None)
    assert (pop_types(sink), len(harness.views)) == (["snapshot"], 2)


def test_the_number_of_searches_is_limited() -> None:
    harness = HubHarness(ViewLimits(searches=1))
    harness.client("events?q=a", remote_address="192.0.2.1")
    client, sink = harness.client(remote_address="192.0.2.2")
    harness.hub.watch(client, "events?q=b", None)
    assert sink.pop_messages()[0]["code"] == "unavailable"
    harness.hub.watch(client, "events?tag=b", None)
    assert pop_types(sink) == ["snapshot"]


def test_the_greediest_address_loses_its_oldest_search_to_a_newcomer() -> None:
    harness = HubHarness(ViewLimits(searches=3))
    _, greedy = harness.client("events?q=a", "events?q=b", "events?q=c", remote_address="192.0.2.1")
    newcomer, sink = harness.client(remote_address="192.0.2.2")
    harness.hub.watch(newcomer, "events?q=d", None)
    assert pop_types(sink) == ["snapshot"]
    (fail,) = greedy.pop_messages()
    assert (fail["type"], fail["view"], fail["code"]) == ("fail", "events?when=upcoming&q=a", "unavailable")
    assert "Too many searches are open, most of them by you" in fail["detail"]
    harness.writer.user("Ada")
    harness.flush()
    assert len(harness.views) == 3


def test_a_person_at_many_addresses_is_one_person() -> None:
    harness = HubHarness(ViewLimits(searches=3))
    ada = harness.writer.user("Ada")
    harness.flush()
    _, oldest = harness.client("events?q=a", user=ada, remote_address="192.0.2.1")
    harness.client("events?q=b", user=ada, remote_address="192.0.2.2")
    harness.client("events?q=c", remote_address="192.0.2.3")
    newcomer, sink = harness.client(remote_address="192.0.2.4")
    harness.hub.watch(newcomer, "events?q=d", None)
    assert (pop_types(sink), pop_types(oldest)) == (["snapshot"], ["fail"])


def test_a_search_that_a_modest_client_watches_too_stays() -> None:
    harness = HubHarness(ViewLimits(searches=3))
    _, greedy = harness.client("events?q=a", "events?q=b", "events?q=c", remote_address="192.0.2.1")
    _, modest = harness.client("events?q=a", remote_address="192.0.2.2")
    newcomer, sink = harness.client(remote_address="192.0.2.3")
    harness.hub.watch(newcomer, "events?q=d", None)
    assert pop_types(sink) == ["snapshot"]
    assert [message["view"] for message in greedy.pop_messages()] == ["events?when=upcoming&q=b"]
    assert modest.pop_messages() == []


def test_a_greedy_client_that_opens_another_search_loses_its_own_oldest() -> None:
    harness = HubHarness(ViewLimits(searches=2))
    client, sink = harness.client("events?q=a", "events?q=b")
    harness.hub.watch(client, "events?q=c", None)
    assert [(each["type"], each["view"]) for each in sink.pop_messages()] == [
        ("fail", "events?when=upcoming&q=a"),
        ("snapshot", "events?when=upcoming&q=c"),
    ]
    harness.hub.watch(client, "events?q=a", None)
    assert pop_types(sink) == ["fail", "snapshot"]


def test_an_unwatched_view_is_closed_after_its_linger_time(harness: HubHarness) -> None:
    client, _ = harness.client("events?q=chess&tag=games")
    harness.hub.disconnect(client)
    harness.writer.now_ms -= 3_600_000  # somebody sets the clock back
    harness.now_s += 59
    harness.hub.keep_alive()
    assert len(harness.views) == 1
    harness.now_s += 2
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
