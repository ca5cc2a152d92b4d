"""Which events a feed has, and in which order."""

from fake_writer import FakeWriter

from turnout_core.calendar.feeds import own_entries, public_entries
from turnout_core.domain import limits
from turnout_core.domain.host_changes import CohostAdded
from turnout_core.domain.moderation_changes import EventHidden


def test_the_public_feed_asks_the_state_and_not_only_the_index() -> None:
    writer = FakeWriter()
    olga = writer.user("Olga")
    public, hidden, private, deleted = (writer.event(olga, number) for number in range(4))
    writer.commit(EventHidden(hidden))
    writer.edit(private, visibility="private")
    writer.delete(deleted)
    found = public_entries(writer.state, [public, hidden, private, deleted, "nonesuch"])
    assert [each.event for each in found] == [public]


def test_the_own_feed_has_what_one_hosts_attends_or_waits_for() -> None:
    writer = FakeWriter()
    olga, greta = writer.user("Olga"), writer.user("Greta")
    own, cohosted, going, waiting, gone, other = (
        writer.event(each, number, visibility="private") for number, each in enumerate((greta, *[olga] * 5))
    )
    writer.commit(CohostAdded(cohosted, greta))
    for event, waits in ((going, False), (waiting, True), (gone, False)):
        writer.join(event, greta, waits=waits)
    writer.leave(gone, greta)
    writer.cancel(going)
    found = own_entries(writer.state, greta)
    assert [each.event for each in found] == [own, cohosted, going, waiting]
    assert [(each.status, each.seating) for each in found] == [
        ("scheduled", ""), ("scheduled", ""), ("cancelled", "going"), ("scheduled", "waitlisted"),
    ]  # fmt: skip
    assert other not in {each.event for each in found}


def test_a_hidden_event_is_in_the_own_feed_of_its_hosts_only() -> None:
    writer = FakeWriter()
    olga, greta = writer.user("Olga"), writer.user("Greta")
    event = writer.event(olga)
    writer.join(event, greta)
    writer.commit(EventHidden(event))
    assert [each.event for each in own_entries(writer.state, olga)] == [event]
    assert own_entries(writer.state, greta) == []


def test_the_own_feed_is_bounded_and_prefers_what_is_to_come() -> None:
    writer = FakeWriter()
    olga = writer.user("Olga")
    events = [writer.event(olga, number) for number in range(limits.FEED_EVENTS_MAX + 3)]
    for ended in events[:5]:
        writer.end(ended)
    found = [each.event for each in own_entries(writer.state, olga)]
    assert found == events[3:]  # the two that ended last fill it up
