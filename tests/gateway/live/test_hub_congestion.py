"""The hub skips congested clients, and aborts stalled ones."""

from hub_harness import HubHarness, pop_types
from view_replica import Replica, snapshot_items

from turnout_gateway.live.keepalive import SLOTS


def test_a_congested_client_is_skipped_and_gets_the_newest_state_when_it_drains(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    slow, sink = harness.client(f"events/{event}")
    replica = Replica()
    harness.hub.watch(slow, f"events/{event}", None)
    replica.apply(sink.frames.pop().payload)
    sink.is_congested = True
    harness.hub.on_congested(slow)
    for _ in range(30):
        harness.writer.join(event, harness.writer.user())
        harness.flush()
    assert (sink.frames, harness.hub.counters.skips) == ([], 30)
    sink.is_congested = False
    harness.hub.on_drained(slow)
    assert len(sink.frames) == 1
    replica.apply(sink.frames[0].payload)
    view = slow.views[0].view
    assert replica.sorted_items() == snapshot_items(view.since(None, harness.views.position).payload)


def test_the_frame_that_congests_a_client_is_not_skipped(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    client, sink = harness.client(f"events/{event}")
    sink.on_next_write = lambda: harness.hub.on_congested(client)
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    assert (pop_types(sink), harness.hub.counters.skips) == (["patch"], 0)
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    assert (pop_types(sink), harness.hub.counters.skips) == ([], 1)
    sink.is_congested = False
    harness.hub.on_drained(client)
    assert pop_types(sink) == ["patch"]


def test_a_client_that_drained_gets_the_next_patch_with_the_others(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    slow, slow_sink = harness.client(f"events/{event}")
    _, sink = harness.client(f"events/{event}")
    slow_sink.is_congested = True
    harness.hub.on_congested(slow)
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    slow_sink.is_congested = False
    harness.hub.on_drained(slow)
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    assert slow_sink.frames[-1] is sink.frames[-1]


def test_a_congested_client_gets_its_first_answer_when_it_drains(harness: HubHarness) -> None:
    harness.flush()
    client, sink = harness.client()
    sink.is_congested = True
    harness.hub.on_congested(client)
    harness.hub.watch(client, "events", None)
    assert sink.frames == []
    sink.is_congested = False
    harness.hub.on_drained(client)
    (answer,) = sink.pop_messages()
    assert (answer["view"], answer["asked"]) == ("events?when=upcoming", "events")


def test_only_idle_connections_get_heartbeats(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, idle = harness.client("events?when=past")
    _, busy = harness.client(f"events/{event}")
    for step in range(2 * SLOTS):
        harness.now_s += harness.hub.clients.step_s
        if step % 10 == 0:
            harness.writer.join(event, harness.writer.user())
            harness.flush()
        harness.hub.keep_alive()
    assert pop_types(idle).count("beat") == 2
    assert "beat" not in pop_types(busy)


def test_a_stalled_client_is_aborted_and_a_slow_one_is_not() -> None:
    harness = HubHarness(stall_s=20)
    dead, dead_sink = harness.client()
    alive, alive_sink = harness.client()
    for client, sink in ((dead, dead_sink), (alive, alive_sink)):
        sink.is_congested, sink.unsent_amount = True, 1000
        harness.hub.on_congested(client)
    for _ in range(21):
        harness.now_s += 1
        alive_sink.unsent_amount -= 1
        harness.hub.keep_alive()
    assert (dead_sink.is_aborted, alive_sink.is_aborted) == (True, False)
    assert harness.hub.counters.aborts == {"stalled": 1}
