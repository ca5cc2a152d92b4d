"""Everybody is told what is new, from one frame; who is slow skips to the newest; who takes nothing is cut off."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from replica import Replica, read, snapshot_items
from world import World

from turnout_core.domain.position import Position
from turnout_core.protocol.messages import Close
from turnout_gateway.live.audience import Client
from turnout_gateway.live.client_protocol import MessageLimits
from turnout_gateway.live.hub import Hub, HubConfig
from turnout_gateway.live.keepalive import SLOTS
from turnout_gateway.live.ports import NO_SOCKET
from turnout_gateway.views.registry import ViewLimits, ViewRegistry
from turnout_gateway.wire.frame_out import Frame


class FakeSink:
    """Keeps what is written; is full when the test says so, and tells the hub."""

    socket = NO_SOCKET

    def __init__(self) -> None:
        self.is_congested = False
        self.clogs: Callable[[], None] | None = None  # what the next frame calls, and it fills the sink
        self.frames: list[Frame] = []
        self.backlog = 0
        self.code: Close | None = None
        self.aborted = False

    def write(self, frame: Frame, sent: int = 0) -> None:
        assert sent == 0
        self.frames.append(frame)
        if self.clogs is not None:
            self.is_congested = True
            self.clogs()
            self.clogs = None

    def unsent(self) -> int:
        return self.backlog

    def close(self, code: Close) -> None:
        self.code = code

    def abort(self) -> None:
        self.aborted = True

    def taken(self) -> list[dict[str, Any]]:
        """The messages since the last time."""
        frames, self.frames = self.frames, []
        return [read(frame.payload) for frame in frames]


class Stage:
    """A hub without a loop: time and ticks come from the test."""

    def __init__(self, limits: ViewLimits | None = None, **config: Any) -> None:
        self.world = World()
        self.views = ViewRegistry(limits)
        self.views.on_snapshot(self.world.state)
        self.now_s = 1000.0
        self.flush_requests = 0
        self.viewers: dict[str, int] = {}
        self.ahead_clients: list[Client] = []
        self.hub = Hub(
            self.views,
            HubConfig(**config),
            request_flush=self._request_flush,
            on_viewers_changed=self.viewers.__setitem__,
            on_ahead=self.ahead_clients.append,
            clock=lambda: self.now_s,
            now_ms=lambda: self.world.now_ms,
        )

    def _request_flush(self) -> None:
        self.flush_requests += 1

    def flush(self) -> None:
        """The world's commits arrive, and go out."""
        self.views.on_commits(self.world.commits)
        self.world.commits.clear()
        self.hub.flush()

    def client(self, *views: str, user: str | None = None, at: str | None = None) -> tuple[Client, FakeSink]:
        """A client that watches ``views``, and has heard what there was to hear."""
        sink = FakeSink()
        client = self.hub.connect(sink, self.world.state.users[user] if user else None)
        for view in views:
            self.hub.watch(client, view, at)
        if at is None:
            sink.frames.clear()
        return client, sink


@pytest.fixture
def stage() -> Stage:
    return Stage()


def kinds(sink: FakeSink) -> list[str]:
    return [message["type"] for message in sink.taken()]


def test_the_first_message_is_hello(stage: Stage) -> None:
    ada = stage.world.user("Ada")
    stage.flush()
    sink = FakeSink()
    stage.hub.connect(sink, stage.world.state.users[ada])
    assert sink.taken() == [{"type": "hello", "position": "test-1", "user": ada, "beat_ms": 10_000}]


