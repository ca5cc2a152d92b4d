"""A new kind of view needs one class and one line in the list of kinds (docs/decisions/0010-view-kinds.md)."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec
from hub_harness import HubHarness

from turnout_core.domain.access import may
from turnout_core.domain.rejections import EventNotFound
from turnout_gateway.views.collapsed import UNKNOWN, CollapsedRange, CollapsedRanges
from turnout_gateway.views.history import Revision
from turnout_gateway.views.item_cache import Item
from turnout_gateway.views.kinds import KINDS
from turnout_gateway.views.view import View
from turnout_gateway.views.view_kind import Refresh, Source, Viewer, ViewKind


class CountAddress(msgspec.Struct, frozen=True, gc=False):
    """``events/<id>/count``."""

    event: str

    is_search: ClassVar[bool] = False
    presence_event: ClassVar[str | None] = None

    @property
    def canonical(self) -> str:
        return f"events/{self.event}/count"


class CountView(View):
    __slots__ = ("event",)

    def __init__(self, address: CountAddress, loaded_at: Revision, collapsed: CollapsedRanges) -> None:
        super().__init__(address.canonical, "ascending", loaded_at, collapsed)
        self.event = address.event

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        return collapsed is UNKNOWN or self.event in collapsed.users


class CountKind(ViewKind[CountAddress, CountView]):
    """The number of people who are going to one event."""

    address_type = CountAddress

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._open: dict[str, CountView] = {}

    @classmethod
    def parse(cls, path: str, query: str | None, viewer: str | None) -> CountAddress | None:  # noqa: ARG003 - the port
        match path.split("/"), query:
            case ["events", event, "count"], None:
                return CountAddress(event)
        return None

    def check_access(self, address: CountAddress, viewer: Viewer) -> None:
        event = self.source.state.events.get(address.event)
        if event is None or not may(self.source.identify(viewer), "see", event):
            raise EventNotFound

    def create(self, address: CountAddress, loaded_at: Revision) -> CountView:
        return CountView(address, loaded_at, self.source.collapsed)

    def load(self, view: CountView) -> Mapping[str, Item]:
        item = self._item(view.event)
        self._open[view.event] = view
        return {"count": item}

    def close(self, view: CountView) -> None:
        self._open.pop(view.event, None)

    def reset(self) -> None:
        self._open.clear()

    def update(self, refresh: Refresh) -> None:
        for event in refresh.events.keys() & self._open.keys():
            view = self._open[event]
            if event not in self.source.state.events:
                refresh.ended.append((CountAddress(event), EventNotFound()))
                continue
            view.update_item("count", self._item(event), refresh.revision)
            refresh.add_if_changed(view)
            refresh.recheck(view, event)

    def _item(self, event: str) -> Item:
        found = self.source.state.events.get(event)
        if found is None:
            raise EventNotFound
        return 0, msgspec.json.encode({"key": "count", "rank": 0, "kind": "count", "going": found.going})


def test_a_new_kind_is_watched_updated_and_resumed() -> None:
    harness = HubHarness(kinds=(CountKind, *KINDS))
    ada = harness.writer.user()
    event = harness.writer.event(ada)
    harness.flush()
    client, sink = harness.client()
    harness.hub.watch(client, f"events/{event}/count", None)
    (snapshot,) = sink.pop_messages()
    assert (snapshot["view"], [each["going"] for each in snapshot["items"]]) == (f"events/{event}/count", [0])

    harness.writer.join(event, ada, party=3)
    harness.flush()
    (patch,) = sink.pop_messages()
    assert (patch["type"], [each["going"] for each in patch["upsert"]]) == ("patch", [3])

    _, resumed = harness.client(f"events/{event}/count", at=snapshot["at"])
    _hello, caught_up = resumed.pop_messages()
    assert (caught_up["type"], [each["going"] for each in caught_up["upsert"]]) == ("patch", [3])

    harness.writer.delete(event)
    harness.flush()
    assert [message["type"] for message in sink.pop_messages()] == ["fail"]


def test_a_new_kind_ends_for_who_may_no_longer_see_the_event() -> None:
    harness = HubHarness(kinds=(CountKind, *KINDS))
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    _, sink = harness.client(f"events/{event}/count")
    harness.writer.edit(event, visibility="private")
    harness.flush()
    assert [message["type"] for message in sink.pop_messages()] == ["fail"]


def test_the_other_kinds_still_find_their_addresses() -> None:
    harness = HubHarness(kinds=(CountKind, *KINDS))
    event = harness.writer.event(harness.writer.user())
    harness.flush()
    client, sink = harness.client()
    harness.hub.watch(client, f"events/{event}", None)
    assert [message["view"] for message in sink.pop_messages()] == [f"events/{event}"]
