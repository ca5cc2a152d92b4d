"""`looking` is a number of people: one client with many links does not make it larger."""

from collections import Counter

import pytest
from hub_harness import HubHarness
from hypothesis import given
from hypothesis import strategies as st

from turnout_gateway.live.looking import VISITORS_PER_ADDRESS_MAX, LookingPeople
from turnout_gateway.views.shares import Owner

OWNERS = [Owner("10.0.0.1"), Owner("10.0.0.2"), Owner("10.0.0.1", "ada"), Owner("10.0.0.2", "ada"), Owner("", "ben")]


@pytest.fixture
def event(harness: HubHarness) -> str:
    event = harness.writer.event(harness.writer.user("Ada"))
    harness.flush()
    return event


def test_all_links_of_a_user_are_one_person(harness: HubHarness, event: str) -> None:
    ben = harness.writer.user("Ben")
    harness.flush()
    clients = [
        harness.client(f"events/{event}", user=ben, remote_address=f"10.0.0.{number}")[0] for number in range(50)
    ]
    assert harness.viewers == {event: 1}
    for client in clients[1:]:
        harness.hub.disconnect(client)
    assert harness.viewers == {event: 1}
    harness.hub.disconnect(clients[0])
    assert harness.viewers == {event: 0}


def test_fifty_links_of_one_address_are_five_people(harness: HubHarness, event: str) -> None:
    clients = [harness.client(f"events/{event}", remote_address="10.0.0.1")[0] for _ in range(50)]
    assert harness.viewers == {event: VISITORS_PER_ADDRESS_MAX}
    harness.client(f"events/{event}", remote_address="10.0.0.2")
    assert harness.viewers == {event: VISITORS_PER_ADDRESS_MAX + 1}
    for client in clients:
        harness.hub.on_message(client, '{"type":"presence","looking":false}')
    assert harness.viewers == {event: 1}


@given(links=st.lists(st.sampled_from(OWNERS), max_size=30), data=st.data())
def test_links_that_leave_are_subtracted_in_any_order(links: list[Owner], data: st.DataObject) -> None:
    people = LookingPeople()
    present: list[Owner] = []
    for owner in links:
        people.add(owner)
        present.append(owner)
        if data.draw(st.booleans()):
            people.remove(leaving := data.draw(st.sampled_from(present)))
            present.remove(leaving)
        visitors = Counter(each.remote_address for each in present if each.user is None)
        expected = len({each.user for each in present if each.user is not None}) + sum(
            min(number, VISITORS_PER_ADDRESS_MAX) for number in visitors.values()
        )
        assert people.count == expected