def test_one_frame_serves_everybody_who_has_seen_the_same(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    sinks = [stage.client(f"events/{event}")[1] for _ in range(5)]
    stage.world.join(event, stage.world.user())
    stage.flush()
    frames = [sink.frames for sink in sinks]
    assert [len(each) for each in frames] == [1] * 5
    assert len({id(each[0]) for each in frames}) == 1


def test_a_tick_conflates_what_has_happened_since_the_last(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, sink = stage.client(f"events/{event}", "events")
    for _ in range(50):
        stage.world.join(event, stage.world.user())
    stage.flush()
    messages = sink.taken()
    assert [message["type"] for message in messages] == ["patch", "patch"]
    assert {message["at"] for message in messages} == {str(stage.world.state.position)}


def test_who_watches_nothing_that_changed_hears_nothing(stage: Stage) -> None:
    ada = stage.world.user()
    event, other = stage.world.event(ada), stage.world.event(ada)
    stage.flush()
    _, sink = stage.client(f"events/{other}")
    stage.world.join(event, stage.world.user())
    stage.flush()
    assert sink.taken() == []


def test_a_full_client_is_skipped_and_gets_the_newest_when_it_drains(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    slow, sink = stage.client(f"events/{event}")
    replica = Replica()
    stage.hub.watch(slow, f"events/{event}", None)
    replica.take(sink.frames.pop().payload)
    sink.is_congested = True
    stage.hub.on_congested(slow)
    for _ in range(30):
        stage.world.join(event, stage.world.user())
        stage.flush()
    assert (sink.frames, stage.hub.counters.skipped) == ([], 30)
    sink.is_congested = False
    stage.hub.on_drained(slow)
    assert len(sink.frames) == 1
    replica.take(sink.frames[0].payload)
    view = next(iter(slow.views.values())).view
    assert replica.sorted() == snapshot_items(view.since(None, stage.views.position).payload)


def test_who_becomes_full_of_a_frame_has_it_and_was_not_skipped(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    client, sink = stage.client(f"events/{event}")
    sink.clogs = lambda: stage.hub.on_congested(client)
    stage.world.join(event, stage.world.user())
    stage.flush()
    assert (kinds(sink), stage.hub.counters.skipped) == (["patch"], 0)
    stage.world.join(event, stage.world.user())
    stage.flush()
    assert (kinds(sink), stage.hub.counters.skipped) == ([], 1)
    sink.is_congested = False
    stage.hub.on_drained(client)
    assert kinds(sink) == ["patch"]


def test_a_client_that_drained_gets_the_next_patch_with_the_others(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    slow, slow_sink = stage.client(f"events/{event}")
    _, sink = stage.client(f"events/{event}")
    slow_sink.is_congested = True
    stage.hub.on_congested(slow)
    stage.world.join(event, stage.world.user())
    stage.flush()
    slow_sink.is_congested = False
    stage.hub.on_drained(slow)
    stage.world.join(event, stage.world.user())
    stage.flush()
    assert slow_sink.frames[-1] is sink.frames[-1]


def test_a_full_client_gets_its_first_answer_with_its_own_spelling_once_it_drains(stage: Stage) -> None:
    stage.flush()
    client, sink = stage.client()
    sink.is_congested = True
    stage.hub.on_congested(client)
    stage.hub.watch(client, "events", None)
    assert sink.frames == []
    sink.is_congested = False
    stage.hub.on_drained(client)
    (answer,) = sink.taken()
    assert (answer["view"], answer["asked"]) == ("events?when=upcoming", "events")


def test_a_watch_between_commits_and_tick_is_up_to_date_and_is_not_told_twice(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, early = stage.client(f"events/{event}")
    stage.world.join(event, stage.world.user())
    stage.views.on_commits(stage.world.commits)
    stage.world.commits.clear()
    client, late = stage.client()
    stage.hub.watch(client, f"events/{event}", None)
    (hello, answer) = late.taken() if len(late.frames) > 1 else ({}, *late.taken())
    assert answer["at"] == str(stage.world.state.position)
    assert stage.flush_requests > 0
    stage.flush()
    assert (kinds(early), kinds(late)) == (["patch"], [])
    stage.world.join(event, stage.world.user())
    stage.flush()
    assert (kinds(early), kinds(late)) == (["patch"], ["patch"])
    assert hello is not None


def test_who_comes_back_gets_a_patch_also_after_everybody_had_left(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    client, _ = stage.client(f"events/{event}")
    at = str(stage.views.position)
    stage.hub.disconnect(client)
    stage.world.join(event, stage.world.user())
    stage.flush()
    _, sink = stage.client(f"events/{event}", at=at)
    assert kinds(sink) == ["hello", "patch"]
    assert stage.hub.counters.resumed_by_patch == 1


def test_a_herd_shares_its_patch(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    herd = [stage.client(f"events/{event}")[0] for _ in range(20)]
    at = str(stage.views.position)
    for client in herd:
        stage.hub.disconnect(client)
    stage.world.join(event, stage.world.user())
    stage.flush()
    frames = {id(stage.client(f"events/{event}", at=at)[1].frames[-1]) for _ in range(20)}
    assert (len(frames), stage.hub.counters.resumed_by_snapshot) == (1, 0)


def test_time_does_not_run_backwards_for_who_comes_from_a_gateway_that_is_ahead(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, sink = stage.client(f"events/{event}", at="test-4")
    assert kinds(sink) == ["hello"]
    stage.world.join(event, stage.world.user())
    stage.flush()
    (answer,) = sink.taken()
    assert answer["at"] == "test-4"


def test_an_event_is_missing_only_where_the_replica_has_what_the_client_has_seen(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, sink = stage.client("events/unheardof", at="test-3")
    assert kinds(sink) == ["hello"]
    stage.world.join(event, stage.world.user())
    stage.flush()
    assert kinds(sink) == ["fail"]


def test_who_is_ahead_for_more_than_a_second_is_sent_elsewhere(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, sink = stage.client(f"events/{event}", at="test-4000")
    stage.now_s += 0.9
    stage.hub.keep_alive()
    assert (kinds(sink), sink.code) == (["hello"], None)
    stage.now_s += 0.2
    stage.hub.keep_alive()
    stage.hub.keep_alive()
    (client,) = stage.ahead_clients
    stage.hub.resolve_ahead(client, Position("test", 4000))
    assert (kinds(sink), sink.code) == ([], Close.BEHIND)


def test_who_has_seen_a_history_that_is_lost_starts_over(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, sink = stage.client(f"events/{event}", at="test-4000")
    stage.now_s += 2
    stage.hub.keep_alive()
    stage.hub.resolve_ahead(stage.ahead_clients[0], stage.views.position)
    assert (kinds(sink), sink.code) == (["hello", "snapshot"], None)


def test_where_nobody_knows_the_head_who_is_ahead_is_sent_elsewhere(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, sink = stage.client(f"events/{event}", at="test-4000")
    stage.now_s += 2
    stage.hub.keep_alive()
    stage.hub.resolve_ahead(stage.ahead_clients[0], None)
    assert sink.code == Close.BEHIND


def test_who_is_ahead_and_changes_its_mind_gets_nothing(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    client, sink = stage.client(f"events/{event}", at="test-3")
    stage.hub.on_message(client, json.dumps({"type": "unwatch", "view": f"events/{event}"}))
    stage.world.join(event, stage.world.user())
    stage.flush()
    stage.now_s += 2
    stage.hub.keep_alive()
    assert (kinds(sink), sink.code) == (["hello"], None)


def test_a_deleted_event_ends_its_view(stage: Stage) -> None:
    ada = stage.world.user()
    event = stage.world.event(ada)
    stage.flush()
    client, sink = stage.client(f"events/{event}")
    stage.world.delete(event)
    stage.flush()
    (message,) = sink.taken()
    assert (message["type"], message["view"], message["code"]) == ("fail", f"events/{event}", "event-not-found")
    assert client.views == {}
    stage.hub.watch(client, f"events/{event}", None)
    assert sink.taken()[0]["code"] == "event-not-found"


def test_signing_out_ends_me_and_only_a_newer_session_opens_it_again(stage: Stage) -> None:
    ada = stage.world.user()
    stage.flush()
    client, sink = stage.client("me", user=ada)
    stage.world.sign_out(ada)
    stage.flush()
    assert [(each["type"], each["code"]) for each in sink.taken()] == [("fail", "signed-out")]
    stage.hub.watch(client, "me", None)
    assert sink.taken()[0]["code"] == "signed-out"
    _, again = stage.client("me", user=ada)
    stage.world.event(ada)
    stage.flush()
    assert kinds(again) == ["patch"]


def test_me_is_for_those_who_are_signed_in(stage: Stage) -> None:
    stage.flush()
    client, sink = stage.client()
    stage.hub.watch(client, "me", None)
    assert sink.taken()[0]["code"] == "signed-out"


def test_an_event_that_ended_moves_from_upcoming_to_past(stage: Stage) -> None:
    event = stage.world.event(stage.world.user(), 0)
    stage.flush()
    _, sink = stage.client("events?when=upcoming", "events?when=past")
    stage.world.end(event)
    stage.flush()
    messages = {message["view"]: message for message in sink.taken()}
    assert messages["events?when=upcoming"]["remove"] == [f"card:{event}"]
    assert {each["key"] for each in messages["events?when=past"]["upsert"]} == {f"card:{event}", "list"}
    stage.world.reopen(event)
    stage.flush()
    messages = {message["view"]: message for message in sink.taken()}
    assert messages["events?when=past"]["remove"] == [f"card:{event}"]
    assert {each["key"] for each in messages["events?when=upcoming"]["upsert"]} == {f"card:{event}", "list"}


def test_how_many_look_is_told_to_those_who_look(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, sink = stage.client(f"events/{event}")
    assert stage.viewers == {event: 1}
    stage.views.set_viewers(event, 3)
    stage.flush()
    (message,) = sink.taken()
    assert message["upsert"] == [{"key": "presence", "rank": 0, "kind": "presence", "looking": 3}]


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
def test_what_can_not_be_watched_is_refused_and_the_link_stays(stage: Stage, message: str, code: str) -> None:
    client, sink = stage.client()
    stage.hub.on_message(client, message)
    assert [(each["type"], each["code"]) for each in sink.taken()] == [("fail", code)]
    stage.hub.on_message(client, '{"type":"watch","view":"events"}')
    assert kinds(sink) == ["snapshot"]


def test_a_client_has_so_many_views_and_no_more() -> None:
    stage = Stage(views_per_client=2)
    client, sink = stage.client("events?limit=1", "events?limit=2")
    stage.hub.watch(client, "events?limit=3", None)
    assert sink.taken()[0]["code"] == "invalid"
    stage.hub.on_message(client, '{"type":"unwatch","view":"events?limit=1"}')
    stage.hub.watch(client, "events?limit=3", None)
    assert kinds(sink) == ["snapshot"]


def test_a_gateway_has_so_many_views_and_drops_the_unwatched_first() -> None:
    stage = Stage(ViewLimits(views=2))
    first, _ = stage.client("events?limit=1")
    second, sink = stage.client("events?limit=2")
    stage.hub.watch(second, "events?limit=3", None)
    assert sink.taken()[0]["code"] == "unavailable"
    stage.hub.disconnect(first)
    stage.hub.watch(second, "events?limit=3", None)
    assert (kinds(sink), len(stage.views)) == (["snapshot"], 2)


def test_a_gateway_has_so_many_searches() -> None:
    stage = Stage(ViewLimits(searches=1))
    client, sink = stage.client("events?q=a")
    stage.hub.watch(client, "events?q=b", None)
    assert sink.taken()[0]["code"] == "unavailable"
    stage.hub.watch(client, "events?tag=b", None)
    assert kinds(sink) == ["snapshot"]


def test_a_view_that_nobody_watches_is_closed_after_a_while(stage: Stage) -> None:
    client, _ = stage.client("events?q=chess&tag=games")
    stage.hub.disconnect(client)
    stage.world.now_ms += 59_000
    stage.hub.keep_alive()
    assert len(stage.views) == 1
    stage.world.now_ms += 2_000
    stage.hub.keep_alive()
    assert (len(stage.views), stage.views._source.index._searches, stage.views._source.index._lists) == (0, {}, {})


def test_idle_links_get_beats_and_busy_ones_do_not(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, idle = stage.client("events?when=past")
    _, busy = stage.client(f"events/{event}")
    for step in range(2 * SLOTS):
        stage.now_s += stage.hub.clients.step_s
        if step % 10 == 0:
            stage.world.join(event, stage.world.user())
            stage.flush()
        stage.hub.keep_alive()
    assert kinds(idle).count("beat") == 2
    assert "beat" not in kinds(busy)


def test_who_takes_nothing_is_cut_off_and_who_takes_little_is_not() -> None:
    stage = Stage(stall_s=20)
    dead, dead_sink = stage.client()
    alive, alive_sink = stage.client()
    for client, sink in ((dead, dead_sink), (alive, alive_sink)):
        sink.is_congested, sink.backlog = True, 1000
        stage.hub.on_congested(client)
    for _ in range(21):
        stage.now_s += 1
        alive_sink.backlog -= 1
        stage.hub.keep_alive()
    assert (dead_sink.aborted, alive_sink.aborted) == (True, False)
    assert stage.hub.counters.aborted == {"stalled": 1}


def test_who_talks_too_fast_is_closed() -> None:
    stage = Stage(messages=MessageLimits(burst=3, per_s=1))
    client, sink = stage.client()
    for _ in range(4):
        stage.hub.on_message(client, '{"type":"unwatch","view":"me"}')
    assert sink.code is Close.TOO_FAST


def test_who_caught_up_between_two_ticks_is_told_what_came_after(stage: Stage) -> None:
    ada = stage.world.user()
    stage.flush()
    current, _ = stage.client("events")
    stage.world.event(ada)
    stage.views.on_commits(stage.world.commits)
    stage.world.commits.clear()
    _, ahead = stage.client("events")  # of the last broadcast
    stage.world.event(ada)
    stage.views.on_commits(stage.world.commits)
    stage.world.commits.clear()
    stage.hub.disconnect(current)  # nobody is at the last broadcast any more
    stage.client("events")  # so this one's answer counts as the newest
    stage.hub.flush()
    assert [message["at"] for message in ahead.taken()] == [str(stage.world.state.position)]


def test_a_replaced_replica_patches_within_one_history_and_starts_over_in_another(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, sink = stage.client(f"events/{event}")
    stage.world.join(event, stage.world.user())
    stage.views.on_snapshot(stage.world.state)
    stage.world.commits.clear()
    stage.flush()
    assert kinds(sink) == ["patch"]
    stage.world.state.position = type(stage.world.state.position)("other", 1)
    stage.views.on_snapshot(stage.world.state)
    stage.flush()
    (message,) = sink.taken()
    assert (message["type"], message["at"]) == ("snapshot", "other-1")


def test_a_replica_without_the_event_any_more_ends_its_view(stage: Stage) -> None:
    event = stage.world.event(stage.world.user())
    stage.flush()
    _, sink = stage.client(f"events/{event}")
    stage.world.delete(event)
    stage.views.on_snapshot(stage.world.state)
    stage.flush()
    assert sink.taken()[0]["code"] == "event-not-found"
