"""A view: encoded items by key. ``View.since`` makes all frames of it."""

from collections.abc import Iterable, Mapping

from turnout_core.domain.position import Position
from turnout_core.domain.rejections import Rejection
from turnout_gateway.views.collapsed import CollapsedRange, CollapsedRanges
from turnout_gateway.views.frame_cache import FrameCache, Order
from turnout_gateway.views.history import History, Revision, Seen
from turnout_gateway.views.item_cache import Item
from turnout_gateway.wire.frame_out import Frame


class View:
    """The base class of all views.

    Attributes:
        name: the canonical address.
        revision: number of the last change.
        ended: the reason why the view can no longer be watched; None while it can.
    """

    __slots__ = ("_frames", "_history", "_items", "ended", "name", "revision")

    def __init__(
        self, name: str, order: Order, loaded_at: Revision, collapsed: CollapsedRanges, volatile: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.revision = loaded_at.number
        self.ended: Rejection | None = None
        self._items: dict[str, Item] = {}
        self._history = History(loaded_at, collapsed, volatile)
        self._frames = FrameCache(name, order)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def keys(self) -> Iterable[str]:
        return self._items.keys()

    def is_affected_by(self, collapsed: CollapsedRange) -> bool:
        """True if the view may have had other items inside that range than at its ends."""
        raise NotImplementedError

    def fill(self, items: Mapping[str, Item]) -> None:
        """Sets the first items, before any client has seen the view."""
        self._items.update(items)

    def update_item(self, key: str, item: Item, revision: Revision) -> None:
        """Adds the item, or replaces it if it differs."""
        if self._items.get(key) != item:
            self._items[key] = item
            self._record_change(key, revision)

    def remove_item(self, key: str, revision: Revision) -> None:
        """Removes the item, if it is there."""
        if self._items.pop(key, None) is not None:
            self._record_change(key, revision)

    def replace_items(self, items: Mapping[str, Item], revision: Revision) -> None:
        """Replaces all items by ``items``."""
        for key in [key for key in self._items if key not in items]:
            self.remove_item(key, revision)
        for key, item in items.items():
            self.update_item(key, item, revision)

    def reset_history(self, revision: Revision, *, connected: bool) -> None:
        """Clients that resume from before ``revision`` get a snapshot; with ``connected``, connected clients too."""
        self._history.reset(revision, connected=connected)
        if connected:
            self.revision = revision.number
        self._frames.clear()

    def since(self, seen: Seen, here: Position, requested_as: str | None = None) -> Frame:
        """The frame that brings a client that has ``seen`` to ``here``: a patch if one suffices, else a snapshot.

        ``here`` is the position of the replica, which this view shows. ``requested_as`` is the client's own spelling of
        the address, if the frame has to contain it.
        """
        frame = self._frames.find(seen, here)
        if frame is None:
            keys = self._history.keys_since(seen, here, self.is_affected_by)
            if keys is None:
                frame = self._frames.snapshot(seen, self._items, here)
            else:
                frame = self._frames.patch(seen, self._items, keys, here)
        if requested_as is None or requested_as == self.name:
            return frame
        return self._frames.with_requested_address(frame, requested_as)

    def drop_frames(self) -> None:
        """Drops all cached frames, of a view without watchers."""
        self._frames.drop()

    def _record_change(self, key: str, revision: Revision) -> None:
        self._history.record(key, revision)
        self._frames.invalidate()
        self.revision = revision.number
