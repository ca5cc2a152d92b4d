"""Snapshots and patches of one view as bytes, each made once for all clients with the same starting point."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal

import msgspec

from turnout_core.domain.position import Position
from turnout_gateway.views.history import Seen
from turnout_gateway.views.item_cache import Item
from turnout_gateway.wire.frame_out import Frame

Order = Literal["ascending", "descending"]

_FRAMES_MAX: Final = 64  # cached frames, one per starting point
_FRAMES_MAX_BYTES: Final = 1 << 20  # total size of the cached patches

_encode: Final = msgspec.json.Encoder().encode


class FrameCache:
    """The frames that bring clients of one view to its current position.

    Args:
        name: the canonical address of the view.
        order: of its items.
    """

    __slots__ = ("_body", "_bytes", "_frames", "_frames_at", "_head", "_name", "_order", "_snapshot")

    def __init__(self, name: str, order: Order) -> None:
        self._name = name
        self._order = order
        self._head = b'","view":' + _encode(name)
        self._frames: dict[Seen, Frame] = {}
        self._bytes = 0
        self._frames_at: Position | None = None
        self._snapshot: Frame | None = None
        self._body: bytes | None = None  # of the snapshot; valid at any position, until an item changes

    def find(self, seen: Seen, here: Position) -> Frame | None:
        """The frame that brings a client from ``seen`` to ``here``; None if it is not cached."""
        if self._frames_at != here or len(self._frames) >= _FRAMES_MAX or self._bytes > _FRAMES_MAX_BYTES:
            self.clear()
            self._frames_at = here
        return self._frames.get(seen)

    def patch(self, seen: Seen, items: Mapping[str, Item], keys: Iterable[str], here: Position) -> Frame:
        """Makes the patch of ``keys``. It removes the keys that are not in ``items``."""
        upsert, remove = [], []
        for key in keys:
            item = items.get(key)
            if item is None:
                remove.append(key)
            else:
                upsert.append(item[1])
        tail = b',"upsert":[%b],"remove":%b}' % (b",".join(upsert), _encode(remove))
        frame = self._frames[seen] = self._frame("patch", here, tail)
        self._bytes += len(frame.wire)
        return frame

    def snapshot(self, seen: Seen, items: Mapping[str, Item], here: Position) -> Frame:
        """The snapshot: all items of the view."""
        if self._snapshot is None:
            self._snapshot = self._frame("snapshot", here, self._content(items))
        self._frames[seen] = self._snapshot
        return self._snapshot

    def with_requested_address(self, frame: Frame, requested_as: str) -> Frame:
        """The frame with the client's own spelling of the address. Not cached: the number of spellings is unlimited."""
        payload = frame.payload
        head = len(b'{"type":"') + len(frame.kind) + len(self._head)
        renamed = b"".join((payload[:head], b',"asked":', _encode(requested_as), payload[head:]))
        return Frame(renamed, frame.kind, self._name, frame.at)

    def invalidate(self) -> None:
        """Marks all frames as outdated, because an item has changed."""
        self._body = None
        self._frames_at = None

    def clear(self) -> None:
        """Drops all frames."""
        self._frames.clear()
        self._bytes = 0
        self._snapshot = None

    def drop(self) -> None:
        """Drops everything that can be made again from the items: for a view that has no watchers."""
        self.clear()
        self._body = None

    def _content(self, items: Mapping[str, Item]) -> bytes:
        if self._body is None:
            keys = sorted(items, key=lambda key: (items[key][0], key), reverse=self._order == "descending")
            joined = b",".join([items[key][1] for key in keys])
            self._body = b',"order":"' + self._order.encode() + b'","items":[' + joined + b"]}"
        return self._body

    def _frame(self, kind: Literal["snapshot", "patch"], here: Position, tail: bytes) -> Frame:
        at = str(here)
        head = b'{"type":"%b%b,"at":"%b"' % (kind.encode(), self._head, at.encode())
        return Frame(head + tail, kind, self._name, at)
