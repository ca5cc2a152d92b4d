"""A client resumes from its position, even if the gateway has not reached it yet."""

import json

from hub_harness import HubHarness, pop_types

from turnout_core.domain.position import Position
from turnout_core.protocol.messages import Close


def test_a_client_resumes_by_patch_after_all_clients_left(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    client, _ = harness.client(f"events/{event}")
    at = str(harness.views.position)
    harness.hub.disconnect(client)
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}", at=at)
    assert pop_types(sink) == ["hello", "patch"]
    assert harness.hub.counters.resumed_by_patch == 1


def test_clients_that_resume_together_share_a_patch(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    clients = [harness.client(f"events/{event}")[0] for _ in range(20)]
    at = str(harness.views.position)
    for client in clients:
        harness.hub.disconnect(client)
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    frames = {id(harness.client(f"events/{event}", at=at)[1].frames[-1]) for _ in range(20)}
    assert (len(frames), harness.hub.counters.resumed_by_snapshot) == (1, 0)


def test_the_position_of_a_client_never_decreases(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}", at="test-4")
    assert pop_types(sink) == ["hello"]
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    (answer,) = sink.pop_messages()
    assert answer["at"] == "test-4"


def test_an_unknown_event_fails_only_after_the_replica_has_caught_up(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client("events/unheardof", at="test-3")
    assert pop_types(sink) == ["hello"]
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    assert pop_types(sink) == ["fail"]


def test_a_client_ahead_for_more_than_a_second_is_closed(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}", at="test-4000")
    harness.now_s += 0.9
    harness.hub.keep_alive()
    assert (pop_types(sink), sink.close_code) == (["hello"], None)
    harness.now_s += 0.2
    harness.hub.keep_alive()
    harness.hub.keep_alive()
    (client,) = harness.ahead_clients
    harness.hub.resolve_ahead(client, Position("test", 4000))
    assert (pop_types(sink), sink.close_code) == ([], Close.BEHIND)


def test_a_client_of_a_lost_history_gets_a_snapshot(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}", at="test-4000")
    harness.now_s += 2
    harness.hub.keep_alive()
    harness.hub.resolve_ahead(harness.ahead_clients[0], harness.views.position)
    assert (pop_types(sink), sink.close_code) == (["hello", "snapshot"], None)


def test_a_client_ahead_is_closed_if_the_head_is_unknown(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}", at="test-4000")
    harness.now_s += 2
    harness.hub.keep_alive()
    harness.hub.resolve_ahead(harness.ahead_clients[0], None)
    assert sink.close_code == Close.BEHIND


def test_a_client_ahead_that_unwatches_gets_nothing(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    client, sink = harness.client(f"events/{event}", at="test-3")
    harness.hub.on_message(client, json.dumps({"type": "unwatch", "view": f"events/{event}"}))
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    harness.now_s += 2
    harness.hub.keep_alive()
    assert (pop_types(sink), sink.close_code) == (["hello"], None)


def test_a_client_that_caught_up_between_flushes_gets_later_commits(harness: HubHarness) -> None:
    ada = harness.writer.user()
    harness.flush()
    current, _ = harness.client("events")
    harness.writer.event(ada)
    harness.views.on_commits(harness.writer.commits)
    harness.writer.commits.clear()
    _, ahead = harness.client("events")  # of the last broadcast
    harness.writer.event(ada)
    harness.views.on_commits(harness.writer.commits)
    harness.writer.commits.clear()
    harness.hub.disconnect(current)  # no client has the last broadcast now
    harness.client("events")  # so this answer sets the audience's revision
    harness.hub.flush()
    assert [message["at"] for message in ahead.pop_messages()] == [str(harness.writer.state.position)]


def test_a_reloaded_replica_sends_patches_unless_the_epoch_changed(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}")
    harness.writer.join(event, harness.writer.user())
    harness.views.on_snapshot(harness.writer.state)
    harness.writer.commits.clear()
    harness.flush()
    assert pop_types(sink) == ["patch"]
    harness.writer.state.position = type(harness.writer.state.position)("other", 1)
    harness.views.on_snapshot(harness.writer.state)
    harness.flush()
    (message,) = sink.pop_messages()
    assert (message["type"], message["at"]) == ("snapshot", "other-1")


def test_a_reloaded_replica_without_the_event_ends_its_view(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}")
    harness.writer.delete(event)
    harness.views.on_snapshot(harness.writer.state)
    harness.flush()
    assert sink.pop_messages()[0]["code"] == "event-not-found"
