"""A client that may no longer see a view gets a ``fail`` before the next change of it, and nothing of that change."""

import pytest
from fake_writer import FakeWriter
from hub_harness import FakeSink, HubHarness, pop_types

from turnout_core.domain.changes import Left
from turnout_core.domain.host_changes import GuestBlocked, Invited, Requested, Uninvited
from turnout_core.domain.moderation_changes import (
    EventHidden,
    ModeratorAdded,
    ModeratorRemoved,
    ReportClosed,
    Reported,
    UserBlocked,
)
from turnout_core.domain.people_changes import SessionClosed, UserRemoved
from turnout_gateway.views.registry import ViewLimits


def private_event(writer: FakeWriter, guests: int = 1) -> tuple[str, list[str]]:
    event = writer.event(writer.user(), visibility="private")
    users = [writer.user() for _ in range(guests)]
    for user in users:
        writer.join(event, user)
    return event, users


def pop_fails(sink: FakeSink) -> list[tuple[str, str]]:
    """The view and the code of the messages written since the last call, which are all fails."""
    messages = sink.pop_messages()
    assert {each["type"] for each in messages} <= {"fail"}
    return [(each["view"], each["code"]) for each in messages]


def test_a_guest_who_is_removed_gets_a_fail_and_not_the_change(harness: HubHarness) -> None:
    event, (ben, cleo) = private_event(harness.writer, 2)
    harness.flush()
    addresses = (f"events/{event}", f"events/{event}/people")
    (_, removed), (_, other) = harness.client(*addresses, user=ben), harness.client(*addresses, user=cleo)
    harness.writer.commit(Left(event, ben), GuestBlocked(event, ben))
    harness.flush()
    assert sorted(pop_fails(removed)) == [
        (f"events/{event}", "event-not-found"),
        (f"events/{event}/people?status=going", "event-not-found"),
    ]
    assert pop_types(other) == ["patch", "patch"]
    harness.writer.join(event, harness.writer.user())
    harness.flush()
    assert pop_types(removed) == []


def test_a_view_that_ends_for_one_no_longer_counts_them_as_looking(harness: HubHarness) -> None:
    event, (ben, cleo) = private_event(harness.writer, 2)
    harness.flush()
    harness.client(f"events/{event}", user=ben)
    harness.client(f"events/{event}", user=cleo)
    assert harness.viewers[event] == 2
    harness.writer.leave(event, ben)
    harness.flush()
    assert harness.viewers[event] == 1


@pytest.mark.parametrize("how", ["private", "hidden"])
def test_an_event_that_turns_private_or_hidden_ends_for_all_but_its_people(harness: HubHarness, how: str) -> None:
    writer = harness.writer
    organizer, guest = writer.user(), writer.user()
    event = writer.event(organizer)
    writer.join(event, guest)
    harness.flush()
    _, visitor = harness.client(f"events/{event}", f"events/{event}/people")
    _, host = harness.client(f"events/{event}", user=organizer)
    _, going = harness.client(f"events/{event}", user=guest)
    if how == "private":
        writer.edit(event, visibility="private", title="Hush")
    else:
        writer.commit(EventHidden(event))
    harness.flush()
    assert [code for _, code in pop_fails(visitor)] == ["event-not-found"] * 2
    assert pop_types(host) == ["patch"]
    assert pop_types(going) == (["patch"] if how == "private" else ["fail"])


def test_a_guest_list_that_closes_ends_its_windows_and_takes_the_names_from_the_event(harness: HubHarness) -> None:
    writer = harness.writer
    organizer, guest = writer.user("Olga"), writer.user("Gregor")
    event = writer.event(organizer)
    writer.join(event, guest)
    harness.flush()
    _, sink = harness.client(f"events/{event}", f"events/{event}/people")
    writer.edit(event, guest_list="going")
    harness.flush()
    patch, fail = sorted(sink.pop_messages(), key=lambda each: each["type"], reverse=True)
    assert (patch["remove"], [each["kind"] for each in patch["upsert"]]) == ([f"attendee:{guest}"], ["event"])
    assert (fail["view"], fail["code"]) == (f"events/{event}/people?status=going", "not-permitted")
    assert "Gregor" not in str(patch)


def test_a_guest_without_a_seat_leaves_a_list_for_those_who_go(harness: HubHarness) -> None:
    writer = harness.writer
    event = writer.event(writer.user(), guest_list="going")
    guest = writer.user()
    writer.join(event, guest)
    harness.flush()
    _, sink = harness.client(f"events/{event}", f"events/{event}/people", user=guest)
    writer.leave(event, guest)
    harness.flush()
    assert sorted(pop_types(sink)) == ["fail", "patch"]


