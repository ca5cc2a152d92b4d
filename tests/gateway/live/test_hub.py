"""The hub sends each change to every client that watches it, in one shared frame."""

from hub_harness import FakeSink, HubHarness, pop_types

from turnout_gateway.views.view_kind import Viewer


def test_the_first_message_is_hello(harness: HubHarness) -> None:
    ada = harness.writer.user("Ada")
    harness.flush()
    sink = FakeSink()
    harness.hub.connect(sink, Viewer(ada))
    assert sink.pop_messages() == [
        {
            "type": "hello",
            "position": "test-1",
            "user": ada,
            "beat_ms": 10_000,
            "now": harness.writer.now_ms,
            "presence_ms": 10_000,
        }
    ]


def test_one_frame_serves_all_clients_at_the_same_position(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    sinks = [harness.client(f"events/{event}")[1] for _ in range(5)]
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    frames = [sink.frames for sink in sinks]
    assert [len(each) for each in frames] == [1] * 5
    assert len({id(each[0]) for each in frames}) == 1


def test_a_flush_merges_all_commits_since_the_last(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}", "events")
    for _ in range(50):
        harness.writer.join(event, harness.writer.user())
    harness.flush()
    messages = sink.pop_messages()
    assert [message["type"] for message in messages] == ["patch", "patch"]
    assert {message["at"] for message in messages} == {str(harness.writer.state.position)}


def test_a_client_receives_nothing_for_unchanged_views(harness: HubHarness) -> None:
    ada = harness.writer.user()
    event, other = harness.writer.event(ada), harness.writer.event(ada)
    harness.flush()
    _, sink = harness.client(f"events/{other}")
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    assert sink.pop_messages() == []


def test_a_watch_before_a_flush_is_up_to_date_and_gets_no_second_frame(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, early = harness.client(f"events/{event}")
    harness.writer.join(event, harness.writer.user())
    harness.views.on_commits(harness.writer.commits)
    harness.writer.commits.clear()
    client, late = harness.client()
    harness.hub.watch(client, f"events/{event}", None)
    (hello, answer) = late.pop_messages() if len(late.frames) > 1 else ({}, *late.pop_messages())
    assert answer["at"] == str(harness.writer.state.position)
    assert harness.flush_requests > 0
    harness.flush()
    assert (pop_types(early), pop_types(late)) == (["patch"], [])
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    assert (pop_types(early), pop_types(late)) == (["patch"], ["patch"])
    assert hello is not None


def test_a_deleted_event_ends_its_view(harness: HubHarness) -> None:
    ada = harness.writer.user()
    event = harness.writer.event(ada)
    harness.flush()
    client, sink = harness.client(f"events/{event}")
    harness.writer.delete(event)
    harness.flush()
    (message,) = sink.pop_messages()
    assert (message["type"], message["view"], message["code"]) == ("fail", f"events/{event}", "event-not-found")
    assert client.views == ()
    harness.hub.watch(client, f"events/{event}", None)
    assert sink.pop_messages()[0]["code"] == "event-not-found"


def test_signing_out_ends_me_until_a_newer_session(harness: HubHarness) -> None:
    ada = harness.writer.user()
    harness.flush()
    client, sink = harness.client("me", user=ada)
    harness.writer.sign_out(ada)
    harness.flush()
    assert [(each["type"], each["code"]) for each in sink.pop_messages()] == [("fail", "signed-out")]
    harness.hub.watch(client, "me", None)
    assert sink.pop_messages()[0]["code"] == "signed-out"
    _, again = harness.client("me", user=ada)
    harness.writer.event(ada)
    harness.flush()
    assert pop_types(again) == ["patch"]


def test_me_requires_a_session(harness: HubHarness) -> None:
    harness.flush()
    client, sink = harness.client()
    harness.hub.watch(client, "me", None)
    assert sink.pop_messages()[0]["code"] == "signed-out"


def test_an_event_that_ended_moves_from_upcoming_to_past(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user(), 0)
    harness.flush()
    _, sink = harness.client("events?when=upcoming", "events?when=past")
    harness.writer.end(event)
    harness.flush()
    messages = {message["view"]: message for message in sink.pop_messages()}
    assert messages["events?when=upcoming"]["remove"] == [f"card:{event}"]
    assert {each["key"] for each in messages["events?when=past"]["upsert"]} == {f"card:{event}", "list"}
    harness.writer.reopen(event)
    harness.flush()
    messages = {message["view"]: message for message in sink.pop_messages()}
    assert messages["events?when=past"]["remove"] == [f"card:{event}"]
    assert {each["key"] for each in messages["events?when=upcoming"]["upsert"]} == {f"card:{event}", "list"}


def test_the_number_of_viewers_is_sent_to_the_viewers(harness: HubHarness) -> None:
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}")
    assert harness.viewers == {event: 1}
    harness.views.set_viewers(event, 3)
    harness.flush()
    (message,) = sink.pop_messages()
    assert message["upsert"] == [{"key": "presence", "rank": 0, "kind": "presence", "looking": 3}]
