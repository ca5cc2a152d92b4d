"""Events that are gone: remembered as long as there is room, and over a snapshot."""

import pytest
from fake_writer import FakeWriter

from turnout_core.domain.changes import EventDeleted
from turnout_gateway.views import gone_events
from turnout_gateway.views.registry import ViewRegistry


def test_a_deleted_event_stays_gone_when_a_snapshot_is_loaded() -> None:
    writer, views = FakeWriter(), ViewRegistry()
    ada = writer.user("Ada")
    event, other = writer.event(ada), writer.event(ada)
    views.on_snapshot(writer.state)
    writer.commits.clear()
    writer.commit(EventDeleted(event))
    views.on_commits(writer.commits)
    views.refresh()
    views.on_snapshot(writer.state)
    assert (views.is_gone(event), views.is_gone(other), views.is_gone("nonesuch")) == (True, False, False)


def test_only_the_last_ones_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gone_events, "_EVENTS_MAX", 2)
    writer, gone = FakeWriter(), gone_events.GoneEvents()
    events = [writer.state.events[writer.event(writer.user("Ada"))] for _ in range(3)]
    for event in events:
        gone.add(event)
    assert [event.id in gone for event in events] == [False, True, True]
