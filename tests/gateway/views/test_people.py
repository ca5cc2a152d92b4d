"""Windows of people: a chain of them shows everyone, and stays without gaps when people come and go."""

from typing import Any

from fake_writer import FakeWriter
from hub_harness import FakeSink, HubHarness

from turnout_gateway.views.attendee_queues import OpenQueues
from turnout_gateway.views.event_view import EventAddress
from turnout_gateway.views.people_view import PeopleAddress
from turnout_gateway.views.view_kind import Viewer


def join(writer: FakeWriter, event: str, number: int) -> list[str]:
    users = [writer.user() for _ in range(number)]
    for user in users:
        writer.join(event, user)
    return users


def watch(harness: HubHarness, address: str) -> tuple[FakeSink, dict[str, Any]]:
    client, sink = harness.client()
    harness.hub.watch(client, address, None)
    (message,) = sink.pop_messages()
    return sink, message


def people(message: dict[str, Any]) -> list[str]:
    return [each["user"]["id"] for each in message["items"] if each["kind"] == "attendee"]


def numbers(items: list[dict[str, Any]]) -> tuple[int, int]:
    """``before`` and ``total``."""
    (found,) = (each for each in items if each["kind"] == "list")
    return found["before"], found["total"]


def test_a_chain_of_windows_shows_everyone_and_stays_without_gaps() -> None:
    harness = HubHarness()
    writer = harness.writer
    event = writer.event(writer.user())
    users = join(writer, event, 250)
    harness.flush()
    first_sink, first = watch(harness, f"events/{event}/people")
    second_sink, second = watch(harness, f"events/{event}/people?after={first['items'][-1]['rank']}")
    third_sink, third = watch(harness, f"events/{event}/people?after={second['items'][-1]['rank']}&limit=500")
    assert people(first) + people(second) + people(third) == users
    assert [numbers(each["items"]) for each in (first, second, third)] == [(0, 250), (100, 250), (200, 250)]
    assert first["items"][1] == {
        "kind": "attendee", "key": f"attendee:{users[0]}", "rank": first["items"][1]["rank"],
        "user": {"id": users[0], "name": users[0]}, "party": 1, "status": "going",
        "joined_at": first["items"][1]["joined_at"],
    }  # fmt: skip

    writer.leave(event, users[150])
    newcomer = join(writer, event, 1)[0]
    harness.flush()
    assert first_sink.pop_messages() == []  # as many as before
    (patch,) = second_sink.pop_messages()
    assert patch["remove"] == [f"attendee:{users[150]}"]
    assert [each["user"]["id"] for each in patch["upsert"] if each["kind"] == "attendee"] == [users[200]]
    (patch,) = third_sink.pop_messages()
    assert numbers(patch["upsert"]) == (199, 250)
    assert [each["user"]["id"] for each in patch["upsert"] if each["kind"] == "attendee"] == [newcomer]


def test_a_search_in_names_and_a_move_from_the_waitlist() -> None:
    harness = HubHarness()
    writer = harness.writer
    event = writer.event(writer.user())
    zoe, ada = writer.user("Zoë Lovelace"), writer.user("Ada Lovelace")
    writer.join(event, zoe)
    writer.join(event, ada, waits=True)
    harness.flush()
    going, message = watch(harness, f"events/{event}/people?q=LOVE")
    assert people(message) == [zoe]
    waiting, message = watch(harness, f"events/{event}/people?status=waitlisted&q=love+ada")
    assert people(message) == [ada]
    assert people(watch(harness, f"events/{event}/people?q=zoe")[1]) == [zoe]

    writer.promote(event, ada)
    writer.join(event, writer.user("Grace Hopper"))
    harness.flush()
    (patch,) = going.pop_messages()
    assert ([each["key"] for each in patch["upsert"] if each["kind"] == "attendee"]) == [f"attendee:{ada}"]
    assert numbers(patch["upsert"]) == (0, 2)
    (patch,) = waiting.pop_messages()
    assert (patch["remove"], numbers(patch["upsert"])) == ([f"attendee:{ada}"], (0, 0))


def test_windows_of_a_deleted_event_end() -> None:
    harness = HubHarness()
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    sink, _ = watch(harness, f"events/{event}/people")
    harness.writer.delete(event)
    harness.flush()
    (message,) = sink.pop_messages()
    assert (message["type"], message["code"]) == ("fail", "event-not-found")
    assert watch(harness, f"events/{event}/people")[1]["code"] == "event-not-found"


def test_views_of_an_event_share_its_queues_only_while_one_is_open() -> None:
    harness = HubHarness()
    writer = harness.writer
    event = writer.event(writer.user())
    join(writer, event, 3)
    harness.flush()
    queues: OpenQueues = harness.views._source.queues
    assert not queues._queues
    for address in (EventAddress(event), PeopleAddress(event), PeopleAddress(event, words=("user",))):
        harness.views.open(address, Viewer(), harness.now_s)
    shared = queues._queues[event]
    assert (len(queues._queues), len(shared.subscribers), len(shared._queues)) == (1, 3, 3)
    harness.views.evict_idle(harness.now_s + 1_000)
    assert not queues._queues
    assert len(shared._queues) == 2