def test_a_closed_session_ends_the_private_views_of_exactly_its_connections(harness: HubHarness) -> None:
    writer = harness.writer
    event, (ben,) = private_event(writer)
    phone, laptop = writer.open_session(ben), writer.open_session(ben)
    harness.flush()
    views = ("me", "me?when=upcoming&q=board", f"events/{event}", "events?when=upcoming")
    client, lost = harness.client(*views, user=ben, session=phone)
    _, same_device = harness.client("me", user=ben, session=phone)
    _, kept = harness.client(*views, user=ben, session=laptop)
    writer.commit(SessionClosed(ben, phone))
    harness.flush()
    assert sorted(pop_fails(lost)) == [
        (f"events/{event}", "event-not-found"), ("me", "signed-out"), ("me?when=upcoming&q=board", "signed-out"),
    ]  # fmt: skip
    assert pop_fails(same_device) == [("me", "signed-out")]
    assert pop_types(kept) == []
    for view in ("me", f"events/{event}"):
        harness.hub.watch(client, view, None)
    assert [code for _, code in pop_fails(lost)] == ["signed-out", "event-not-found"]
    writer.event(ben)
    harness.flush()
    assert pop_types(lost) == ["patch"]  # of the public list
    assert pop_types(kept) == ["patch"] * 3


def test_a_sign_out_everywhere_and_the_end_of_a_person_end_all_their_views(harness: HubHarness) -> None:
    writer = harness.writer
    sinks = []
    for _ in range(2):
        user = writer.user()
        session = writer.open_session(user)
        harness.flush()
        sinks += [(user, harness.client("me", user=user)[1], harness.client("me", user=user, session=session)[1])]
    (ada, *of_ada), (ben, *of_ben) = sinks
    writer.sign_out(ada)
    writer.commit(UserRemoved(ben))
    harness.flush()
    assert [pop_fails(each) for each in (*of_ada, *of_ben)] == [[("me", "signed-out")]] * 4


def test_a_moderator_sees_a_reported_event_until_the_report_is_closed(harness: HubHarness) -> None:
    writer = harness.writer
    event, (ben,) = private_event(writer)
    moderator = writer.user()
    writer.commit(ModeratorAdded(moderator, "command"))
    writer.commit(Reported("report1", "event", event, ben, "rude"))
    harness.flush()
    _, sink = harness.client(f"events/{event}", user=moderator)
    writer.commit(ReportClosed("report1"))
    harness.flush()
    assert pop_fails(sink) == [(f"events/{event}", "event-not-found")]


def test_a_moderator_who_is_none_any_more_loses_hidden_events(harness: HubHarness) -> None:
    writer = harness.writer
    event = writer.event(writer.user())
    moderator = writer.user()
    writer.commit(ModeratorAdded(moderator, "command"), EventHidden(event))
    harness.flush()
    _, sink = harness.client(f"events/{event}", user=moderator)
    writer.commit(ModeratorRemoved(moderator))
    harness.flush()
    assert pop_fails(sink) == [(f"events/{event}", "event-not-found")]


def test_a_guest_whom_a_moderator_blocks_loses_private_events(harness: HubHarness) -> None:
    event, (ben,) = private_event(harness.writer)
    harness.flush()
    _, sink = harness.client(f"events/{event}", "me", user=ben)
    harness.writer.commit(UserBlocked(ben))
    harness.flush()
    patch, fail = sorted(sink.pop_messages(), key=lambda each: each["type"], reverse=True)
    assert (fail["code"], sorted(patch["remove"])) == ("event-not-found", [f"card:{event}", f"mine:{event}"])


def test_a_stranger_who_watches_a_private_event_is_not_counted_as_looking(harness: HubHarness) -> None:
    event, _ = private_event(harness.writer)
    harness.flush()
    assert harness.watch(f"events/{event}")["code"] == "event-not-found"
    assert event not in harness.viewers


def test_an_invitation_that_is_taken_back_ends_the_view(harness: HubHarness) -> None:
    event, _ = private_event(harness.writer)
    ben = harness.writer.user()
    harness.writer.commit(Invited(event, ben))
    harness.flush()
    _, sink = harness.client(f"events/{event}", user=ben)
    harness.writer.commit(Uninvited(event, ben))
    harness.flush()
    assert pop_fails(sink) == [(f"events/{event}", "event-not-found")]


