"""A client model of the live protocol: it applies snapshots and patches."""

import json
from dataclasses import dataclass, field
from typing import Any

import msgspec


class _Named(msgspec.Struct):
    key: str
    rank: int


class _Message(msgspec.Struct):
    type: str
    view: str | None = None
    at: str = ""
    order: str = "ascending"
    items: list[msgspec.Raw] = []
    upsert: list[msgspec.Raw] = []
    remove: list[str] = []


@dataclass
class Replica:
    """The items that a client holds of one view.

    Attributes:
        items: rank and bytes, by key.
        positions: every position that the client has had, in order.
    """

    items: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    order: str = ""
    positions: list[str] = field(default_factory=list)

    @property
    def at(self) -> str | None:
        return self.positions[-1] if self.positions else None

    def apply(self, payload: bytes) -> None:
        """Applies a snapshot or a patch."""
        message = msgspec.json.decode(payload, type=_Message)
        assert message.type in ("snapshot", "patch"), payload
        if message.type == "snapshot":
            self.items.clear()
            self.order = message.order
        for key in message.remove:
            self.items.pop(key, None)
        for raw in (*message.items, *message.upsert):
            named = msgspec.json.decode(raw, type=_Named)
            self.items[named.key] = (named.rank, bytes(raw))
        self.positions.append(message.at)

    def sorted_items(self) -> list[bytes]:
        """The items in the order of the view."""
        keys = sorted(self.items, key=lambda key: (self.items[key][0], key), reverse=self.order == "descending")
        return [self.items[key][1] for key in keys]


def snapshot_items(payload: bytes) -> list[bytes]:
    """The items of a snapshot, in its order."""
    message = msgspec.json.decode(payload, type=_Message)
    assert message.type == "snapshot", payload
    return [bytes(raw) for raw in message.items]


def read(payload: bytes | str) -> dict[str, Any]:
    """A message as plain data."""
    message: dict[str, Any] = json.loads(payload)
    return message
