"""The views of a live client, built from its messages: docs/protocol.md ("The live link")."""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from chaos.checker.oracle import PRESENCE, digest


class _Message(msgspec.Struct):
    type: str
    view: str | None = None
    at: str | None = None
    order: str | None = None
    items: list[msgspec.Raw] = []
    upsert: list[msgspec.Raw] = []
    remove: list[str] = []
    code: str | None = None
    beat_ms: int | None = None


class _Item(msgspec.Struct):
    key: str
    rank: int


_message: Final = msgspec.json.Decoder(_Message)
_item: Final = msgspec.json.Decoder(_Item)


@dataclass
class Held:
    """One view. ``at`` is the position of its last message."""

    at: str
    order: str
    items: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def put(self, items: list[msgspec.Raw]) -> None:
        for raw in items:
            item = _item.decode(raw)
            self.items[item.key] = (item.rank, bytes(raw))

    def digest(self) -> str:
        keys = sorted(self.items, key=lambda key: (self.items[key][0], key), reverse=self.order == "descending")
        return digest(self.order, (self.items[key][1] for key in keys if key != PRESENCE))


@dataclass
class ClientModel:
    """
    Attributes:
        held: by view.
        beat_ms: as the last ``hello`` said.
    """

    held: dict[str, Held] = field(default_factory=dict)
    beat_ms: int = 10_000

    def take(self, payload: bytes | str) -> tuple[str, str, str]:
        """Takes one message in; gives its type, its view, and its position or its code. Raises KeyError at a patch of
        a view that is not held.
        """
        message = _message.decode(payload)
        view = message.view or ""
        match message.type:
            case "hello":
                self.beat_ms = message.beat_ms or self.beat_ms
            case "snapshot":
                self.held[view] = Held(message.at or "", message.order or "")
                self.held[view].put(message.items)
            case "patch":
                held = self.held[view]
                for key in message.remove:
                    held.items.pop(key, None)
                held.put(message.upsert)
                held.at = message.at or ""
            case "fail":
                self.held.pop(view, None)
        return message.type, view, message.code or message.at or ""