def test_a_congested_client_gets_the_fail_and_no_later_content(harness: HubHarness) -> None:
    event, (ben,) = private_event(harness.writer)
    harness.flush()
    client, sink = harness.client(f"events/{event}", user=ben)
    sink.is_congested = True
    harness.hub.on_congested(client)
    harness.writer.edit(event, title="Before")
    harness.flush()
    harness.writer.leave(event, ben)
    harness.writer.edit(event, title="After")
    harness.flush()
    sink.is_congested = False
    harness.hub.on_drained(client)
    harness.flush()
    assert pop_fails(sink) == [(f"events/{event}", "event-not-found")]


def test_a_client_that_drains_after_the_commit_and_before_the_flush_gets_the_fail(harness: HubHarness) -> None:
    event, (ben,) = private_event(harness.writer)
    harness.flush()
    client, sink = harness.client(f"events/{event}", f"events/{event}/people", "events?when=upcoming", user=ben)
    sink.is_congested = True
    harness.hub.on_congested(client)
    harness.writer.leave(event, ben)
    harness.views.on_commits(harness.writer.commits)
    harness.writer.commits.clear()
    sink.is_congested = False
    harness.hub.on_drained(client)
    assert sorted(pop_fails(sink)) == [
        (f"events/{event}", "event-not-found"),
        (f"events/{event}/people?status=going", "event-not-found"),
    ]


def test_a_second_watch_after_the_commit_and_before_the_flush_is_refused(harness: HubHarness) -> None:
    event, (ben,) = private_event(harness.writer)
    harness.flush()
    client, sink = harness.client(f"events/{event}", user=ben)
    harness.writer.leave(event, ben)
    harness.views.on_commits(harness.writer.commits)
    harness.writer.commits.clear()
    harness.hub.watch(client, f"events/{event}", None)
    assert pop_fails(sink) == [(f"events/{event}", "event-not-found")]


def test_a_client_without_an_answer_so_far_gets_the_fail_under_the_name_it_asked_for(harness: HubHarness) -> None:
    event, (ben,) = private_event(harness.writer)
    harness.flush()
    client, sink = harness.client(user=ben)
    sink.is_congested = True
    harness.hub.on_congested(client)
    harness.hub.watch(client, f"events/{event}/people?limit=100", None)
    harness.writer.leave(event, ben)
    harness.flush()
    assert pop_fails(sink) == [(f"events/{event}/people?limit=100", "event-not-found")]


def test_a_client_ahead_of_the_replica_is_asked_who_it_is_when_the_replica_has_come(harness: HubHarness) -> None:
    event, (ben,) = private_event(harness.writer)
    harness.flush()
    before = harness.views.position
    client, sink = harness.client(user=ben)
    harness.hub.watch(client, f"events/{event}", f"{before.epoch}-{before.seq + 1}")
    assert pop_types(sink) == []
    harness.writer.leave(event, ben)
    harness.flush()
    assert pop_fails(sink) == [(f"events/{event}", "event-not-found")]


def test_a_stranger_resumes_nothing_and_reads_no_lingering_view(harness: HubHarness) -> None:
    event, (ben, cleo) = private_event(harness.writer, 2)
    harness.flush()
    at = str(harness.views.position)
    harness.client(f"events/{event}", user=cleo)  # the view is open
    lingering, _ = harness.client(f"events/{event}/people", user=cleo)
    harness.hub.disconnect(lingering)
    harness.writer.leave(event, ben)
    harness.flush()
    for view in (f"events/{event}", f"events/{event}/people"):
        for seen in (None, at):
            assert harness.watch(view, ben, seen)["code"] == "event-not-found"


def test_another_history_asks_every_watcher_again() -> None:
    """More views end than may be open without watchers."""
    small = HubHarness(ViewLimits(unwatched=1))
    event, users = private_event(small.writer, 4)
    small.flush()
    sinks = [small.client(f"events/{event}", f"events/{event}/people", "me", user=each)[1] for each in users]
    for user in users:
        small.writer.leave(event, user)
        small.writer.sign_out(user)
    small.writer.commits.clear()
    small.views.on_snapshot(small.writer.state)
    small.hub.flush()
    assert [sorted(code for _, code in pop_fails(sink)) for sink in sinks] == [
        ["event-not-found", "event-not-found", "signed-out"]
    ] * 4


def test_a_request_opens_no_private_event(harness: HubHarness) -> None:
    event, _ = private_event(harness.writer)
    ben = harness.writer.user()
    harness.writer.commit(Requested(event, ben, 1))
    harness.flush()
    assert harness.watch(f"events/{event}", ben)["code"] == "event-not-found"
