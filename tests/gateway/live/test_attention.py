"""A client counts as looking while it says so, or if it never says anything about it."""

from typing import Final

import pytest
from hub_harness import HubHarness

from turnout_gateway.live.audience import Client
from turnout_gateway.live.hub import HubConfig

BEAT_S: Final = HubConfig().heartbeat_ms / 1000


@pytest.fixture
def event(harness: HubHarness) -> str:
    event = harness.writer.event(harness.writer.user("Ada"))
    harness.flush()
    return event


def report(harness: HubHarness, client: Client, *, looking: bool) -> None:
    harness.hub.on_message(client, f'{{"type":"presence","looking":{str(looking).lower()}}}')


def wait(harness: HubHarness, seconds: float) -> None:
    harness.now_s += seconds
    harness.hub.keep_alive()


def test_a_frozen_client_is_not_looking_after_two_beats(harness: HubHarness, event: str) -> None:
    frozen, _ = harness.client(f"events/{event}")
    alive, _ = harness.client(f"events/{event}")
    for client in (frozen, alive):
        report(harness, client, looking=True)
    for _ in range(2):
        wait(harness, BEAT_S)
        report(harness, alive, looking=True)
        assert harness.viewers[event] == 2
    wait(harness, 0.5)
    assert harness.viewers[event] == 1
    report(harness, frozen, looking=True)
    assert harness.viewers[event] == 2


def test_a_hidden_client_is_not_looking_at_once(harness: HubHarness, event: str) -> None:
    client, sink = harness.client(f"events/{event}")
    report(harness, client, looking=False)
    assert harness.viewers[event] == 0
    wait(harness, 10 * BEAT_S)
    report(harness, client, looking=True)
    assert harness.viewers[event] == 1
    assert (sink.close_code, sink.is_aborted) == (None, False)


def test_a_client_that_never_reports_counts_while_it_is_connected(harness: HubHarness, event: str) -> None:
    client, _ = harness.client(f"events/{event}")
    wait(harness, 100 * BEAT_S)
    assert harness.viewers[event] == 1
    harness.hub.disconnect(client)
    assert harness.viewers[event] == 0


def test_a_hidden_client_may_watch_and_unwatch(harness: HubHarness, event: str) -> None:
    other = harness.writer.event(harness.writer.user("Bob"))
    harness.flush()
    client, _ = harness.client()
    report(harness, client, looking=False)
    for each in (event, other):
        harness.hub.watch(client, f"events/{each}", None)
    harness.client(f"events/{event}")
    assert harness.viewers == {event: 1}
    harness.hub.on_message(client, f'{{"type":"unwatch","view":"events/{event}"}}')
    report(harness, client, looking=True)
    assert harness.viewers == {event: 1, other: 1}
    harness.hub.disconnect(client)
    assert harness.viewers == {event: 1, other: 0}


def test_a_silent_client_that_leaves_is_subtracted_once(harness: HubHarness, event: str) -> None:
    leaving, _ = harness.client(f"events/{event}")
    harness.client(f"events/{event}")
    report(harness, leaving, looking=True)
    wait(harness, 3 * BEAT_S)
    assert harness.viewers[event] == 1
    harness.hub.disconnect(leaving)
    wait(harness, 3 * BEAT_S)
    assert harness.viewers[event] == 1


@pytest.mark.parametrize(
    "message", ['{"type":"presence"}', '{"type":"presence","looking":"yes"}', '{"type":"presence","looking":1}']
)
def test_a_report_without_a_truth_value_is_refused(harness: HubHarness, event: str, message: str) -> None:
    client, sink = harness.client(f"events/{event}")
    harness.hub.on_message(client, message)
    assert [each["code"] for each in sink.pop_messages()] == ["invalid"]
    assert harness.viewers[event] == 1
